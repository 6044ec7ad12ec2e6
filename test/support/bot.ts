// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { COMMANDS } from '../../commands/index.ts';
import { createClock } from '../../src/domain/clock.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Access } from '../../src/domain/system.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createLogger } from '../../src/log.ts';
import type { PlanRequest, RunbookSummary, UseCaseDependencies } from '../../src/usecases/dependencies.ts';
import { createDispatcher, type Dispatcher } from '../../src/usecases/dispatch.ts';
import { createUseCases, type UseCases } from '../../src/usecases/index.ts';
import { chatbot, plannedStep, planWith } from './incident.ts';
import { createTestDatabase } from './postgres.ts';
import { openTestStore } from './store.ts';

export const REQUESTER = 'U0REQUESTER';
export const APPROVER = 'U0APPROVER';
export const COMMANDER = 'U0COMMANDER';
export const BYSTANDER = 'U0BYSTANDER';

export const access: Access = {
  chatbot: {
    start: [REQUESTER, APPROVER, COMMANDER],
    approve: [APPROVER, COMMANDER],
    command: [COMMANDER],
  },
};

/** The one runbook of the bench, as far as it is known before it is planned. */
export const regionFailover: RunbookSummary = {
  title: 'Primary region failure',
  severity: 'P0',
  mode: ['emergency', 'planned'],
  params: { to: { type: 'region', default: '${{ system.regions.secondary }}' } },
};

export interface BotBench {
  connectionString: string;
  store: Store;
  useCases: UseCases;
  dispatcher: Dispatcher;
  parts: UseCaseDependencies;
  /** Incidents whose run was woken. */
  woken: string[];
  /** What the planner is asked, in order. */
  planned: PlanRequest[];
  /** Replaces the planner. */
  plan(make: (request: PlanRequest) => Promise<Plan> | Plan): void;
  /** Another process over the same store. */
  anotherDispatcher(holder: string): Dispatcher;
  close(): Promise<void>;
}

/** A plan with one step, as the planner would make it for `request`. */
export function planFor(request: PlanRequest, change: Partial<Plan> = {}): Plan {
  const { runbook, ...rest } = request;
  return planWith([plannedStep('promote'), plannedStep('dns', { needs: ['promote'] })], {
    ...rest,
    runbook,
    createdAt: Date.now(),
    ...change,
  });
}

/**
 * Use cases and dispatcher over a real store; the planner is the test's own. `beside`: another process, with a store of
 * its own over the same database.
 */
export async function createBotBench(
  change: Partial<UseCaseDependencies> = {},
  beside?: Pick<BotBench, 'connectionString'>,
): Promise<BotBench> {
  const logger = createLogger('silent');
  const database = beside ? { ...beside, drop: async () => undefined } : await createTestDatabase();
  const { connectionString } = database;
  const store = await openTestStore(connectionString);
  const woken: string[] = [];
  const planned: PlanRequest[] = [];
  const clock = change.clock ?? createClock();
  let make: (request: PlanRequest) => Promise<Plan> | Plan = (request) => planFor(request);
  const parts: UseCaseDependencies = {
    journal: store.journal,
    queue: { wake: async (incident) => void woken.push(incident) },
    access,
    systems: new Map([['chatbot', chatbot]]),
    clock,
    runbook: (_system, name) => (name === 'region-failover' ? regionFailover : undefined),
    runbooks: () => ['region-failover'],
    makePlan: async (request) => {
      planned.push(request);
      return make(request);
    },
    planDifference: (approved, now) =>
      approved.hash === now.hash ? [] : ['The replica was promoted by somebody else.'],
    detectedAt: async () => undefined,
    incidentChannel: 'incident-response',
    ...change,
  };
  const useCases = createUseCases(parts);
  const dispatchers: Dispatcher[] = [];
  const anotherDispatcher = (holder: string) => {
    const dispatcher = createDispatcher({
      store,
      commands: COMMANDS,
      useCases,
      access: parts.access,
      systems: parts.systems,
      clock,
      holder,
      logger,
    });
    dispatchers.push(dispatcher);
    return dispatcher;
  };
  return {
    connectionString,
    store,
    useCases,
    dispatcher: anotherDispatcher('bot-1'),
    parts,
    woken,
    planned,
    plan(next) {
      make = next;
    },
    anotherDispatcher,
    async close() {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
      await store.close();
      await database.drop();
    },
  };
}
