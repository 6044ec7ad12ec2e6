import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { datedDatabase } from '../../src/actions/postgres/dump/database.ts';
import { sendStatements } from '../../src/actions/postgres/dump/send-statements.ts';
import { atPlace } from '../../src/actions/postgres/place.ts';
import { choose, type Kind, offered, type RecoveryPoint } from '../../src/actions/postgres/recovery/points.ts';
import type { S3 } from '../../src/adapters/aws/s3.ts';
import type { JsonObject } from '../../src/domain/action.ts';
import { Permanent } from '../../src/domain/errors.ts';
import { until } from '../store/embedded/users.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let actions: ReturnType<typeof permittedActions>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

const actionOf = (id: string, among = actions) => {
  const action = among.get(id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
};
const contextOf = (run: TestRun = {}) =>
  createRunContext({ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(30_000), ...run });

async function look(id: string, given: JsonObject = {}) {
  const action = actionOf(id);
  const { measurements } = await action.observe(contextOf(), action.input.parse(given));
  expect(action.output.safeParse(measurements).error).toBeUndefined();
  return measurements;
}

async function run(id: string, given: JsonObject = {}, options: TestRun = {}, among = actions) {
  const action = actionOf(id, among);
  const context = contextOf(options);
  const result = await action.run(context, action.input.parse(given));
  expect(action.output.safeParse(result.outputs).error).toBeUndefined();
  return { ...result, outputs: result.outputs as Record<string, unknown>, context };
}

const names = async () =>
  (
    await bench.databases.query<{ name: string }>(
      'chatbot-prod',
      "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'chatbot%' ORDER BY 1",
    )
  ).map(({ name }) => name);
const commentOn = async (database: string) => {
  const sql = "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1";
  return (await bench.databases.query<{ comment: string }>('chatbot-prod', sql, [database]))[0]?.comment;
};
/** The actions, of which S3 answers some questions otherwise. */
const withS3 = (change: Partial<S3>) => {
  const { aws } = bench.clients;
  return permittedActions(bench, { ...bench.clients, aws: { ...aws, s3: { ...aws.s3, ...change } } });
};

describe('postgres.restore-dump and postgres.rename-database', () => {
  it('restores beside, compares, and swaps; the old one is kept, and gets its name back', async () => {
    const { key } = await look('s3.latest-backup');
    const firstAttemptAt = bench.world.clock.now();
    const given = { key: String(key) };
    // As a crash between CREATE DATABASE and its comment leaves it.
    await bench.databases.query(
      'chatbot-prod',
      `CREATE DATABASE ${datedDatabase('chatbot', 'restore', firstAttemptAt)} OWNER lifeboat`,
    );

    const restored = await run('postgres.restore-dump', given, { firstAttemptAt });
    const again = await run('postgres.restore-dump', given, { firstAttemptAt });
    const database = String(restored.outputs.database);
    const sound = await run('postgres.integrity', { database, mustBeSound: true });
    const counts = await run('postgres.compare-counts', { database });

    expect(restored.outputs).toEqual({
      database: expect.stringMatching(/^chatbot_restore_\d{8}_\d{4}$/),
      key,
      tables: 3,
    });
    expect(again.outputs).toEqual(restored.outputs);
    expect(sound.outputs).toMatchObject({ damage: 'none' });
    expect(counts.outputs.restored).toMatchObject({ users: expect.any(Number), messages: expect.any(Number) });
    expect(String(counts.outputs.sentence)).toMatch(/messages \d+ \(damaged: 3000\)/);

    const away = await run('postgres.rename-database', {}, { firstAttemptAt });
    const place = { database, to: 'chatbot' };
    const swapped = await run('postgres.rename-database', place, { firstAttemptAt });
    const kept = String(away.outputs.database);

    expect(kept).toMatch(/^chatbot_corrupted_\d{8}_\d{4}$/);
    expect(swapped.outputs).toEqual({ database: 'chatbot', was: database });
    expect(await names()).toEqual(['chatbot', kept]);

    for (const [given, done] of [
      [place, swapped],
      [{}, away],
    ] as const) {
      const action = actionOf('postgres.rename-database');
      const { outputs, changes } = done;
      await action.undo?.run(contextOf(), action.input.parse(given), { outputs: outputs as JsonObject, changes });
    }
    expect(await names()).toEqual(['chatbot', database]);
    await bench.databases.query('chatbot-prod', `DROP DATABASE ${database}`);
  });

  it('never writes over what is there', async () => {
    const { key } = await look('s3.latest-backup');
    const given = { key: String(key), database: 'chatbot' };

    await expect(run('postgres.restore-dump', given)).rejects.toMatchObject({ code: 'dump.overwrites' });
    await bench.databases.query('chatbot-prod', 'CREATE DATABASE chatbot_other');
    await expect(run('postgres.restore-dump', { ...given, database: 'chatbot_other' })).rejects.toMatchObject({
      code: 'dump.database-exists',
    });
    await bench.databases.query('chatbot-prod', 'DROP DATABASE chatbot_other');
  });

  it('refuses what is not what was uploaded', async () => {
    const { key } = await look('s3.latest-backup');
    const given = { key: String(key), database: 'chatbot_wrong' };
    const { s3 } = bench.clients.aws;
    const value = createHash('sha256').update('another dump').digest('base64');
    const another: S3['head'] = async (...asked) => ({
      ...(await s3.head(...asked)),
      checksum: { kind: 'SHA-256', value },
    });
    // In the checksum that ends a gzip: every row arrives as it was. A byte among the rows may stop PostgreSQL first.
    const damaged: S3['read'] = async (...asked) => {
      const content = await buffer(await s3.read(...asked));
      content.writeUInt32LE(~content.readUInt32LE(content.length - 8) >>> 0, content.length - 8);
      return Readable.from([content]);
    };

    for (const [change, code] of [
      [{ head: another }, 'dump.checksum'],
      [{ read: damaged }, 'dump.broken'],
    ] as const) {
      const restoring = run('postgres.restore-dump', given, {}, withS3(change));
      await expect(restoring).rejects.toMatchObject({ name: 'Permanent', code });
    }
    expect(await commentOn('chatbot_wrong')).toBe('Lifeboat INC-1.run-1.step: being restored');
    await bench.databases.query('chatbot-prod', 'DROP DATABASE chatbot_wrong');
  });

  it('drops what an attempt left half made, and makes it anew', async () => {
    const { key } = await look('s3.latest-backup');
    const given = { key: String(key) };
    const firstAttemptAt = bench.world.clock.now();
    const database = datedDatabase('chatbot', 'restore', firstAttemptAt);
    const { s3 } = bench.clients.aws;
    const context = contextOf({ firstAttemptAt });
    async function* half(asked: Parameters<S3['read']>) {
      const content = await buffer(await s3.read(...asked));
      yield content.subarray(0, content.length / 2);
      await until(() => context.sentences.some((sentence) => sentence.includes('COPY')));
      throw new Permanent('s3.access-denied', 'Nobody may read this any more.');
    }
    const cutShort = withS3({ read: async (...asked) => half(asked) }).get('postgres.restore-dump');

    const first = cutShort?.run(context, cutShort.input.parse(given));
    await expect(first).rejects.toMatchObject({ code: 's3.access-denied' });
    const left = await commentOn(database);
    const second = await run('postgres.restore-dump', given, { firstAttemptAt });
    const counts = await run('postgres.compare-counts', { database });

    expect(left).toBe('Lifeboat INC-1.run-1.step: being restored');
    expect(second.outputs).toEqual({ database, key, tables: 3 });
    expect(await names()).toEqual(['chatbot', database]);
    expect(counts.outputs.restored).toMatchObject({ users: expect.any(Number), messages: expect.any(Number) });
    expect(Object.values(counts.outputs.restored as JsonObject)).not.toContain(0);
    await bench.databases.query('chatbot-prod', `DROP DATABASE ${database}`);
  });

  it.each([
    ['rename.taken', { to: 'postgres' }],
    ['rename.no-database', { database: 'chatbot_gone', to: 'chatbot_other' }],
  ])('renames nothing: %s', async (code, given) => {
    await expect(run('postgres.rename-database', given)).rejects.toMatchObject({ name: 'Permanent', code });

    expect(await names()).toEqual(['chatbot']);
  });

  it('says where an extension has to be created that a dump needs', async () => {
    const create = 'CREATE EXTENSION IF NOT EXISTS pageinspect WITH SCHEMA public;';
    const context = contextOf();
    const creating = atPlace(bench.clients, context, {}, (session) => sendStatements(session, create, context.signal));

    await expect(creating).rejects.toMatchObject({
      code: 'dump.extension',
      message: expect.stringContaining('The dump needs pageinspect'),
    });
  });
});

describe('postgres.compare-counts', () => {
  it('counts what was restored although the damaged database does not answer', async () => {
    const place = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };
    const samples = memorySamples({
      'database/chatbot-prod': [{ at: 0, value: { endpoint: 'nowhere.chatbot.com', port: 5432 } }],
    });

    const counts = await run('postgres.compare-counts', place, { samples });

    expect(counts.outputs.restored).toMatchObject({ users: expect.any(Number) });
    expect(counts.outputs.damaged).toEqual({ users: -1, chat_sessions: -1, messages: -1 });
    expect(counts.outputs.sentence).toContain('(damaged: cannot be counted)');
  });

  it('refuses what was restored without the rows of a table', async () => {
    const database = 'chatbot_empty';
    await bench.databases.query('chatbot-prod', `CREATE DATABASE ${database} OWNER lifeboat`);
    await atPlace(bench.clients, contextOf(), { database }, (session) =>
      session.query(
        'CREATE TABLE messages (); CREATE TABLE users AS SELECT; CREATE TABLE chat_sessions AS SELECT',
        [],
        contextOf().signal,
      ),
    );

    const counting = run('postgres.compare-counts', { database });

    await expect(counting).rejects.toMatchObject({
      name: 'Permanent',
      code: 'counts.empty',
      message: expect.stringMatching(/^chatbot_empty on chatbot-prod has no row in messages, where/),
    });
    await bench.databases.query('chatbot-prod', `DROP DATABASE ${database}`);
  });
});

