import { expect, test } from '@jest/globals';
import { untilHealthy } from '../../../sandbox/healthy.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import type { IncidentState } from '../../../src/domain/incident-state.ts';
import { carriedOut, inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';

/** Machine milliseconds of a pause. */
const PAUSE = 3000;
/** World milliseconds by which the clocks of two processes may be apart. */
const APART = 1000;
const pass = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Seconds of processor time that the bot has used. */
async function cpuSeconds({ bot }: Sandbox): Promise<number> {
  const text = await (await fetch(new URL('/metrics', bot().url))).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

/** What is done in the world by itself: the page's own looks and Slack do not count. */
function doings({ world, client }: Sandbox) {
  const { calls } = world.state;
  const infrastructure = calls.filter(({ service }) => service !== 'slack' && service !== 'pagerduty').length;
  return { infrastructure, writes: client.outcomes().length, now: world.clock.now() };
}

async function journalTimes({ store }: Sandbox, incident: string): Promise<number[]> {
  return (await store.journal.read(incident)).map(({ at }) => at);
}

/** What has been done, once nothing new has come for a second and a half, twice in a row. */
async function doingsOnceStill(sandbox: Sandbox) {
  let before = doings(sandbox);
  for (let still = 0; still < 2; ) {
    await pass(1500);
    const after = doings(sandbox);
    still = after.infrastructure === before.infrastructure && after.writes === before.writes ? still + 1 : 0;
    before = after;
  }
  return before;
}

/** Nobody was paged twice, or before it was time to. */
function expectPagesInTime({ pagerDuty }: Sandbox, { tiers, detectedAt }: IncidentState): void {
  const keys = pagerDuty.incidents().map(({ dedupKey }) => dedupKey);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { dueAt, reachedAt, acceptedAt } of tiers) {
    expect(dueAt).toBeGreaterThanOrEqual(detectedAt);
    if (reachedAt !== undefined) expect(reachedAt).toBeGreaterThanOrEqual(dueAt);
    if (acceptedAt !== undefined) expect(acceptedAt).toBeGreaterThanOrEqual(reachedAt ?? 0);
  }
}

test('a recovery that is paused in the middle of the promotion and goes on faster ends as one that was left alone', async () => {
  await inSandbox({ seed: 11, speed: 10 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    const paused = carriedOut(sandbox, 'PromoteReadReplica').then(async () => {
      await world.clock.sleep(10_000);
      world.setSpeed(0);
      // What was under way is answered, the board is brought up to date, and the clocks of the others stand still.
      const before = { ...(await doingsOnceStill(sandbox)), cpu: await cpuSeconds(sandbox) };
      const answers = slack.workspace.state.ephemerals.length;
      await crew.command('bystander', '/dr status');
      await untilTrue(sandbox, 'people are answered', () => slack.workspace.state.ephemerals.length > answers);
      await pass(PAUSE);
      const after = { ...doings(sandbox), cpu: await cpuSeconds(sandbox) };
      const replica =
        world.state.rds[sandbox.system.database.replica.region]?.[sandbox.system.database.replica.instance];
      const status = replica?.status;
      world.setSpeed(20);
      return { before, after, status };
    });

    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    // Without a promotion there is no pause to wait for.
    expect(report.calls).toMatchObject({ 'rds.PromoteReadReplica': 1 });
    const { before, after, status } = await paused;

    // The pause: nothing happened, except that somebody was answered.
    expect(status).toBe('modifying');
    expect(after.now).toBe(before.now);
    expect(after.writes).toBe(before.writes);
    expect(after.infrastructure).toBe(before.infrastructure);
    expect(after.cpu - before.cpu).toBeLessThan(1);
    // The recovery.
    expect(report).toMatchObject({ outcome: 'recovered with exceptions', rpo: { verdict: 'COMPLIANT' } });
    expect(report.steps.filter(({ state }) => state !== 'left out').map(({ attempts }) => attempts)).toEqual(
      report.steps.filter(({ state }) => state !== 'left out').map(() => 1),
    );
    expect(report.journal.chain).toBe('valid');
    const state = await until(sandbox, () => true);
    expectPagesInTime(sandbox, state);
    // The step lasts as long as RDS takes, in the pause no time, until what comes after it is changed.
    const promotion = world.state.transitions.find(({ kind }) => kind === 'promotion');
    const next = world.state.calls.find(({ operation, status }) => operation === 'patch secrets' && status < 300);
    const promoted = state.run?.steps.promote?.endedAt;
    expect(promoted).toBeGreaterThanOrEqual((promotion?.to ?? Number.NaN) - APART);
    expect(promoted).toBeLessThanOrEqual((next?.at ?? Number.NaN) + APART);
    const times = await journalTimes(sandbox, state.id);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThanOrEqual(world.clock.now() + APART);
  });
}, 300_000);

test('a plan is made and approved in a pause; its run takes its time after it, also under a bot started in between', async () => {
  await inSandbox({ seed: 12, speed: 60 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel, systemName } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    await untilHealthy(sandbox);
    world.setSpeed(0);
    world.switchFault(REGION_DOWN, true);
    const pausedAt = world.clock.now();
    // A clock that had not heard of the pause would be ten minutes ahead after it.
    await pass(10_000);

    await crew.command('requester', `/dr failover ${systemName} --mode emergency --reason "users report errors"`);
    const planned = await until(sandbox, ({ plans }) => plans.length > 0);
    const plan = planned.plans[0]?.plan;
    while (!(await crew.press('approver', 'approve', plan?.id ?? ''))) await pass(100);
    await until(sandbox, ({ run }) => run !== undefined);
    await sandbox.restartBot('SIGKILL');
    const taken = await until(sandbox, ({ run }) =>
      Object.values(run?.steps ?? {}).some(({ attempts }) => attempts > 0),
    );
    const pausedUntil = world.clock.now();
    world.setSpeed(60);
    const ended = await until(sandbox, (state) => hasStopped(state) || confirms(state) !== undefined);
    const step = confirms(ended);
    if (step) {
      while (!(await crew.press('approver', 'confirm', `${ended.run?.id} ${step}`))) await pass(100);
    }
    const finished = await until(sandbox, hasStopped);

    expect(pausedUntil).toBe(pausedAt);
    expect(plan?.verdict).toBe('ready');
    // The last sample spoke for 15 s of the world, as it ran when it was taken.
    expect(plan?.predicted.lossSeconds).toBeGreaterThanOrEqual(15);
    // The bot's clock hears of the pause a moment of the machine after it has begun.
    expect(Math.abs(planned.detectedAt - pausedAt)).toBeLessThan(300_000);
    expect(taken.run?.status).toBe('running');
    expect(finished.run?.outcome).toBe('recovered with exceptions');
    const times = await journalTimes(sandbox, finished.id);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expectPagesInTime(sandbox, finished);
  });
}, 300_000);

