import pg from 'pg';
import type { SqlGrant } from '../domain/permissions.ts';
import type { System } from '../domain/system.ts';
import type { Needs } from './needs.ts';

const { escapeIdentifier: name } = pg;

/**
 * The statements that let the role `database.user` do what is needed, for whoever owns the server (on RDS a member of
 * rds_superuser), in the system's own database; each may run again. '' where nothing is needed.
 */
export function grantStatements({ permissions }: Needs, system: System): string {
  const { user, name: database } = system.database;
  if (permissions.sql.length === 0) return '';
  const head = [
    `-- Once, on the primary; replicas take it over. The role must exist: CREATE ROLE ${name(user)} LOGIN PASSWORD …`,
    `-- psql --dbname ${database} --file this-file`,
  ];
  return `${[...head, ...permissions.sql.flatMap((grant) => STATEMENTS[grant](system))].join('\n')}\n`;
}

type Statements = (system: System) => string[];

const STATEMENTS: Record<SqlGrant, Statements> = {
  CONNECT: ({ database }) => [`GRANT CONNECT ON DATABASE ${name(database.name)} TO ${name(database.user)};`],
  'SELECT on database.tables': ({ database: { tables, user } }) => [
    `GRANT USAGE ON SCHEMA public TO ${name(user)};`,
    tables
      ? `GRANT SELECT ON ${tables.map(name).join(', ')} TO ${name(user)};`
      : `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name(user)};`,
  ],
  pg_monitor: ({ database }) => [`GRANT pg_monitor TO ${name(database.user)};`],
  pg_signal_backend: ({ database }) => [`GRANT pg_signal_backend TO ${name(database.user)};`],
  'CREATEROLE, and ADMIN OPTION on database.applicationUsers': ({ database: { applicationUsers, user } }) => [
    `ALTER ROLE ${name(user)} CREATEROLE;`,
    ...applicationUsers.map((role) => `GRANT ${name(role)} TO ${name(user)} WITH ADMIN OPTION;`),
  ],
  'SET on database.applicationUsers, who own what a dump holds': ({ database: { applicationUsers, user } }) =>
    applicationUsers.map((role) => `GRANT ${name(role)} TO ${name(user)};`),
  CREATEDB: ({ database }) => [`ALTER ROLE ${name(database.user)} CREATEDB;`],
  'ownership of the database': ({ database }) => [
    `ALTER DATABASE ${name(database.name)} OWNER TO ${name(database.user)};`,
  ],
  'CREATE on the schema public, for database.probeTable (once)': ({ database }) => [
    `GRANT CREATE, USAGE ON SCHEMA public TO ${name(database.user)};`,
  ],
  'EXECUTE on bt_index_check and verify_heapam (amcheck)': ({ database }) => [
    'CREATE EXTENSION IF NOT EXISTS amcheck;',
    `GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean, boolean), verify_heapam(regclass, boolean, boolean, text, bigint, bigint) TO ${name(database.user)};`,
  ],
  'EXECUTE on pg_get_wal_records_info (pg_walinspect)': ({ database }) => [
    'CREATE EXTENSION IF NOT EXISTS pg_walinspect;',
    `GRANT EXECUTE ON FUNCTION pg_get_wal_records_info(pg_lsn, pg_lsn) TO ${name(database.user)};`,
  ],
};
