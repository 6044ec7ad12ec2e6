import { STABLE } from '../client/client.ts';
import { untilHealthy } from '../healthy.ts';
import { missingFrom } from '../measurements/lost-rows.ts';
import { servingInstance } from '../measurements/serving.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SimulationReport } from './report.ts';
import { playScenario, type ScenarioOptions } from './scenario.ts';
import { type ClientEvidence, judge } from './verdict.ts';

/** World milliseconds that the client is given to write again after the run has ended. */
const SETTLE = 120_000;
const LOOK = 50;

/** Plays one disaster in a running sandbox and judges how it went. Throws when the sandbox itself fails. */
export async function simulate(
  sandbox: Sandbox,
  runbook: string,
  scenario: ScenarioOptions,
): Promise<SimulationReport> {
  const { world, store, client, systemName, system } = sandbox;
  await untilHealthy(sandbox);
  const result = await playScenario(sandbox, scenario);
  const ended = world.clock.now();
  while (client.writingSince(STABLE) === undefined && world.clock.now() - ended < SETTLE) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  const { incident } = result;
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
  });
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
    lost: await missingFrom(databases, serving, acknowledged),
    lastBefore: acknowledged.filter(({ at }) => at <= firstFailure).at(-1)?.at,
  };
}
