import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../sandbox/world/state.ts';
import { verdictOf } from '../../src/actions/postgres/integrity/verdict.ts';
import { parsePosition } from '../../src/adapters/postgres/position.ts';
import type { Action } from '../../src/domain/action.ts';
import { until } from '../store/embedded/users.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, memorySamples, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

async function look(id: string, given: Record<string, unknown> = {}, run: TestRun = {}) {
  const action = actions.get(id);
  if (!action) throw new Error(`no action ${id}`);
  const context = createRunContext({ system: bench.system, clock: bench.world.clock, ...run });
  const { measurements } = await action.observe(context, action.input.parse(given));
  expect(action.output.safeParse(measurements).error).toBeUndefined();
  return measurements;
}

async function damage(name: FaultName): Promise<void> {
  bench.world.switchFault({ name }, true);
  await until(async () => bench.world.state.damages?.some(({ fault }) => fault === name) === true);
}

const sql = (text: string) => bench.databases.query<Record<string, string>>('chatbot-prod', text);

// One database, which each case leaves as damaged as it made it, but for the index: their order counts.
describe('postgres.integrity', () => {
  it('finds nothing in a healthy database, and on its replica', async () => {
    const sound = { damage: 'none', restoreNeeded: false, objects: [], orphans: 0, knownGood: '' };

    expect(await look('postgres.integrity')).toMatchObject(sound);
    const replica = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };
    expect(await look('postgres.integrity', replica)).toMatchObject(sound);
  });

  it('names a damaged index, which is rebuilt and not restored', async () => {
    await damage('corrupted-index');

    const found = await look('postgres.integrity');

    expect(found).toMatchObject({ damage: 'index', restoreNeeded: false, objects: ['users_email_key'] });
    expect(found.advice).toContain('REINDEX INDEX CONCURRENTLY users_email_key');
    await sql('REINDEX INDEX users_email_key');
  });

  it('counts orphans, and tells until when the rows were there by the log and by what was sampled', async () => {
    const [row] = await sql('SELECT pg_current_wal_lsn()::text AS lsn');
    const at = bench.world.clock.now();
    const samples = memorySamples({
      'database/chatbot-prod': [
        { at: at - 5000, value: { position: parsePosition(row?.lsn) - 100 } },
        { at, value: { position: parsePosition(row?.lsn) } },
        { at: at + 600_000, value: { position: parsePosition(row?.lsn) + 2 ** 30 } },
      ],
    });
    await damage('deleted-rows');

    const found = await look('postgres.integrity', {}, { samples });

    expect(found).toMatchObject({ damage: 'rows', restoreNeeded: true, objects: ['chat_sessions_user_id_fkey'] });
    expect(found.orphans).toBeGreaterThan(50);
    expect(found.knownGood).toBe(new Date(at).toISOString());
    expect(found.sentence).toContain('the rows were still there at');
  });

  // The rows that the case above took away are still missed.
  it('does not take an ordinary deletion for the damage where the log that is searched begins after it', async () => {
    await sql("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 1048576)) FROM generate_series(1, 70)");
    const [row] = await sql('SELECT pg_current_wal_lsn()::text AS lsn');
    const value = { position: parsePosition(row?.lsn) };
    const samples = memorySamples({ 'database/chatbot-prod': [{ at: bench.world.clock.now(), value }] });
    await sql("INSERT INTO users (id, email) VALUES (900000001, 'leaves@example.com')");
    await sql('DELETE FROM users WHERE id = 900000001');

    const found = await look('postgres.integrity', {}, { samples });
    const points = look('postgres.recovery-points', {}, { samples });

    expect(found).toMatchObject({ damage: 'rows', knownGood: '' });
    await expect(points).rejects.toMatchObject({ code: 'recovery.since-when' });
  });

  // The rows are still missed, which nobody can count once their table cannot be read.
  it('names a table that cannot be read, and what was restored must be sound', async () => {
    await damage('corrupted-table');
    const action = actions.get('postgres.integrity');
    const context = createRunContext({ system: bench.system, clock: bench.world.clock });
    const input = action?.input.parse({ mustBeSound: true });

    const found = await look('postgres.integrity');

    expect(found).toMatchObject({ damage: 'table', objects: ['public.users'] });
    await expect(action?.run(context, input)).rejects.toMatchObject({
      code: 'integrity.damaged',
      message: expect.stringContaining('`/dr abort`, then `/dr run chatbot/database-corruption before=…`'),
    });
  });

  it.each([
    ['postgres.integrity', 'integrity.incomplete'],
    ['postgres.recovery-points', 'recovery.incomplete'],
  ])('%s does not pass for measured when there was no time', async (id, code) => {
    const late = new AbortController();
    const { postgres } = bench.clients;
    const slow: typeof postgres = {
      ...postgres,
      async use(target, _signal, work, limits) {
        return postgres.use(
          target,
          AbortSignal.timeout(5000),
          async (session) => {
            late.abort(new Error('late'));
            return work(session);
          },
          limits,
        );
      },
    };
    const action = permittedActions(bench, { ...bench.clients, postgres: slow }).get(id);
    const context = createRunContext({ system: bench.system, clock: bench.world.clock, signal: late.signal });
    const input = action?.input.parse({});

    await expect(action?.observe(context, input as never)).rejects.toMatchObject({ name: 'Permanent', code });
  });

  // The last one on this database: nothing can be checked there any more.
  it('says who installs the checks where they are not installed', async () => {
    await sql('DROP EXTENSION amcheck');

    await expect(look('postgres.integrity')).rejects.toMatchObject({
      name: 'Permanent',
      code: 'integrity.no-amcheck',
      message: expect.stringContaining('CREATE EXTENSION amcheck'),
    });
  });

  it('does not call a database damaged, nor sound, that it had no time to check', () => {
    const nothing = { indexes: [], tables: [], orphans: 0, broken: [], notValid: [], checksumFailures: 0 };

    const { damage, sentence } = verdictOf({ ...nothing, complete: false }, 'chatbot on chatbot-prod');

    expect(damage).toBe('unknown');
    expect(sentence).toBe('chatbot on chatbot-prod is not known to be damaged: there was no time to check everything.');
  });
});
