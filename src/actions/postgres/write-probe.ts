import pg from 'pg';
import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type RunContext } from '../../domain/action.ts';
import { lockOf, promotedOf } from './database.ts';
import { NEW_PRIMARY_EXAMPLE, NewPrimary } from './endpoint.ts';

export const writeProbe = (clients: Clients) =>
  defineAction({
    id: 'postgres.write-probe',
    summary: 'Prove that a database accepts writes: commit a row, read it back, delete it',
    effect: 'reversible',
    input: NewPrimary,
    output: z.object({ writable: z.literal(true), position: z.number() }),
    repeat:
      'Writing, reading back and deleting are one statement, which ends on the server by itself; a second one of the same step waits for it, and none leaves a row.',
    permissions: { sql: ['CONNECT', 'CREATE on the schema public, for database.probeTable (once)'] },
    examples: [NEW_PRIMARY_EXAMPLE],
    dependsOn: (input, system) => [{ region: promotedOf(input, system).region }],
    writes: (input, system) => [lockOf(promotedOf(input, system))],
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

/**
 * One statement, so that no other worker of the step comes between and a worker that is gone leaves nothing half done:
 * the server carries it out to its end. Its parts are transactions of their own, so that the row that is read back is a
 * committed one. Returns bytes of WAL.
 */
async function probe(session: PostgresSession, context: RunContext): Promise<number> {
  const { system, signal, operationId } = context;
  const table = system.database.probeTable.split('.').map(pg.escapeIdentifier).join('.');
  const id = pg.escapeLiteral(operationId);
  const token = pg.escapeLiteral(`${context.firstAttemptAt}`);
  const lock = `hashtextextended(${pg.escapeLiteral(`lifeboat probe ${operationId}`)}, 0)`;
  const statement = `
    BEGIN
      PERFORM pg_advisory_lock(${lock});
      CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, token text NOT NULL);
      INSERT INTO ${table} (id, token) VALUES (${id}, ${token}) ON CONFLICT (id) DO UPDATE SET token = excluded.token;
      COMMIT;
      PERFORM FROM ${table} WHERE id = ${id} AND token = ${token};
      IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found', MESSAGE = 'a committed row was not read back';
      END IF;
      DELETE FROM ${table} WHERE id = ${id};
      COMMIT;
      PERFORM pg_advisory_unlock(${lock});
    END`;
  await context.assertLease();
  await session.query(`DO ${pg.escapeLiteral(statement)}`, [], signal);
  return (await readReplication(session, signal)).position;
}
