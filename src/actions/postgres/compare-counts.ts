import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { errorCode, Permanent } from '../../domain/errors.ts';
import { readTables } from './integrity/tables.ts';
import { atPlace, instanceOf, nameOf, type Place, placeShape } from './place.ts';

const Counts = z.record(z.string(), z.number());
const Output = z.object({
  /** Rows by table, counted exactly. */
  restored: Counts,
  /** Those of the damaged database; -1 where a table cannot be read to its end. */
  damaged: Counts,
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Machine milliseconds for one count of a run. */
const LONGEST_COUNT = 10 * 60_000;

export const compareCounts = (clients: Clients) =>
  defineAction({
    id: 'postgres.compare-counts',
    summary: 'Count the rows of a restored database, and compare them with those of the damaged one',
    effect: 'read',
    input: z.strictObject(placeShape),
    output: Output,
    repeat: 'It only reads.',
    permissions: ['rds:DescribeDBInstances', 'SQL: SELECT on database.tables for database.user'],
    examples: [
      {
        title: 'A restored instance',
        with: { endpoint: 'chatbot-prod-restored.c1a2b3.us-east-1.rds.amazonaws.com', port: 5432 },
      },
      { title: 'A database restored beside', with: { database: 'chatbot_restore' } },
    ],
    dependsOn: (input, system) => [{ region: instanceOf(input, system).region }],
    writes: () => [],
    expectedSeconds: () => 30,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => look(clients, context, input, LONGEST_COUNT));
      const empty = Object.entries(outputs.restored).filter(([, count]) => count === 0);
      if (empty.length > 0) {
        const names = empty.map(([table]) => table).join(', ');
        throw new Permanent(
          'counts.empty',
          `${nameOf(input, context.system)} has no row in ${names}. Choose another recovery point.`,
        );
      }
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function look(
  clients: Clients,
  context: ObserveContext,
  place: Place,
  statementTimeoutMs?: number,
): Promise<Output> {
  const limits = statementTimeoutMs === undefined ? {} : { statementTimeoutMs };
  const count = (where: Place) => atPlace(clients, context, where, (session) => countRows(session, context), limits);
  const [restored, damaged] = await Promise.all([count(place), count({})]);
  const lines = Object.entries(restored).map(([table, rows]) => {
    const before = damaged[table] ?? -1;
    return `${table} ${rows} (damaged: ${before === -1 ? 'cannot be counted' : before})`;
  });
  return { restored, damaged, sentence: `${nameOf(place, context.system)} has ${lines.join(', ')}.` };
}

const Rows = z.tuple([z.object({ rows: z.coerce.number() })]);

/** By table without its schema. Every page is read: the index alone would count rows that cannot be read. */
async function countRows(
  session: PostgresSession,
  { system, signal }: ObserveContext,
): Promise<Record<string, number>> {
  await session.query(
    "SELECT set_config('enable_indexonlyscan', 'off', false), set_config('enable_indexscan', 'off', false)",
    [],
    signal,
  );
  const counts: Record<string, number> = {};
  for (const { name } of await readTables(session, system.database.tables, signal)) {
    const table = name.replace(/^public\./, '');
    try {
      const [{ rows }] = Rows.parse(await session.query(`SELECT count(*) AS rows FROM ${name}`, [], signal));
      counts[table] = rows;
    } catch (error) {
      if (errorCode(error) !== 'postgres.data-corrupted') throw error;
      counts[table] = -1;
    }
  }
  return counts;
}
