import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { standingStill } from '../support/standing-still.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const limit = 90_000;
let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 300, withDatabases: true });
  act = benchOf(bench, {}, { limit });
});
afterAll(() => bench.close());

const PRIMARY = { region: 'us-east-1', instance: 'chatbot-prod' };
const WEST = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };
const SECOND = { region: 'us-west-2', instance: 'chatbot-prod-replica-west-second' };

const run: ActionBench['run'] = (...given) => act.run(...given);

/** Ids of messages from `low` on: the seeds are below. */
const LOW = 900_000_000;
const rows = async (instance: string) => {
  const found = await bench.databases.query<{ id: string }>(
    instance,
    `SELECT id FROM messages WHERE id >= ${LOW} ORDER BY id`,
  );
  return found.map(({ id }) => Number(id) - LOW);
};
const write = (...ids: number[]) =>
  bench.databases.query(PRIMARY.instance, `INSERT INTO messages (id) SELECT unnest($1::bigint[])`, [
    ids.map((id) => LOW + id),
  ]);
const until = async (holds: () => Promise<boolean>) => {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to that within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
/** What `read` gives at a time that is neither that of what was done before it nor of what is done after it. */
const apart = async <T>(read: () => T): Promise<T> => {
  const pass = () => new Promise((resolve) => setTimeout(resolve, 5));
  await pass();
  const found = read();
  await pass();
  return found;
};
const look = async (given: JsonObject) => (await run('rds.latest-restorable', given)).outputs;

/*
 * One story, block after block: what is restored of the primary, replicated and written in one of them is there in those
 * that follow, so none of them can be run without the ones before it.
 */
describe('restoring beside', () => {
  let before: number;

  it('tells what can be restored, and what each choice would lose', async () => {
    const newest = await standingStill(bench.world, () => run('rds.latest-restorable', PRIMARY));
    const snapshot = await look({ ...PRIMARY, from: 'snapshot' });

    // RDS uploads "every 5 minutes"; the restore waits for what is missing, so none of it is lost.
    expect(newest.outputs.latestLossSeconds).toBeLessThanOrEqual(300);
    expect(newest.outputs.lossSeconds).toBe(0);
    expect(newest.outputs.restoreTo).toBe(newest.outputs.latest);
    expect(snapshot).toMatchObject({ snapshot: expect.stringMatching(/^rds:chatbot-prod-/) });
    expect(snapshot.restoreTo).toBe(snapshot.snapshotAt);
    expect(snapshot.lossSeconds).toBe(snapshot.snapshotLossSeconds);
    expect(newest.finding?.sentence).toMatch(/^Restoring chatbot-prod in us-east-1 with everything .* loses nothing/);
  });

  it('loses what was written since where nothing is uploaded any more', async () => {
    const { rds } = bench.clients.aws;
    const window = { earliest: 0, latest: bench.world.clock.now() - 7 * 60_000 };
    const backups = { ...rds.backups, window: async () => window };
    const clients = { ...bench.clients, aws: { ...bench.clients.aws, rds: { ...rds, backups } } };

    const { measurements } = await benchOf(bench, {}, { clients, limit }).look('rds.latest-restorable', PRIMARY);

    expect(measurements.lossSeconds).toBeGreaterThanOrEqual(420);
    expect(measurements.sentence).toMatch(/^Restoring chatbot-prod in us-east-1 to .* UTC \(point in time\) loses/);
  });

  it.each([
    ['a time that is not yet there', { ...PRIMARY, at: '2099-01-01T00:00:00Z' }, 'rds.not-restorable'],
    ['a replica without backups', WEST, 'rds.not-restorable'],
    ['snapshots of a replica', { ...WEST, from: 'snapshot' }, 'rds.no-snapshot'],
  ])('says of %s that it cannot be restored', async (_what, given, code) => {
    await expect(act.look('rds.latest-restorable', given)).rejects.toMatchObject({ name: 'Permanent', code });
  });

  it('has what was committed until then and nothing after it, while the old one goes on', async () => {
    await write(1, 2, 3);
    before = await apart(() => bench.world.clock.now());
    await write(4, 5);
    await until(async () => Date.parse(`${(await look(PRIMARY)).latest}`) > before);
    const given = { ...PRIMARY, at: new Date(before).toISOString(), target: 'chatbot-prod-then' };

    const first = await run('rds.restore-to-point-in-time', given);
    const again = await run('rds.restore-to-point-in-time', given);

    expect(await rows('chatbot-prod-then')).toEqual([1, 2, 3]);
    expect(await rows(PRIMARY.instance)).toEqual([1, 2, 3, 4, 5]);
    expect(first.outputs).toMatchObject({ instance: 'chatbot-prod-then', restoredTo: new Date(before).toISOString() });
    expect(first.calls).toEqual(['rds RestoreDBInstanceToPointInTime']);
    expect(again.calls).toEqual([]);
    expect(again.outputs).toEqual(first.outputs);
  });

  it('waits until RDS has everything that was written before the step', async () => {
    const { outputs, context } = await run('rds.restore-to-point-in-time', {
      ...PRIMARY,
      target: 'chatbot-prod-newest',
    });

    expect(await rows('chatbot-prod-newest')).toEqual([1, 2, 3, 4, 5]);
    // A later attempt finds what the first one asked for, and says of when that is.
    const later = await run('rds.restore-to-point-in-time', { ...PRIMARY, target: 'chatbot-prod-newest' });
    expect(later).toMatchObject({ calls: [], outputs });
    expect(outputs.restoredTo).toBe(new Date(context.firstAttemptAt).toISOString());
    expect(context.sentences.join()).toMatch(/is (creating|backing-up)/);
  });

  it('restores a snapshot, that of the night before or one of its own', async () => {
    const nightly = `${(await look({ ...PRIMARY, from: 'snapshot' })).snapshot}`;
    const kept = await run('rds.create-snapshot', { ...PRIMARY, snapshot: 'chatbot-prod-kept-by-hand' });
    const repeated = await run('rds.create-snapshot', { ...PRIMARY, snapshot: 'chatbot-prod-kept-by-hand' });
    await write(6);

    const old = await run('rds.restore-snapshot', { ...PRIMARY, snapshot: nightly, target: 'chatbot-prod-nightly' });
    await run('rds.restore-snapshot', {
      ...PRIMARY,
      snapshot: 'chatbot-prod-kept-by-hand',
      target: 'chatbot-prod-kept',
    });

    expect(kept.calls).toEqual(['rds CreateDBSnapshot']);
    expect(repeated).toMatchObject({ calls: [], outputs: kept.outputs });
    expect(await rows('chatbot-prod-nightly')).toEqual([]);
    expect(await rows('chatbot-prod-kept')).toEqual([1, 2, 3, 4, 5]);
    expect(old.outputs.snapshot).toBe(nightly);
  });

  it('says that there is no such snapshot', async () => {
    const restoring = run('rds.restore-snapshot', { ...PRIMARY, snapshot: 'none' });

    await expect(restoring).rejects.toMatchObject({ name: 'Permanent', code: 'rds.no-snapshot' });
  });
});

describe('rds.create-replica', () => {
  it('replicates from the source, once, and leaves alone what is none', async () => {
    const given = { ...SECOND, source: PRIMARY };

    const made = await run('rds.create-replica', given);
    const again = await run('rds.create-replica', given);
    await write(7);

    await until(async () => (await rows(SECOND.instance)).includes(7));
    expect(made.calls).toEqual(['rds CreateDBInstanceReadReplica']);
    expect(made.outputs.made).toBe(true);
    // Groups are of a region: those of its own, not of its source's, nor the account's defaults.
    const { signal } = act.contextOf();
    const found = await bench.clients.aws.rds.instances.settings(SECOND.region, SECOND.instance, signal);
    expect(found).toMatchObject({ ...bench.system.database.groups?.['us-west-2'] });
    expect(again).toMatchObject({ calls: [], changes: [], outputs: { ...made.outputs, made: false } });
    const other = run('rds.create-replica', { ...PRIMARY, source: SECOND });
    await expect(other).rejects.toMatchObject({ name: 'Permanent', code: 'rds.name-taken' });
    const third = { ...SECOND, instance: 'chatbot-prod-replica-west-third' };
    const copied = run('rds.create-replica', { ...third, source: SECOND });
    await expect(copied).rejects.toMatchObject({ name: 'Permanent', code: 'rds.source-is-replica' });
    const { groups: _none, ...database } = bench.system.database;
    const system = { ...bench.system, database };
    const nowhere = run('rds.create-replica', { ...given, instance: 'chatbot-prod-replica-west-fourth' }, { system });
    await expect(nowhere).rejects.toMatchObject({ name: 'Permanent', code: 'rds.no-groups' });
  });
});

describe('the way back', () => {
  it('waits until a replica has everything, and tells whether an old primary takes writes', async () => {
    const { outputs } = await run('postgres.replicated', { source: PRIMARY, replica: SECOND });
    const open = await run('postgres.fenced', PRIMARY);
    const gone = await run('postgres.fenced', { ...PRIMARY, instance: 'nothing' });
    const standby = await run('postgres.fenced', SECOND);

    expect(outputs).toMatchObject({ behindBytes: 0 });
    await expect(run('postgres.fenced', { ...PRIMARY, mustBeFenced: true })).rejects.toMatchObject({
      name: 'Permanent',
      code: 'fenced.not',
    });
    expect(open.outputs).toMatchObject({ fenced: false, exists: true });
    expect(gone.outputs).toMatchObject({ fenced: true, exists: false });
    expect(standby.outputs).toMatchObject({ fenced: true, exists: true });
  });
});

describe('rds.rename-instance', () => {
  const RENAME = 'rds.rename-instance';
  const KEPT = 'chatbot-prod-kept';

  it('swaps the restored one in and the old one out, and back', async () => {
    const { signal } = act.contextOf();
    const address = await bench.clients.aws.rds.describe(PRIMARY.region, PRIMARY.instance, signal);
    const restored = { region: 'us-east-1', instance: 'chatbot-prod-newest' };
    const firstAttemptAt = Date.UTC(2026, 10, 21, 9, 30);
    const old = await run(RENAME, PRIMARY, { firstAttemptAt });
    const { resourceId } = (await act.look(RENAME, restored)).seen as { resourceId: string };
    const swap = { ...restored, to: PRIMARY.instance, resourceId };
    const swapped = await run(RENAME, swap);
    const late = await run(RENAME, PRIMARY, { firstAttemptAt });

    expect(old.outputs).toMatchObject({ instance: 'chatbot-prod-replaced-20261121-0930', was: PRIMARY.instance });
    // Clients find the restored one where they found the old.
    expect(swapped.outputs).toMatchObject({ endpoint: address.endpoint, port: address.port });
    expect(await rows(PRIMARY.instance)).toEqual([1, 2, 3, 4, 5]);
    expect(await rows('chatbot-prod-replaced-20261121-0930')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(late).toMatchObject({ calls: [], outputs: old.outputs });

    await act.undo(RENAME, swap, { outputs: swapped.outputs });
    const { undone } = await act.undo(RENAME, PRIMARY, { outputs: old.outputs });

    expect(undone.outputs).toMatchObject({ instance: PRIMARY.instance, port: address.port });
    expect(await rows(PRIMARY.instance)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    ['a name that another instance has', 'chatbot-prod-then', KEPT, 'rds.name-taken'],
    ['that name also where the instance is gone', 'chatbot-prod-absent', KEPT, 'rds.name-taken'],
    ['to rename another instance than was meant', 'chatbot-prod-then', 'chatbot-prod-free', 'rds.other-instance'],
  ])('refuses %s', async (_what, instance, to, code) => {
    const names = () => Object.keys(bench.world.state.rds['us-east-1'] ?? {}).toSorted();
    const before = names();

    const refused = await act.refused(RENAME, { region: 'us-east-1', instance, to, resourceId: 'db-OTHER' });

    expect(refused).toMatchObject({ error: { name: 'Permanent', code }, calls: [], changes: [] });
    expect(names()).toEqual(before);
  });

  it('leaves what has another role by now its name', async () => {
    const refused = await act.refused(RENAME, { ...SECOND, role: 'primary' });

    expect(refused).toMatchObject({ error: { name: 'Permanent', code: 'rds.other-role' }, calls: [] });
  });

  it('gives no name without knowing which instance is meant', () => {
    const given = { region: 'us-east-1', instance: 'chatbot-prod-absent', to: KEPT };

    expect(act.action(RENAME).input.safeParse(given).error?.issues[0]?.path).toEqual(['resourceId']);
  });
});