describe('postgres.recovery-points', () => {
  const point = (kind: Kind, lossSeconds: number): RecoveryPoint => ({
    ...{ kind, at: '2026-11-21T02:00:00Z', name: kind, lossSeconds, behindSeconds: lossSeconds },
  });

  it('never takes a dump unasked', () => {
    const points = [point('snapshot', 9000), point('dump', 100)];

    expect(choose(points, 'auto')?.kind).toBe('snapshot');
    expect(choose([point('dump', 100)], 'auto')).toBeUndefined();
    expect(offered(points, point('snapshot', 9000), 300)).toEqual([]);
    expect(offered(points, points[1] as RecoveryPoint, 300)).toEqual([points[1]]);
  });

  it('puts the point in time first, and says what each choice would lose', async () => {
    const found = await look('postgres.recovery-points');
    const dump = await look('postgres.recovery-points', { from: 'dump' });
    const kinds = (given: JsonObject) => (given.options as { value: string }[]).map(({ value }) => value);

    expect(found).toMatchObject({ kind: 'point-in-time', at: 'newest', behindSeconds: 0, lossSeconds: 0 });
    // What loses more than the RPO is offered only where it was asked for, and so judged.
    expect(kinds(found)).toEqual(['point-in-time']);
    expect(kinds(dump)).toEqual(['point-in-time', 'dump']);
    expect(dump.kind).toBe('dump');
    expect(dump.behindSeconds).toBeGreaterThan(300);
    expect(found.sentence).toBe('Point in time: everything that was written. Loses nothing.');
  });

  it('takes what is from before the damage, and asks since when where nothing tells', async () => {
    const before = new Date(bench.world.clock.now() - 60_000).toISOString();

    const found = await look('postgres.recovery-points', { before });
    bench.world.switchFault({ name: 'deleted-rows' }, true);
    await until(async () => (bench.world.state.damages?.length ?? 0) > 0);

    expect(found).toMatchObject({ kind: 'point-in-time', at: before, behindSeconds: 0 });
    expect(found.lossSeconds).toBeGreaterThanOrEqual(60);
    await expect(look('postgres.recovery-points')).rejects.toMatchObject({ code: 'recovery.since-when' });
  });
});
