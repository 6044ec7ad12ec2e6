import pg from 'pg';
import { z } from 'zod';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { Permanent } from '../../../domain/errors.ts';

export interface Table {
  oid: number;
  /** As PostgreSQL writes it where it has to be quoted: `public.users`. */
  name: string;
  /** Valid B-tree indexes; other kinds are not checked. */
  indexes: { oid: number; name: string }[];
}

export interface ForeignKey {
  name: string;
  child: string;
  /** `public.users`, and its oid. */
  parent: string;
  parentOid: number;
  columns: string[];
  parentColumns: string[];
}

const Tables = z.array(
  z.object({
    oid: z.coerce.number(),
    name: z.string(),
    indexes: z.array(z.object({ oid: z.coerce.number(), name: z.string() })),
  }),
);
const TABLES = `
  SELECT c.oid::text, format('%I.%I', n.nspname, c.relname) AS name,
         coalesce((SELECT json_agg(json_build_object('oid', i.indexrelid::text, 'name', i.indexrelid::regclass::text)
                                   ORDER BY i.indexrelid)
                     FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid JOIN pg_am a ON a.oid = k.relam
                    WHERE i.indrelid = c.oid AND a.amname = 'btree' AND i.indisvalid), '[]') AS indexes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND n.nspname = 'public' AND ($1::text[] IS NULL OR c.relname = ANY($1))
   ORDER BY c.relname`;

/** The tables of these names, or all of the schema public. Throws Permanent `integrity.no-table` when one is missing. */
export async function readTables(
  session: PostgresSession,
  names: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Table[]> {
  const tables = Tables.parse(await session.query(TABLES, [names ?? null], signal));
  const missing = (names ?? []).filter(
    (name) =>
      !tables.some((table) => table.name === `public.${pg.escapeIdentifier(name)}` || table.name === `public.${name}`),
  );
  if (missing.length > 0) {
    throw new Permanent('integrity.no-table', `The database has no table ${missing.join(', ')}.`);
  }
  return tables;
}

const ForeignKeys = z.array(
  z.object({
    name: z.string(),
    child: z.string(),
    parent: z.string(),
    parentOid: z.coerce.number(),
    columns: z.array(z.string()),
    parentColumns: z.array(z.string()),
    validated: z.boolean(),
  }),
);
const FOREIGN_KEYS = `
  SELECT c.conname AS name, c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
         c.confrelid::text AS "parentOid", c.convalidated AS validated,
         ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, o)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.o) AS columns,
         ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k (n, o)
                 JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.o) AS "parentColumns"
    FROM pg_constraint c
   WHERE c.contype = 'f' AND c.conrelid = ANY($1::oid[])
   ORDER BY 2, 1`;

/** The foreign keys of these tables, and the names of those that PostgreSQL has never proved (NOT VALID). */
export async function readForeignKeys(
  session: PostgresSession,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<{ keys: ForeignKey[]; notValid: string[] }> {
  const found = ForeignKeys.parse(await session.query(FOREIGN_KEYS, [tables.map(({ oid }) => oid)], signal));
  return { keys: found, notValid: found.filter(({ validated }) => !validated).map(({ name }) => name) };
}

const Counts = z.tuple([z.object({ orphans: z.coerce.number(), parents: z.coerce.number() })]);

/**
 * Rows of the child whose parent is gone, and how many parents they miss; read from the tables themselves: an index may be
 * what is damaged.
 */
export async function countOrphans(
  session: PostgresSession,
  key: ForeignKey,
  signal: AbortSignal,
): Promise<{ orphans: number; parents: number }> {
  const name = pg.escapeIdentifier;
  const columns = key.columns.map((column) => `c.${name(column)}`);
  const same = columns.map((column, at) => `p.${name(key.parentColumns[at] ?? '')} = ${column}`);
  const given = columns.map((column) => `${column} IS NOT NULL`);
  const sql = `SELECT count(*) AS orphans, count(DISTINCT (${columns.join(', ')})) AS parents FROM ${key.child} c
                WHERE ${given.join(' AND ')} AND NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${same.join(' AND ')})`;
  return Counts.parse(await session.query(sql, [], signal))[0];
}