function hasStopped({ run }: IncidentState): boolean {
  return run?.status === 'finished' || run?.status === 'paused';
}

/** The step that waits for a person's answer. */
function confirms({ run, plans }: IncidentState): string | undefined {
  const asking = plans.at(-1)?.plan.steps.filter(({ uses }) => uses === 'manual.confirm') ?? [];
  return asking.find(({ id }) => run?.steps[id]?.status === 'running')?.id;
}

/** The last speed, and world milliseconds after which something is late: six seconds of the machine at that speed. */
const LAST = 40;
const LATE = 240_000;

test('tiers and the end of an approval come at their world time, however often the speed changes on the way', async () => {
  await inSandbox({ seed: 13, speed: 10 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel, systemName } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    await untilHealthy(sandbox);
    world.switchFault(REGION_DOWN, true);
    await crew.command('requester', `/dr failover ${systemName} --mode emergency --reason "users report errors"`);
    await until(sandbox, ({ plans }) => plans.length > 0);

    // Two hours would pass in the pause, if anybody computed with them.
    for (const speed of [1, 0, 60, 0, 120, 10, LAST]) {
      world.setSpeed(speed);
      await pass(500);
    }
    const expired = await until(sandbox, ({ plans }) => plans[0]?.status !== 'awaiting approval');
    const { entries, tiers } = await reached(sandbox, expired.id);

    const expiredAt = entries.find(({ event }) => event.type === 'plan.expired')?.at ?? 0;
    const createdAt = expired.plans[0]?.plan.createdAt ?? 0;
    expect(expired.plans[0]?.status).toBe('expired');
    expect(expiredAt - createdAt).toBeGreaterThanOrEqual(3600_000);
    expect(expiredAt - createdAt).toBeLessThan(3600_000 + LATE);
    expect(tiers.filter(({ reachedAt }) => reachedAt !== undefined)).toHaveLength(4);
    for (const { dueAt, reachedAt = 0 } of tiers) expect(reachedAt - dueAt).toBeLessThan(LATE);
    expectPagesInTime(sandbox, await until(sandbox, () => true));
  });
}, 300_000);

/** The journal when the last tier was reached too. */
async function reached(sandbox: Sandbox, incident: string) {
  const { tiers } = await until(sandbox, (state) => state.tiers.every(({ reachedAt }) => reachedAt !== undefined));
  return { tiers, entries: await sandbox.store.journal.read(incident) };
}
