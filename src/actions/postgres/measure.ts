import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { endpointShape } from './endpoint.ts';
import { type Figures, readFigures } from './figures.ts';

const Output = z.object({
  role: z.enum(['primary', 'replica']),
  /** By table, of those that were counted. */
  rows: z.record(z.string(), z.number()),
  /** By table, of those that are too large for that. */
  estimates: z.record(z.string(), z.number()),
  /** Machine milliseconds, the median of some questions. */
  roundTripMs: z.number(),
  sentence: z.string(),
});

export const measureDatabase = (clients: Clients) =>
  defineAction({
    id: 'postgres.measure',
    summary: 'Count the rows of the tables and measure how long a question takes, to compare with later',
    effect: 'read',
    input: z.strictObject(endpointShape),
    output: Output,
    repeat: 'It only reads.',
    permissions: { sql: ['CONNECT', 'SELECT on database.tables'] },
    examples: [
      {
        title: 'Before a failover',
        with: { endpoint: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com', port: 5432 },
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
      return { outputs: await context.waitUntil(() => look(clients, context, input)), changes: [] };
    },
  });

async function look(
  clients: Clients,
  { system, signal }: Pick<ObserveContext, 'system' | 'signal'>,
  endpoint: { endpoint: string; port: number },
) {
  return clients.postgres.use(targetOf(clients, system, endpoint), signal, async (session) => {
    const { role } = await readReplication(session, signal);
    const figures = await readFigures(session, system.database.tables, signal);
    return { role, ...figures, sentence: describeFigures(figures) };
  });
}

/** `users 300, messages 4,120; 1.2 ms for a question` */
function describeFigures({ rows, estimates, roundTripMs }: Figures): string {
  const counts = [
    ...Object.entries(rows).map(([table, count]) => `${table} ${count.toLocaleString('en-US')}`),
    ...Object.entries(estimates).map(([table, count]) => `${table} about ${count.toLocaleString('en-US')} (estimated)`),
  ];
  return `Rows: ${counts.join(', ') || 'no tables'}. One question takes ${roundTripMs} ms.`;
}
