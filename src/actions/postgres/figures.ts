import pg from 'pg';
import { z } from 'zod';
import type { PostgresSession } from '../../adapters/postgres/index.ts';

/** Questions of which the median counts: one that had to wait says nothing. */
const ROUND_TRIPS = 15;
/** Tables larger than this are estimated: counting them would take longer than an observation may. */
const COUNTED_EXACTLY = 2_000_000;

const Tables = z.array(z.object({ name: z.string(), estimate: z.number() }));
const Counted = z.tuple([z.object({ rows: z.coerce.number() })]);

export interface Figures {
  /** Rows of each table that was counted. */
  rows: Record<string, number>;
  /** PostgreSQL's own estimate of those that are too large to be counted: it may be off by any number of rows. */
  estimates: Record<string, number>;
  /** Machine milliseconds for one question and its answer, the median. */
  roundTripMs: number;
}

/** Counts the rows of tables (every one of `public` where none is named), and measures how long a question takes. */
export async function readFigures(
  session: PostgresSession,
  tables: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Figures> {
  const found = Tables.parse(
    await session.query(
      `SELECT c.relname::text AS name, c.reltuples::float8 AS estimate
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND ($1::text[] IS NULL OR c.relname = ANY($1::text[]))
        ORDER BY 1`,
      [tables ?? null],
      signal,
    ),
  );
  const rows: Record<string, number> = {};
  const estimates: Record<string, number> = {};
  for (const { name, estimate } of found) {
    const count = `SELECT count(*) AS rows FROM public.${pg.escapeIdentifier(name)}`;
    if (estimate > COUNTED_EXACTLY) estimates[name] = Math.round(estimate);
    else rows[name] = Counted.parse(await session.query(count, [], signal))[0].rows;
  }
  return { rows, estimates, roundTripMs: await medianRoundTrip(session, signal) };
}

async function medianRoundTrip(session: PostgresSession, signal: AbortSignal): Promise<number> {
  const times: number[] = [];
  for (let asked = 0; asked < ROUND_TRIPS; asked++) {
    const begin = performance.now();
    await session.query('SELECT 1', [], signal);
    times.push(performance.now() - begin);
  }
  times.sort((one, other) => one - other);
  return Math.round((times[Math.floor(ROUND_TRIPS / 2)] ?? 0) * 100) / 100;
}
