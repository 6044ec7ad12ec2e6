import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { SQL_GRANTS } from '../../src/domain/permissions.ts';
import { grantStatements } from '../../src/policies/grants.ts';
import { needsOfPermissions } from '../../src/policies/needs.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { readSystem } from '../support/system.ts';

const unique = randomBytes(4).toString('hex');
const [user, application] = [`lifeboat "${unique}"`, `application_${unique}`];

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  await client.query(`CREATE ROLE ${pg.escapeIdentifier(user)} LOGIN; CREATE ROLE ${application} LOGIN`);
  await client.query('CREATE TABLE conversations (id bigint)');
});
afterAll(async () => {
  const role = pg.escapeIdentifier(user);
  await client.query(
    `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}, ${application}`,
  );
  await client.end();
  await database.drop();
});

it('are statements that PostgreSQL takes, twice, and that make nobody a superuser', async () => {
  const system = readSystem();
  const { rows: names } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const own = { user, applicationUsers: [application], tables: ['conversations'], name: names[0]?.name ?? '' };
  const sql = grantStatements(needsOfPermissions({ sql: SQL_GRANTS }), {
    ...system,
    database: { ...system.database, ...own },
  });

  await client.query(sql);
  await client.query(sql);

  const { rows } = await client.query(
    `SELECT rolsuper, rolcreaterole, rolcreatedb, has_table_privilege(oid, 'conversations', 'SELECT') AS reads,
            has_table_privilege(oid, 'conversations', 'DELETE') AS deletes
       FROM pg_roles WHERE rolname = $1`,
    [user],
  );
  expect(rows).toEqual([{ rolsuper: false, rolcreaterole: true, rolcreatedb: true, reads: true, deletes: false }]);
});
