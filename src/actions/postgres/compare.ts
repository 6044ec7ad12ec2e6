import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { endpointShape } from './endpoint.ts';
import { type Figures, readFigures } from './figures.ts';

const Output = z.object({
  /** Rows that were there before and are not any more, over all tables that were counted both times. */
  missingRows: z.int(),
  rows: z.record(z.string(), z.number()),
  /** By table, of those that have become too large to be counted: nothing is derived from them. */
  estimates: z.record(z.string(), z.number()),
  /** Machine milliseconds, the median of some questions. */
  roundTripMs: z.number(),
  /** Whether a question takes more than twice as long as before. */
  slower: z.boolean(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Times as long as before, and at least so many milliseconds more: below that a difference is chance. */
const SLOWER = 2;
const NOTICEABLE_MS = 5;

const Input = z.strictObject({
  ...endpointShape,
  /** What `postgres.measure` counted and measured before. */
  rows: z.record(z.string(), z.number()),
  roundTripMs: z.number().min(0),
});
type Input = z.infer<typeof Input>;

export const compareDatabase = (clients: Clients) =>
  defineAction({
    id: 'postgres.compare',
    summary: 'Compare rows and latency of a database with what was measured before',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { sql: ['CONNECT', 'SELECT on database.tables'] },
    examples: [
      {
        title: 'After a failover',
        with: {
          endpoint: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com',
          port: 5432,
          rows: { messages: 4120 },
          roundTripMs: 1.2,
        },
      },
    ],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 3,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(async () => {
        const { role, ...found } = await look(clients, context, input);
        return role === 'primary' ? found : undefined;
      });
      const isBad = outputs.missingRows > 0 || outputs.slower;
      return { outputs, changes: [], ...(isBad ? { finding: { sentence: outputs.sentence } } : {}) };
    },
  });

async function look(clients: Clients, { system, signal }: Pick<ObserveContext, 'system' | 'signal'>, input: Input) {
  return clients.postgres.use(targetOf(clients, system, input), signal, async (session) => {
    const { role } = await readReplication(session, signal);
    return { role, ...compareFigures(input, await readFigures(session, Object.keys(input.rows), signal)) };
  });
}

/** What is missing and slower now; rows that are estimated by now say nothing of that. Pure. */
export function compareFigures(before: Pick<Figures, 'rows' | 'roundTripMs'>, now: Figures): Output {
  const compared = Object.entries(before.rows).filter(([table]) => !Object.hasOwn(now.estimates, table));
  const missing = compared.flatMap(([table, count]) => {
    const lost = count - (now.rows[table] ?? 0);
    return lost > 0 ? [{ table, lost }] : [];
  });
  const missingRows = missing.reduce((total, { lost }) => total + lost, 0);
  const more = now.roundTripMs - before.roundTripMs;
  const slower = now.roundTripMs > SLOWER * before.roundTripMs && more >= NOTICEABLE_MS;
  const tables = compared.map(([table]) => table).join(', ');
  const none = tables === '' ? 'No table was counted both times, so nobody knows whether rows are missing.' : '';
  const rows =
    missing.length === 0
      ? none || `No row is missing in ${tables}.`
      : `Rows that were there before are missing: ${missing.map(({ table, lost }) => `${table} ${lost.toLocaleString('en-US')}`).join(', ')}. Users may have deleted them; where they cannot have, compare with a backup: \`/dr run rds/restore-snapshot\`.`;
  const time = `One question takes ${now.roundTripMs} ms, ${before.roundTripMs} ms before.`;
  return { missingRows, ...now, slower, sentence: `${rows} ${time}` };
}
