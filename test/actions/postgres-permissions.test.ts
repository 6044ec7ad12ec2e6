import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { postgresActions } from '../../src/actions/postgres/index.ts';
import { parsePosition } from '../../src/adapters/postgres/position.ts';
import type { Action, JsonObject, Sample } from '../../src/domain/action.ts';
import type { SqlGrant } from '../../src/domain/permissions.ts';
import type { System } from '../../src/domain/system.ts';
import { grantStatements } from '../../src/policies/grants.ts';
import { needsOfPermissions } from '../../src/policies/needs.ts';
import { until } from '../store/embedded/users.ts';
import { EAST, endpointOf, PRIMARY, REPLICA, signInAsApplication, WEST } from '../support/databases.ts';
import { patient } from '../support/patient.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, memorySamples } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/** A role that may do nothing but what `lifeboat policies` grants for one action, and sign in. */
const USER = 'lifeboat_least';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;
let samples: Sample[];

const sql = <Row extends JsonObject = JsonObject>(text: string, instance = PRIMARY) =>
  bench.databases.query<Row>(instance, text);

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60, withDatabases: true });
  actions = permittedActions(bench);
  samples = [{ at: bench.world.clock.now(), value: { position: 0 } }];
  // Who may connect is said of each role: where everybody may, nobody sees that it was not granted.
  await sql('GRANT CONNECT ON DATABASE chatbot TO chatbot_app; REVOKE CONNECT ON DATABASE chatbot FROM PUBLIC');
});
afterAll(() => bench.close());

