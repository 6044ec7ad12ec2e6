import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { type FailoverEvent, failoversIn, readFailovers } from './failover-events.ts';
import { timeOf } from './moved.ts';
import { readStanding } from './primary/standing.ts';

const Output = z.object({
  found: z.boolean(),
  /** `RDS-EVENT-0049`; '' when none was found. */
  id: z.string(),
  /** World time, epoch milliseconds; 0 when none was found. */
  at: z.number(),
  /** World time, epoch milliseconds, at which the failover that it tells of began; 0 when none was found. */
  startedAt: z.number(),
  stage: z.enum(['none', 'started', 'completed', 'failed', 'abandoned']),
  message: z.string(),
  region: z.string(),
  instance: z.string(),
  cluster: z.string(),
  /** Where clients reach the writer; '' and 0 when RDS does not answer. */
  endpoint: z.string(),
  port: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** World milliseconds: RDS keeps events for 14 days, and refuses to be asked for older ones. */
const KEPT = (14 * 24 - 1) * 3600_000;

export const findEvent = (clients: Clients) =>
  defineAction({
    id: 'rds.find-event',
    summary: "Find a failover among RDS's events of the primary: the newest, or by its id or time",
    effect: 'read',
    input: z.strictObject({
      /** `newest`, an id as notifications give it (`RDS-EVENT-0049`), or a time as DescribeEvents gives it. */
      event: z.string().min(1).default('newest'),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeEvents'],
    },
    examples: [
      { title: 'The newest', with: {} },
      { title: 'By its id', with: { event: 'RDS-EVENT-0049' } },
    ],
    dependsOn: (_input, { database }) => [{ region: database.primary.region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context, { event }) {
      return { facts: {}, measurements: await find(clients, context, event) };
    },
    change: () => ({ changes: [] }),
    async run(context, { event }) {
      const outputs = await context.waitUntil(() => find(clients, context, event));
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function find(clients: Clients, context: ObserveContext, wanted: string): Promise<Output> {
  const { clock, signal } = context;
  const standing = await readStanding(clients, context);
  const { region, instance, cluster, endpoint, port } = standing;
  const now = clock.now();
  const events = await readFailovers(clients.aws.rds, standing, { since: now - KEPT, now }, signal);
  const chosen = pick(events, wanted);
  const where = { region, instance, cluster, endpoint, port };
  if (!chosen) {
    const what = wanted === 'newest' ? 'no failover' : `no failover event ${wanted}`;
    const sentence = `RDS has recorded ${what} of ${cluster || instance} in ${region} in the last 14 days.`;
    return { found: false, id: '', at: 0, startedAt: 0, stage: 'none', message: '', ...where, sentence };
  }
  const { id, at, stage, message, source } = chosen;
  const sentence = `${id} of ${timeOf(at)}, ${source} in ${region}: ${message}`;
  const startedAt = beginningOf(events, chosen);
  return { found: true, id, at, startedAt, stage, message, ...where, sentence };
}

/** The newest event that is meant. Pure. */
export function pick(events: readonly FailoverEvent[], wanted: string): FailoverEvent | undefined {
  if (wanted === 'newest') return events.at(-1);
  const at = Date.parse(wanted);
  return events.findLast(({ id, at: date }) => id === wanted.toUpperCase() || date === at);
}

/** World time at which the failover began that an event tells of; its own where that was not recorded. Pure. */
export function beginningOf(events: readonly FailoverEvent[], { at }: FailoverEvent): number {
  return failoversIn(events.filter((one) => one.at <= at)).at(-1)?.startedAt ?? at;
}
