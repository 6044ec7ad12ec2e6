import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FaultName } from '../../sandbox/world/state.ts';
import { createActions } from '../../src/actions/index.ts';
import { readDump } from '../../src/actions/postgres/dump/read-dump.ts';
import type { JsonObject } from '../../src/domain/action.ts';
import { until } from '../store/embedded/users.ts';
import { createRunContext, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

jest.setTimeout(40_000);

let bench: TestWorld;
let actions: ReturnType<typeof createActions>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true });
  actions = createActions(bench.clients);
}, 60_000);
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

    const restored = await run('postgres.restore-dump', given, { firstAttemptAt });
    const again = await run('postgres.restore-dump', given, { firstAttemptAt });
    const database = String(restored.outputs.database);
    const sound = await run('postgres.integrity', { database, mustBeSound: true });
    const counts = await run('postgres.compare-counts', { database });

    expect(restored.outputs).toEqual({ database: expect.stringMatching(/^chatbot_restore_\d{8}$/), key, tables: 3 });
    expect(again.outputs).toEqual(restored.outputs);
    expect(sound.outputs).toMatchObject({ damage: 'none' });
    expect(counts.outputs.restored).toMatchObject({ users: expect.any(Number), messages: expect.any(Number) });
    expect(String(counts.outputs.sentence)).toMatch(/messages \d+ \(damaged: 3000\)/);

    const away = await run('postgres.rename-database', {}, { firstAttemptAt });
    const place = { database, to: 'chatbot' };
    const swapped = await run('postgres.rename-database', place, { firstAttemptAt });
    const kept = String(away.outputs.database);

    expect(kept).toMatch(/^chatbot_corrupted_\d{8}$/);
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

describe('postgres.recovery-points', () => {
  it('puts the point in time first, and says what each choice would lose', async () => {
    const found = await look('postgres.recovery-points');
    const dump = await look('postgres.recovery-points', { from: 'dump' });

    expect(found).toMatchObject({ kind: 'point-in-time', at: 'newest', behindSeconds: 0, lossSeconds: 0 });
    expect((found.options as { value: string }[]).map(({ value }) => value)[0]).toBe('point-in-time');
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