const actionOf = (id: string): Action => {
  const action = actions.get(id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
};

const COUNTED = { users: 400, chat_sessions: 900, messages: 3000 };
const primary = () => endpointOf(bench, EAST);
const signIn = () => signInAsApplication(bench, PRIMARY);
const served = async () => ({ region: EAST.region, ...(await primary()) });
const newestDump = async () => {
  const { measurements } = await actionOf('s3.latest-backup').observe(contextOf(bench.system), {});
  return { key: String(measurements.key) };
};

interface Trial {
  /** How the world has to be. */
  before?: () => Promise<unknown>;
  given?: () => JsonObject | Promise<JsonObject>;
  /** What it finds when it may see all: what it may not see looks to some like nothing. */
  outputs: Record<string, unknown>;
}
/** Each action of PostgreSQL, and that of RDS which sees less of a server than there is where it may not. */
const TRIALS: Record<string, Trial> = {
  'postgres.catch-up': { given: () => ({ position: 0 }), outputs: { missingBytes: 0 } },
  'postgres.compare': {
    given: async () => ({ ...(await primary()), rows: COUNTED, roundTripMs: 1 }),
    outputs: { missingRows: 0, rows: COUNTED },
  },
  'postgres.compare-counts': { outputs: { restored: COUNTED, damaged: COUNTED } },
  'postgres.fence': { before: signIn, outputs: { fenced: true } },
  'postgres.fenced': { before: signIn, given: () => EAST, outputs: { fenced: false, silent: false } },
  'postgres.integrity': { outputs: { damage: 'none' } },
  'postgres.measure': { given: primary, outputs: { rows: COUNTED } },
  'postgres.predicted-loss': { outputs: { lastPrimaryPosition: 0 } },
  'postgres.prove-connections': { before: signIn, given: served, outputs: { proven: true } },
  'postgres.recovery-points': { outputs: { kind: 'point-in-time' } },
  'postgres.rename-database': { before: signIn, outputs: { was: 'chatbot' } },
  'postgres.replicated': { given: () => ({ source: EAST, replica: WEST }), outputs: { behindBytes: 0 } },
  'postgres.restore-dump': { given: newestDump, outputs: { tables: 3 } },
  'postgres.unfence': {
    before: () => sql('ALTER ROLE chatbot_app NOLOGIN'),
    given: primary,
    outputs: { roles: ['chatbot_app'] },
  },
  'postgres.validate-application': {
    before: signIn,
    given: async () => ({ ...(await served()), patienceSeconds: 0, proposal: 'status' }),
    outputs: { podsLeft: 0, sentence: expect.stringMatching(/The application has \d+ sessions/) },
  },
  'postgres.write-probe': { given: primary, outputs: { writable: true } },
  'rds.diagnose-primary': {
    outputs: { replica: expect.stringContaining('still receives from it') },
  },
};

/** Lets `work` sign in as a role that has these grants, without those of `but`; nothing is left of it afterwards. */
async function granted<T>(
  { permissions }: Action,
  work: (system: System) => Promise<T>,
  but: readonly SqlGrant[] = [],
): Promise<T> {
  const { database } = bench.system;
  const system = { ...bench.system, database: { ...database, user: USER } };
  const given = permissions.sql?.filter((grant) => !but.includes(grant)) ?? [];
  await sql(`CREATE ROLE ${USER} LOGIN PASSWORD '${bench.clients.secret(database.password)}'`);
  try {
    await sql(grantStatements(needsOfPermissions({ sql: given }), system) || 'SELECT');
    const [written] = await sql<{ position: string }>('SELECT pg_current_wal_lsn()::text AS position');
    await until(async () => {
      const seen = `SELECT pg_last_wal_replay_lsn() >= '${written?.position}' AS there`;
      return (await sql<{ there: boolean }>(seen, REPLICA))[0]?.there;
    });
    return await work(system);
  } finally {
    const own = `SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'chatbot_restore%'`;
    for (const { name } of await sql<{ name: string }>(own)) await sql(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql(`DROP TABLE IF EXISTS ${database.probeTable}; ALTER ROLE chatbot_app LOGIN`);
    await sql(`REASSIGN OWNED BY ${USER} TO ${database.user}; DROP OWNED BY ${USER}; DROP ROLE ${USER}`);
  }
}

function contextOf(system: System) {
  const signal = AbortSignal.timeout(90_000);
  const recorded = memorySamples({ [`database/${PRIMARY}`]: samples });
  return createRunContext({ system, clock: patient(bench.world.clock), signal, samples: recorded });
}

/** Looks, runs and, where it can be undone, undoes. */
async function carryOut(id: string, system: System) {
  const action = actionOf(id);
  const { before, given } = TRIALS[id] ?? {};
  await before?.();
  const input = action.input.parse((await given?.()) ?? {});
  await action.observe(contextOf(system), input);
  const { outputs: done, changes } = await action.run(contextOf(system), input);
  const outputs = done as JsonObject;
  await action.undo?.run(contextOf(system), input, { outputs, changes });
  return outputs;
}

describe('the SQL permissions of an action', () => {
  it('are tried of each that works on PostgreSQL', () => {
    const known = postgresActions(bench.clients).map(({ id }) => id);

    expect(Object.keys(TRIALS)).toEqual(expect.arrayContaining(known));
  });

  it.each(Object.keys(TRIALS))('are enough for %s', async (id) => {
    const outputs = await granted(actionOf(id), (system) => carryOut(id, system));

    expect(outputs).toMatchObject(TRIALS[id]?.outputs ?? {});
    const [application] = await sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'chatbot_app'");
    expect(application).toEqual({ rolcanlogin: true });
  });

  it.each<[string, SqlGrant]>([
    ['postgres.measure', 'CONNECT'],
    ['postgres.compare-counts', 'SELECT on database.tables'],
    ['postgres.integrity', 'EXECUTE on bt_index_check and verify_heapam (amcheck)'],
    ['postgres.restore-dump', 'CREATEDB'],
    ['postgres.restore-dump', 'SET on database.applicationUsers, who own what a dump holds'],
    ['postgres.rename-database', 'ownership of the database'],
    ['postgres.rename-database', 'CREATEDB'],
    ['postgres.write-probe', 'CREATE on the schema public, for database.probeTable (once)'],
    ['postgres.fence', 'CREATEROLE, and ADMIN OPTION on database.applicationUsers'],
  ])('are needed: %s fails without %s', async (id, grant) => {
    const running = granted(actionOf(id), (system) => carryOut(id, system), [grant]);

    await expect(running).rejects.toMatchObject({ name: 'Permanent', code: 'postgres.not-permitted' });
  });
});

describe('the SQL permissions to tell since when rows are gone', () => {
  let before: string;

  beforeAll(async () => {
    const [row] = await sql<{ position: string }>('SELECT pg_current_wal_lsn()::text AS position');
    const at = bench.world.clock.now();
    before = new Date(at).toISOString();
    samples = [{ at, value: { position: parsePosition(row?.position) } }];
    bench.world.switchFault({ name: 'deleted-rows' }, true);
    await until(() => (bench.world.state.damages?.length ?? 0) > 0);
  });

  it.each([
    ['postgres.integrity', 'knownGood'],
    ['postgres.recovery-points', 'at'],
  ])('are those of %s', async (id, field) => {
    const outputs = await granted(actionOf(id), (system) => carryOut(id, system));

    expect(outputs[field]).toBe(before);
  });

  it.each<SqlGrant>(['pg_monitor', 'EXECUTE on pg_get_wal_records_info (pg_walinspect)'])(
    'are needed: nothing tells it without %s',
    async (grant) => {
      const id = 'postgres.integrity';

      const outputs = await granted(actionOf(id), (system) => carryOut(id, system), [grant]);

      expect(outputs).toMatchObject({ damage: 'rows', knownGood: '' });
    },
  );
});
