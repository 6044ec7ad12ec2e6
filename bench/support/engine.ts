import type { Action } from '../../src/domain/action.ts';
import { createClock } from '../../src/domain/clock.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { advance, type EngineParts } from '../../src/engine/advance.ts';
import { createChangeHub } from '../../src/engine/change-hub.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createStore } from '../../src/store/store.ts';
import { silent, testAction } from '../../test/support/engine.ts';
import { declared, plannedStep, planWith } from '../../test/support/incident.ts';

/** Does nothing, at once. */
const NOTHING = testAction('bench.nothing', async () => ({}));

/** Ends only with its signal: somebody always holds the run. */
export const HOLD = testAction(
  'bench.hold',
  ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
);

/** The real engine over the real store, without Slack and without a queue. */
export interface Engine {
  store: Store;
  parts: EngineParts;
  /** Opens an incident of a system of its own and starts the run of these steps; returns the incident's id. */
  begin(steps: PlannedStep[]): Promise<string>;
  advance(incident: string): Promise<void>;
  close(): Promise<void>;
}

export async function createEngine(connectionString: string, holder = `bench/${process.pid}`): Promise<Engine> {
  const store = await createStore({ connectionString, logger: silent });
  const changes = await createChangeHub(store.journal);
  const parts: EngineParts = {
    store,
    actions: new Map<string, Action>([NOTHING, HOLD].map((action) => [action.id, action])),
    changes,
    clock: createClock(),
    holder,
    observationTimeoutMs: () => 1000,
    logger: silent,
  };
  return {
    store,
    parts,
    begin: (steps) => beginRun(store, steps),
    advance: (incident) => advance(parts, incident, new AbortController().signal),
    async close() {
      await changes.close();
      await store.close();
    },
  };
}

let systems = 0;

async function beginRun(store: Store, steps: PlannedStep[]): Promise<string> {
  const system = `bench-${process.pid}-${++systems}`;
  const [first] = await store.journal.open(system, Date.now(), (incident) => {
    const plan: Plan = { ...planWith(steps), id: `${incident}.p1`, incident, systemName: system };
    return {
      events: [
        { ...declared, system },
        { type: 'plan.created', plan },
        { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: 'U0APPROVER', signed: [] },
        { type: 'run.started', runId: `${incident}.r1`, planId: plan.id, locks: [] },
      ],
    };
  });
  if (!first) throw new Error('no incident was opened');
  return first.incident;
}

/** Steps that do nothing, `width` chains side by side: 1 is one after another. */
export function noOpSteps(count: number, width: number): PlannedStep[] {
  return Array.from({ length: count }, (_, index) =>
    plannedStep(`s${index}`, {
      uses: NOTHING.id,
      needs: index < width ? [] : [`s${index - width}`],
      changes: [],
      writes: [],
      dependsOn: [],
    }),
  );
}

/** Throws unless the run of this incident ended with every step done. */
export async function assertAllDone(store: Store, incident: string): Promise<void> {
  const run = (await store.journal.state(incident))?.run;
  const steps = Object.values(run?.steps ?? {});
  const wrong = steps.find(({ status }) => status !== 'succeeded');
  if (run?.status !== 'finished' || wrong) {
    throw new Error(`${incident} is ${run?.status}; ${wrong?.id ?? 'no step'} is ${wrong?.status}`);
  }
}
