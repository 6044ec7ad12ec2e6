import pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { TABLE_NAMES, TABLES } from './seeds.ts';

export interface Passwords {
  /** Of the role `system.database.user`. */
  lifeboat: string;
  /** Of all `system.database.applicationUsers`. */
  application: string;
  /** Of the superuser, whom on RDS only Amazon has. */
  superuser: string;
  /** Of the role that the replica streams as. */
  replication: string;
}

/** As on RDS, where only Amazon's own role is a superuser. */
export const SUPERUSER = 'rdsadmin';
export const REPLICATION_USER = 'rdsrepladmin';

const CHECKS = [
  'pg_get_wal_records_info(pg_lsn, pg_lsn)',
  'bt_index_check(regclass, boolean, boolean)',
  'bt_index_check(regclass, boolean)',
  'bt_index_check(regclass)',
  'verify_heapam(regclass, boolean, boolean, text, bigint, bigint)',
];

/**
 * The statements that turn an empty cluster into the system's database server. Lifeboat's user has what a main user has
 * on RDS: it may create roles, signal sessions and read statistics, and holds the application's roles with the
 * ADMIN option, which PostgreSQL 16 and later demand of whoever takes a role's sign-in away. It is no superuser.
 * It owns the system's
 * database, as whoever created an RDS instance does. `roles` run in the database `postgres`, then `template` in
 * `template1`, then `databases` in `postgres` again, and `tables` in the system's own: each database has the extensions
 * that check tables and indexes and that read the write-ahead log, which on RDS the main user may create.
 */
export function roleStatements(
  system: System,
  passwords: Passwords,
): { roles: string[]; template: string[]; databases: string[]; tables: string[] } {
  const { escapeIdentifier: name, escapeLiteral: text } = pg;
  const { database } = system;
  const lifeboat = name(database.user);
  const application = [...new Set(database.applicationUsers)].filter((role) => role !== database.user).map(name);
  const owner = application[0] ?? lifeboat;
  return {
    roles: [
      `CREATE ROLE ${name(REPLICATION_USER)} LOGIN REPLICATION PASSWORD ${text(passwords.replication)}`,
      `CREATE ROLE ${lifeboat} LOGIN CREATEROLE CREATEDB PASSWORD ${text(passwords.lifeboat)}`,
      `GRANT pg_signal_backend, pg_monitor TO ${lifeboat}`,
      ...application.flatMap((role) => [
        `CREATE ROLE ${role} LOGIN PASSWORD ${text(passwords.application)}`,
        `GRANT ${role} TO ${lifeboat} WITH ADMIN OPTION`,
      ]),
    ],
    template: [
      'CREATE EXTENSION amcheck',
      'CREATE EXTENSION pg_walinspect',
      ...CHECKS.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${lifeboat}`),
    ],
    databases: [
      ...(database.name === 'postgres' ? [] : [`CREATE DATABASE ${name(database.name)} OWNER ${lifeboat}`]),
      `GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ${name(database.name)} TO ${lifeboat}`,
    ],
    tables: [
      `GRANT CREATE, USAGE ON SCHEMA public TO ${[lifeboat, ...application].join(', ')}`,
      ...TABLES,
      ...TABLE_NAMES.map((table) => `ALTER TABLE ${table} OWNER TO ${owner}`),
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${TABLE_NAMES.join(', ')} TO ${[lifeboat, ...application].join(', ')}`,
    ],
  };
}
