import pg from 'pg';
import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { lockOf } from './database.ts';

export const writeProbe = (clients: Clients) =>
  defineAction({
    id: 'postgres.write-probe',
    summary: 'Prove that a database accepts writes: commit a row, read it back, delete it',
    effect: 'reversible',
    input: z.strictObject({ endpoint: z.string().min(1), port: z.int().min(1).max(65_535) }),
    output: z.object({ writable: z.literal(true), position: z.number() }),
    repeat: 'The row has the name of this step of this run, is replaced by itself, and stands in a table of its own.',
    permissions: ['SQL: CREATE on the schema of database.probeTable (once) for database.user'],
    examples: [
      {
        title: 'The promoted replica',
        with: { endpoint: 'chatbot-prod-replica-west.c1a2b3.us-west-2.rds.amazonaws.com', port: 5432 },
      },
    ],
    dependsOn: (_input, { database }) => [{ region: database.replica.region }],
    writes: (_input, { database }) => [lockOf(database.replica)],
    expectedSeconds: () => 2,
    withoutUndo: 'it deletes its own row and leaves an empty table, which the next probe uses',
    async observe({ system, signal }, input) {
      const state = await clients.postgres.use(targetOf(clients, system, input), signal, (session) =>
        readReplication(session, signal),
      );
      return { facts: { role: String(state.role) }, measurements: { position: state.position } };
    },
    change: (_observed, { endpoint }, { system }) => ({
      changes: [
        {
          what: `${system.database.probeTable} on ${endpoint}`,
          before: 'no row of this run',
          after: 'written, read, deleted',
        },
      ],
    }),
    async run(context, input) {
      const { system, signal } = context;
      const position = await context.waitUntil(() =>
        clients.postgres.use(targetOf(clients, system, input), signal, async (session) => {
          const state = await readReplication(session, signal);
          if (state.role === 'primary') return probe(session, context);
          context.progress(`${input.endpoint} is still in recovery`);
          return undefined;
        }),
      );
      // The row is gone again: nothing is left to report or to undo.
      return { outputs: { writable: true as const, position }, changes: [] };
    },
  });

/** Each statement is a transaction of its own, so that the row that is read back is a committed one. */
async function probe(session: PostgresSession, context: RunContext): Promise<number> {
  const { system, signal, operationId } = context;
  const table = system.database.probeTable.split('.').map(pg.escapeIdentifier).join('.');
  const token = `${context.firstAttemptAt}`;
  await context.assertLease();
  await session.query(`CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, token text NOT NULL)`, [], signal);
  await context.assertLease();
  await session.query(
    `INSERT INTO ${table} (id, token) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET token = excluded.token`,
    [operationId, token],
    signal,
  );
  const [row] = await session.query(`SELECT token FROM ${table} WHERE id = $1`, [operationId], signal);
  const { position } = await readReplication(session, signal);
  await context.assertLease();
  await session.query(`DELETE FROM ${table} WHERE id = $1`, [operationId], signal);
  if (row?.token === token) return position;
  throw new Permanent(
    'write-probe.not-read-back',
    `A committed row in ${system.database.probeTable} was not read back.`,
  );
}
