import { isRecovered } from '../../src/domain/outcome.ts';
import { STABLE } from '../client/client.ts';
import { untilHealthy } from '../healthy.ts';
import { missingFrom } from '../measurements/lost-rows.ts';
import { servingInstance } from '../measurements/serving.ts';
import type { Sandbox } from '../sandbox.ts';
import { createCrew } from './crew.ts';
import type { SimulationReport } from './report.ts';
import { playScenario, type ScenarioOptions } from './scenario.ts';
import { differencesOf, settingsOf } from './settings.ts';
import { type ClientEvidence, judge } from './verdict.ts';

/** World milliseconds that the client is given to write again after the run has ended. */
const SETTLE = 120_000;
const LOOK = 50;

/** A recovery that came earlier; what was broken for it works again afterwards. */
export interface Earlier {
  runbook: string;
  mode: ScenarioOptions['mode'];
  faults: ScenarioOptions['faults'];
}

/**
 * Plays one disaster in a running sandbox and judges how it went, after the recoveries that came `before`. Throws when the
 * sandbox itself fails, or when one of those does not come through.
 */
export async function simulate(
  sandbox: Sandbox,
  runbook: string,
  scenario: ScenarioOptions,
  before: readonly Earlier[] = [],
): Promise<SimulationReport> {
  const { world, store, systemName, system } = sandbox;
  await untilHealthy(sandbox);
  for (const one of before) await recoverEarlier(sandbox, one);
  const result = await playScenario(sandbox, { ...scenario, runbook });
  await untilWriting(sandbox);
  const { incident } = result;
  const undone = scenario.undo ? await settingsOf(world.state, sandbox.databases) : undefined;
  return judge({
    systemName,
    system,
    runbook,
    mode: scenario.mode,
    seed: world.state.seed,
    speed: world.clock.speed(),
    beganAt: result.beganAt,
    gaveUp: result.gaveUp,
    state: incident ? await store.journal.state(incident) : undefined,
    client: await clientEvidence(sandbox, result.beganAt),
    world: world.state,
    journal: incident ? await store.journal.verify(incident) : { events: 0, chain: 'valid' },
    ...(undone ? { notAsBefore: differencesOf(result.before, undone) } : {}),
  });
}

async function recoverEarlier(sandbox: Sandbox, { runbook, mode, faults }: Earlier): Promise<void> {
  const { world, store, slack, cast, incidentChannel } = sandbox;
  const options = { faults, mode, runbook, approveAfter: undefined, forSeconds: 0 };
  const { incident, gaveUp } = await playScenario(sandbox, options);
  const state = incident ? await store.journal.state(incident) : undefined;
  if (!isRecovered(state?.run)) {
    const how = gaveUp ?? state?.run?.outcome ?? state?.plans.at(-1)?.status ?? 'nothing was planned';
    throw new Error(`The earlier ${runbook} did not come through: ${how}`);
  }
  for (const fault of faults) world.switchFault(fault, false);
  const crew = createCrew(world, slack.workspace, cast, incidentChannel);
  await crew.command('commander', `/dr resolve ${incident}`);
  await untilWriting(sandbox);
}

/** Gives the client time to write again; afterwards it does, or will not. */
async function untilWriting({ client, world }: Sandbox): Promise<void> {
  const since = world.clock.now();
  while (client.writingSince(STABLE) === undefined && world.clock.now() - since < SETTLE) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

async function clientEvidence(sandbox: Sandbox, beganAt: number): Promise<ClientEvidence> {
  const { client, databases, world, system } = sandbox;
  const outcomes = client.outcomes();
  const acknowledged = outcomes.filter((outcome) => outcome.acknowledged).map(({ number, at }) => ({ number, at }));
  const serving = servingInstance(world.state, system, world.clock.now()) ?? system.database.primary.instance;
  // An outage is over when writes are acknowledged for good; where there was none, nothing had to come back.
  const outages = client.outages().filter(({ to }) => to === undefined || to > beganAt);
  const writesSince = client.writingSince(STABLE);
  const firstFailure = outages[0]?.from ?? Number.POSITIVE_INFINITY;
  return {
    writesSince: writesSince === undefined ? undefined : Math.max(writesSince, beganAt),
    downtimeSeconds: client.downtime(beganAt, world.clock.now()) / 1000,
    acknowledged,
    lost: await missingFrom(databases, serving, acknowledged).catch((error: unknown) => {
      // Where users are not served, the server that should may not run at all.
      if (writesSince !== undefined) throw error;
      return [];
    }),
    lastBefore: acknowledged.filter(({ at }) => at <= firstFailure).at(-1)?.at,
  };
}
