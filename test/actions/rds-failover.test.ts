import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { fromThatMoment } from '../support/from-that-moment.ts';
import { patient } from '../support/patient.ts';
import { memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const PRIMARY = { region: 'us-east-1', instance: 'chatbot-prod' };
/** World milliseconds after a failover in which RDS attempts no other that is asked for, and some more. */
const FOLLOWS_AT_ONCE = 5.5 * 60_000;
const SPEED = 60;
let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: SPEED, withDatabases: true });
  act = benchOf(bench, {}, { limit: 90_000 });
});
afterAll(() => bench.close());

const run: ActionBench['run'] = (...given) => act.run(...given);
const look = async (id: string, given: JsonObject = {}, options: TestRun = {}) =>
  (await act.look(id, given, { clock: patient(bench.world.clock), ...options })).seen;
/** Whether RDS has told of this about the primary. */
const told = (event: string) =>
  (bench.world.state.rdsEvents ?? []).some(({ id, identifier }) => id === event && identifier === PRIMARY.instance);
const endpoint = async () => {
  const found = await bench.clients.aws.rds.describe(PRIMARY.region, PRIMARY.instance, AbortSignal.timeout(5000));
  return { endpoint: found.endpoint, port: found.port };
};

// One story: healthy, failed over on purpose, and looked after.
describe('a Multi-AZ primary', () => {
  it('is healthy, as every source says', async () => {
    const seen = await look('rds.diagnose-primary');

    expect(seen).toMatchObject({ verdict: 'healthy', form: 'multi-az', region: 'us-east-1' });
    expect(seen.connections).toMatch(/^4 of 4 connections/);
    expect(seen.events).toMatch(/no failover/);
  });

  it('needs no replica, and loses nothing', async () => {
    const samples = memorySamples({});

    expect(await look('rds.healthiest-replica')).toMatchObject({ needed: false, instance: '' });
    expect(await look('postgres.predicted-loss', { replica: 'healthiest' }, { samples })).toMatchObject({
      lossSeconds: 0,
    });
  });

  it('has a standby, which cannot be chosen by name', async () => {
    expect(await look('rds.standby')).toMatchObject({ form: 'multi-az', ready: true, target: '' });
    expect(await look('rds.standby', { target: 'reader' })).toMatchObject({
      ready: false,
      sentence: expect.stringMatching(/one standby only, so that reader cannot be chosen/),
    });
  });

  it('has told of no failover', async () => {
    expect(await look('rds.find-event')).toMatchObject({ found: false, stage: 'none' });
    expect(await run('rds.await-failover', { ...PRIMARY, patienceSeconds: 0 })).toMatchObject({
      outputs: { happened: false },
    });
  });

  it('asks a person where an earlier attempt may have sent the reboot and no event tells', async () => {
    const before = bench.carriedOut().length;
    const earlier = { earlierAttempts: ['interrupted'], firstAttemptAt: bench.world.clock.now() };

    await expect(run('rds.reboot-with-failover', PRIMARY, earlier)).rejects.toMatchObject({
      name: 'Permanent',
      code: 'rds.reboot-uncertain',
      message: expect.stringMatching(/may have asked RDS .* retry sends it again/),
    });
    expect(bench.carriedOut().slice(before)).toEqual([]);
  });

  it('is failed over once, proven by the event and a newer server, and its rows are there', async () => {
    const where = await endpoint();
    const before = (await run('postgres.measure', where)).outputs as { rows: JsonObject; roundTripMs: number };
    const firstAttemptAt = bench.world.clock.now();
    // What RDS says and refuses soon after a failover is asked for soon after it, however slow the machine is.
    const over = fromThatMoment(bench.world, () => told('RDS-EVENT-0049'), 1);

    const first = await run('rds.reboot-with-failover', PRIMARY, { firstAttemptAt });
    const again = await run('rds.reboot-with-failover', PRIMARY, { firstAttemptAt, earlierAttempts: ['interrupted'] });
    await over;
    const after = await run('postgres.compare', { ...where, rows: before.rows, roundTripMs: before.roundTripMs });

    expect(first.changes).toMatchObject([{ what: 'chatbot-prod in us-east-1', before: 'writes in us-east-1a' }]);
    expect(first.outputs).toMatchObject({ ...where, sentence: expect.stringMatching(/RDS's event of .* started at/) });
    expect(again.outputs).toMatchObject({ completedAt: (first.outputs as JsonObject).completedAt });
    expect(bench.carriedOut().filter((call) => call === 'rds RebootDBInstance')).toHaveLength(1);
    expect(after.outputs).toMatchObject({ missingRows: 0 });
    expect(Object.keys(before.rows)).toEqual(expect.arrayContaining(['messages', 'users']));
  });

  it('has told of that failover, which has happened', async () => {
    const newest = await look('rds.find-event');
    const byId = await look('rds.find-event', { event: 'RDS-EVENT-0013' });

    expect(newest).toMatchObject({ found: true, id: 'RDS-EVENT-0049', stage: 'completed', instance: 'chatbot-prod' });
    expect(byId).toMatchObject({ found: true, stage: 'started' });
    expect(await look('rds.find-event', { event: 'RDS-EVENT-0071' })).toMatchObject({ found: false });
    expect(await run('rds.await-failover', PRIMARY)).toMatchObject({ outputs: { happened: true } });
    expect(await look('rds.diagnose-primary')).toMatchObject({ verdict: 'failing-over' });
  });

  it('is told of since when it failed over: one that ended before is none, one that must have come has to', async () => {
    const { startedAt, at } = (await look('rds.find-event')) as { startedAt: number; at: number };

    const told = await run('rds.await-failover', { ...PRIMARY, since: startedAt, required: true });
    const later = { ...PRIMARY, since: at + 1000, patienceSeconds: 0 };

    expect(startedAt).toBeLessThan(at);
    expect(told.outputs).toMatchObject({ happened: true, startedAt, completedAt: at });
    expect(await run('rds.await-failover', later)).toMatchObject({ outputs: { happened: false } });
    await expect(run('rds.await-failover', { ...later, required: true })).rejects.toMatchObject({
      code: 'rds.no-failover',
    });
  });

  it('is failed over by a retry, although RDS gave up what the attempt before had asked for', async () => {
    const { at } = (await look('rds.find-event')) as { at: number };
    const firstAttemptAt = bench.world.clock.now();
    await expect(run('rds.reboot-with-failover', PRIMARY, { firstAttemptAt })).rejects.toMatchObject({
      code: 'rds.failover-failed',
      message: expect.stringMatching(/Abandoning user requested failover .* Retry in some minutes/),
    });
    const { clock } = bench.world;
    bench.world.setSpeed(SPEED);
    await clock.sleep(at + FOLLOWS_AT_ONCE - clock.now());

    const retried = { firstAttemptAt, earlierAttempts: ['rds.failover-failed'] };
    const { outputs } = await run('rds.reboot-with-failover', PRIMARY, retried);

    expect((outputs as { startedAt: number }).startedAt).toBeGreaterThan(firstAttemptAt);
  });

  it('counts rows that are gone, and proposes where to look', async () => {
    const rows = { messages: 9_000_000 };

    const { outputs, finding } = await run('postgres.compare', { ...(await endpoint()), rows, roundTripMs: 1000 });

    expect(outputs).toMatchObject({ missingRows: expect.any(Number), slower: false });
    expect(finding?.sentence).toMatch(/^Rows that were there before are missing: messages /);
  });
});

it('asks to sign that nobody stops the old writer of a global cluster', () => {
  const target = 'arn:aws:rds:us-west-2:123456789012:cluster:chatbot-prod-west-cluster';
  const where = { region: 'us-west-2', globalCluster: 'chatbot-prod-global', target };

  const { signatures } = act.action('rds.failover-global-cluster').change(undefined, where, act.contextOf());

  expect(signatures).toMatchObject([{ kind: 'unfenced', subject: 'chatbot-prod in us-east-1' }]);
});

describe('a primary that answers nobody', () => {
  it('is no matter of the database when its region is silent, too', async () => {
    bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, true);
    try {
      const seen = await look('rds.diagnose-primary', {}, { clock: bench.world.clock });

      expect(seen).toMatchObject({ verdict: 'lost', form: 'region' });
      expect(seen.advice).toMatch(/failure of a region/);
    } finally {
      bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, false);
    }
  });
});
