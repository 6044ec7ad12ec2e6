import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../sandbox/world/state.ts';
import { datedDatabase } from '../../src/actions/postgres/dump/database.ts';
import { readDump } from '../../src/actions/postgres/dump/read-dump.ts';
import { sendStatements } from '../../src/actions/postgres/dump/send-statements.ts';
import { atPlace } from '../../src/actions/postgres/place.ts';
import { choose, type Kind, offered, type RecoveryPoint } from '../../src/actions/postgres/recovery/points.ts';
import { verifyBackup } from '../../src/actions/s3/find-backup.ts';
import type { JsonObject } from '../../src/domain/action.ts';
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
afterEach(() => {
  for (const fault of [...bench.world.state.faults]) bench.world.switchFault(fault, false);
});
afterAll(() => bench.close());

const actionOf = (id: string) => {
  const action = actions.get(id);
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

async function run(id: string, given: JsonObject = {}, options: TestRun = {}) {
  const action = actionOf(id);
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
const fault = (name: FaultName) => bench.world.switchFault({ name }, true);

describe('s3.latest-backup', () => {
  it('finds the newest dump by its name, and that it is as it was uploaded', async () => {
    const found = await look('s3.latest-backup');

    expect(found).toMatchObject({ verified: 'yes', usable: true });
    expect(found.key).toMatch(/^database-backups\/chatbot_\d{8}_020000\.sql\.gz$/);
    expect(found.ageSeconds).toBeLessThan(86_400 + 3600);
  });

  it.each([
    ['backup-stale', 'it is older than 26 h'],
    ['backup-wrong-checksum', 'its content is not what was uploaded'],
  ] as const)('cannot be used: %s', async (name, why) => {
    fault(name);

    const found = await look('s3.latest-backup');

    expect(found.usable).toBe(false);
    expect(found.sentence).toContain(why);
  });

  it.each([
    ['without a checksum of its upload', {}, 'has no checksum', 'S3 keeps no SHA-256'],
    [
      'with a checksum of its parts alone',
      { checksum: { kind: 'parts', value: 'AA==-3' } },
      'has one of its parts alone',
      'CRC64NVME',
    ],
  ] as const)('cannot be used %s', async (_what, checksum, verified, why) => {
    const { key } = await look('s3.latest-backup');
    const place = { region: 'us-west-2', bucket: 'ai-chatbot-backups', key: String(key) };
    const { s3 } = bench.clients.aws;
    const head: typeof s3.head = async (...asked) => {
      const { checksum: _own, ...found } = await s3.head(...asked);
      return { ...found, ...checksum };
    };
    const other: typeof s3 = { ...s3, head };

    expect(await verifyBackup(other, place, AbortSignal.timeout(5000))).toMatchObject({ verified });
    const action = permittedActions(bench, { ...bench.clients, aws: { ...bench.clients.aws, s3: other } }).get(
      's3.latest-backup',
    );
    const measured = (await action?.observe(contextOf(), {} as never))?.measurements;
    expect(measured).toMatchObject({ usable: false, sentence: expect.stringContaining(why) });
  });

  it('is not known to be whole when it is not read to its end in time', async () => {
    const { s3 } = bench.clients.aws;
    const late = new AbortController();
    const slow: typeof s3 = {
      ...s3,
      async read(...asked) {
        const content = await s3.read(...asked);
        late.abort(new Error('late'));
        return content;
      },
    };
    const action = permittedActions(bench, { ...bench.clients, aws: { ...bench.clients.aws, s3: slow } }).get(
      's3.latest-backup',
    );

    const looking = action?.observe(contextOf({ signal: late.signal }), {} as never);

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'backup.not-read' });
  });

  it('says that there is none', async () => {
    fault('backup-missing');

    await expect(look('s3.latest-backup')).rejects.toMatchObject({ name: 'Permanent', code: 'backup.none' });
  });
});

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

  it('never writes over what is there, and refuses what is not what was uploaded', async () => {
    const { key } = await look('s3.latest-backup');
    const given = { key: String(key), database: 'chatbot' };

    await expect(run('postgres.restore-dump', given)).rejects.toMatchObject({ code: 'dump.overwrites' });
    await bench.databases.query('chatbot-prod', 'CREATE DATABASE chatbot_other');
    await expect(run('postgres.restore-dump', { ...given, database: 'chatbot_other' })).rejects.toMatchObject({
      code: 'dump.database-exists',
    });
    fault('backup-wrong-checksum');
    const wrong = run('postgres.restore-dump', { ...given, database: 'chatbot_wrong' });
    await expect(wrong).rejects.toMatchObject({ name: 'Permanent', code: expect.stringMatching(/^(dump|postgres)\./) });
    await bench.databases.query('chatbot-prod', 'DROP DATABASE chatbot_other');
    await bench.databases.query('chatbot-prod', 'DROP DATABASE chatbot_wrong');
  });

  it('leaves out what only the owner of an extension may say of it, and keeps the rest', async () => {
    const seen: string[] = [];
    const target = { statements: async (sql: string) => void seen.push(sql), rows: async () => undefined };
    async function* content() {
      yield gzipSync(
        "SELECT 1;\nCOMMENT ON EXTENSION amcheck IS 'it''s\nin two lines;\n';\nSELECT 2;\n-- PostgreSQL database dump complete\n",
      );
    }

    await readDump(content(), target);

    expect(seen.join('\n').split('\n')).toEqual(['SELECT 1;', 'SELECT 2;', '-- PostgreSQL database dump complete']);
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

  it.each([
    ["psql's own commands", '\\! rm -rf /\n', 'dump.meta-command'],
    ['an end among rows', 'COPY public.users (id) FROM stdin;\n1\n', 'dump.broken'],
    ['no end', 'SELECT 1;\n', 'dump.broken'],
  ])('refuses a dump with %s', async (_what, text, code) => {
    const target = {
      statements: async () => undefined,
      async rows(_copy: string, lines: AsyncIterable<Buffer>) {
        for await (const _ of lines);
      },
    };
    async function* content() {
      yield gzipSync(text);
    }

    await expect(readDump(content(), target)).rejects.toMatchObject({ name: 'Permanent', code });
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
