import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { Simulation } from '../../src/domain/simulation.ts';
import { createLogger } from '../../src/log.ts';
import { parseFault, placesOf } from '../control/faults.ts';
import { onEnd } from '../on-end.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { complaintsOf } from './expectation.ts';
import type { Case } from './load-simulations.ts';
import type { SimulationReport } from './report.ts';
import { simulate } from './simulate.ts';

/** Why a guard is passed in a rehearsal. */
const OVERRIDE_REASON = 'the rehearsal shows what comes of it';
/** World seconds; nobody waits for an approval in a simulation of a file. */
const NO_MATTER = 0;

export interface World {
  catalogue: Catalogue;
  runbooksDirectory: string;
  seed: number;
  speed: number;
  /** Keep the folder with the bot's log and databases, and say where it is. */
  keep?: boolean | undefined;
}

/** A played simulation: how it went, and what of it should have gone otherwise. */
export interface Played {
  name: string;
  report: SimulationReport;
  complaints: string[];
}

/** Plays one simulation in a world of its own. Throws when the sandbox itself fails. */
export async function playCase({ system, runbook, simulation }: Case, world: World): Promise<Played> {
  const report = await inWorld(system, { ...world, topology: simulation.topology }, (sandbox) => {
    const places = placesOf(sandbox.world.state);
    const read = (faults: string[]) => faults.map((text) => parseFault(text, places));
    const { faults, before } = simulation;
    const earlier = before.map((one) => ({ ...one, faults: read(one.faults) }));
    return simulate(sandbox, runbook, { ...behaviourOf(simulation), faults: read(faults) }, earlier);
  });
  return { name: simulation.name, report, complaints: complaintsOf(simulation, report) };
}

function behaviourOf({ mode, params, askedAfter, turns, answers, override, abortAfter, undo }: Simulation) {
  return {
    mode,
    params,
    turns,
    answers,
    approveAfter: undefined,
    forSeconds: NO_MATTER,
    ...(override.length > 0 ? { override: { reason: OVERRIDE_REASON, steps: override } } : {}),
    ...(abortAfter === undefined ? {} : { abortAfter }),
    undo,
    ...(askedAfter === undefined ? {} : { askedAfter }),
  };
}

/** Starts a world of `systemName`, uses it, and leaves nothing of it. Throws what its start or `use` throws. */
export async function inWorld<T>(
  systemName: string,
  { keep, ...options }: World & { topology?: Simulation['topology'] },
  use: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-simulate-'));
  const logger = createLogger(process.env.LOG_LEVEL === 'debug' ? 'debug' : 'silent');
  const starting = startSandbox({ ...options, systemName, directory, logger });
  const end = async () => {
    // One that could not be started has ended what it had.
    await starting.then(
      (sandbox) => sandbox.close(),
      () => undefined,
    );
    if (keep) console.error(`The bot's log and databases are in ${directory}`);
    else await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  onEnd(end);
  try {
    return await use(await starting);
  } finally {
    await end();
  }
}
