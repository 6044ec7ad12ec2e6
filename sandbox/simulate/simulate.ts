import { isRecovered } from '../../src/domain/outcome.ts';
import { STABLE } from '../client/client.ts';
import { untilHealthy } from '../healthy.ts';
import { missingFrom } from '../measurements/lost-rows.ts';
import { servingInstance } from '../measurements/serving.ts';
import type { Sandbox } from '../sandbox.ts';
import { createCrew } from './crew.ts';
import { openingOf, returnedInstances } from './old-primary.ts';
import { settles } from './patience.ts';
import type { SimulationReport } from './report.ts';
import { playScenario, type ScenarioOptions } from './scenario.ts';
import { changedBySomebody, differencesOf, settingsOf } from './settings.ts';
import { damageIn } from './soundness.ts';
import { describeTurn, missedAbort } from './turns.ts';
import { type ClientEvidence, judge } from './verdict.ts';

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
  const { databases } = sandbox;
  // What an earlier recovery has lost is not this one's loss.
  const gone = before.length > 0 ? await lostWrites(sandbox) : [];
  const result = await playScenario(sandbox, { ...scenario, runbook });
  const canWrite = await untilWriting(sandbox);
  const { incident } = result;
  const state = incident ? await store.journal.state(incident) : undefined;
  const entries = incident ? await store.journal.read(incident) : [];
  const after = await settingsOf(world.state, databases);
  const notAsBefore = scenario.undo
    ? [
        ...differencesOf(result.before, after),
        ...(result.usersWrote && !canWrite ? ['Users could write and cannot any more.'] : []),
      ]
    : undefined;
  const unsound = (await damageThatUsersHave(sandbox)) ?? (await secondPrimary(sandbox));
  // Meanwhile a busy machine may have kept a write of theirs too long.
  if (canWrite) await untilWriting(sandbox);
  return judge({
    systemName,
    system,
    runbook,
    mode: scenario.mode,
    seed: world.state.seed,
    speed: world.clock.speed(),
    beganAt: result.beganAt,
    gaveUp: result.gaveUp,
    state,
    client: await clientEvidence(sandbox, result.beganAt, gone),
    world: world.state,
    journal: incident ? await store.journal.verify(incident) : { events: 0, chain: 'valid' },
    missed: [...result.missed.map(describeTurn), ...missedAbort(scenario.abortAfter, entries)],
    ...(notAsBefore ? { notAsBefore } : {}),
    ...(state?.run ? {} : { changed: changedBySomebody(result.before, after) }),
    ...(unsound === undefined ? {} : { unsound }),
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

/** Gives the client time to write again, and says whether it does. */
function untilWriting({ client, world }: Sandbox): Promise<boolean> {
  return settles(world.clock, () => client.writingSince(STABLE) !== undefined);
}

/** What an old primary that has returned still lets the product do, after the time to fence it; a clause with its full stop. */
async function secondPrimary(sandbox: Sandbox): Promise<string | undefined> {
  const { world, system, databases } = sandbox;
  const returned = returnedInstances(world.state, instanceOfUsers(sandbox));
  let opening: string | undefined;
  await settles(world.clock, async () => {
    sandbox.assertAlive();
    const openings = await Promise.all(returned.map((instance) => openingOf(databases, system, instance)));
    opening = openings.find((one) => one !== undefined);
    return opening === undefined;
  });
  return opening;
}

/** Acknowledged writes that the database which users have does not hold. */
async function lostWrites(sandbox: Sandbox): Promise<ClientEvidence['lost']> {
  const acknowledged = acknowledgedBy(sandbox.client);
  return missingFrom(sandbox.databases, instanceOfUsers(sandbox), acknowledged).catch((error: unknown) => {
    // Where users are not served, the server that should may not run at all.
    if (sandbox.client.writingSince(STABLE) !== undefined) throw error;
    return [];
  });
}

function acknowledgedBy(client: Sandbox['client']): ClientEvidence['acknowledged'] {
  return client
    .outcomes()
    .filter((outcome) => outcome.acknowledged)
    .map(({ number, at }) => ({ number, at }));
}

function instanceOfUsers({ world, system }: Sandbox): string {
  return servingInstance(world.state, system, world.clock.now()) ?? system.database.primary.instance;
}

/** What is still wrong with the data that users have, where somebody has damaged any; a clause with its full stop. */
async function damageThatUsersHave(sandbox: Sandbox): Promise<string | undefined> {
  const { world, databases } = sandbox;
  if ((world.state.damages ?? []).length === 0) return undefined;
  return damageIn(databases, instanceOfUsers(sandbox));
}

async function clientEvidence(
  sandbox: Sandbox,
  beganAt: number,
  gone: ClientEvidence['lost'],
): Promise<ClientEvidence> {
  const { client, world } = sandbox;
  const before = new Set(gone.map(({ number }) => number));
  const acknowledged = acknowledgedBy(client).filter(({ number }) => !before.has(number));
  // An outage is over when writes are acknowledged for good; where there was none, nothing had to come back.
  const outages = client.outages().filter(({ to }) => to === undefined || to > beganAt);
  const writesSince = client.writingSince(STABLE);
  const firstFailure = outages[0]?.from ?? Number.POSITIVE_INFINITY;
  return {
    writesSince: writesSince === undefined ? undefined : Math.max(writesSince, beganAt),
    downtimeSeconds: client.downtime(beganAt, world.clock.now()) / 1000,
    acknowledged,
    lost: (await lostWrites(sandbox)).filter(({ number }) => !before.has(number)),
    lastBefore: acknowledged.filter(({ at }) => at <= firstFailure).at(-1)?.at,
  };
}
