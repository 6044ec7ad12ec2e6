import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { SimulationReport } from '../../sandbox/simulate/report.ts';
import type { ScenarioOptions } from '../../sandbox/simulate/scenario.ts';
import { simulate } from '../../sandbox/simulate/simulate.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { silent } from './engine.ts';

const RUNBOOKS = fileURLToPath(new URL('../../runbooks', import.meta.url));

/** The fault in which this scenario's region hangs. */
export const REGION_DOWN = { name: 'region-down', target: 'us-east-1' } as const;

/**
 * A whole world with the real bot in a folder of its own; `use` gets it, and nothing of it is left afterwards. At this speed
 * a step of three minutes has six seconds of the machine, which a busy one needs.
 */
export async function inSandbox<T>(
  { seed = 1, speed = 30, runbooksDirectory = RUNBOOKS }: { seed?: number; speed?: number; runbooksDirectory?: string },
  use: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-scenario-'));
  const catalogue = await loadCatalogue(runbooksDirectory);
  const sandbox = await startSandbox({
    catalogue,
    runbooksDirectory,
    systemName: 'chatbot',
    seed,
    speed,
    directory,
    logger: silent,
  });
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Plays the region failover of the chatbot; `also` may interfere while it goes on. */
export function playRegionFailover(sandbox: Sandbox, scenario: Partial<ScenarioOptions>): Promise<SimulationReport> {
  return simulate(sandbox, 'region-failover', {
    faults: [],
    mode: 'emergency',
    approveAfter: undefined,
    forSeconds: 3900,
    ...scenario,
  });
}

/** Resolves when the world has carried out this operation. */
export function carriedOut(sandbox: Sandbox, operation: string): Promise<void> {
  return new Promise((resolve) => {
    sandbox.world.on('call', (call) => {
      if (call.operation === operation && call.status < 300) resolve();
    });
  });
}

/** Machine milliseconds after which nothing is waited for any more. */
const LONGEST = 150_000;

/** The first state of the system's incident that satisfies `condition`; throws, with what is so instead, when none does. */
export async function until(sandbox: Sandbox, condition: (state: IncidentState) => boolean): Promise<IncidentState> {
  const { store, systemName } = sandbox;
  for (const end = performance.now() + LONGEST; ; ) {
    const incident = await store.journal.newestIncident(systemName);
    const state = incident ? await store.journal.state(incident) : undefined;
    if (state && condition(state)) return state;
    sandbox.assertAlive();
    if (performance.now() > end) {
      const { run, plans = [], tiers, watches } = state ?? {};
      const seen = { run, plans: plans.map(({ status }) => status), tiers, watches };
      throw new Error(`It never came to what is waited for: ${JSON.stringify(seen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Resolves when `condition` holds; throws, with what it waits for, when it does not for a minute of the machine. */
export async function untilTrue(sandbox: Sandbox, what: string, condition: () => boolean | Promise<boolean>) {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    sandbox.assertAlive();
    if (performance.now() > end) throw new Error(`still not so after a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
