import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import type { Failover } from './failover-events.ts';
import { readSigns } from './primary/signs.ts';
import { FORMS } from './primary/standing.ts';
import { judge, VERDICTS } from './primary/verdict.ts';

const Output = z.object({
  verdict: z.enum(VERDICTS),
  /** How it is kept, and so what can take over. */
  form: z.enum(FORMS),
  /** Region in which what takes over is called. */
  region: z.string(),
  cluster: z.string(),
  /** What becomes the writer of a cluster; '' otherwise. */
  target: z.string(),
  /** Where clients reach the writer when something else than a replica has taken over; '' and 0 otherwise. */
  endpoint: z.string(),
  port: z.int(),
  /** World time, epoch milliseconds: a failover that began earlier is no answer to this loss. */
  since: z.number(),
  /** What it means and what to do, for people. */
  advice: z.string(),
  /** What each source said, for people. */
  rds: z.string(),
  events: z.string(),
  connections: z.string(),
  replica: z.string(),
  users: z.string(),
  cpu: z.string(),
  /** World seconds; -1 when it is not known. */
  lagSeconds: z.number(),
  /** Percent; -1 when it is not known. */
  cpuPercent: z.number(),
});
type Output = z.infer<typeof Output>;

/** World milliseconds in which a failover may answer the loss of a primary that was never sampled. */
const NEVER_SEEN = 5 * 60_000;

export const diagnosePrimary = (clients: Clients) =>
  defineAction({
    id: 'rds.diagnose-primary',
    summary: 'Ask several sources whether the primary is lost, overloaded, lagging, failing over or healthy',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeEvents', 'cloudwatch:GetMetricData'],
      sql: ['CONNECT', 'pg_monitor'],
    },
    examples: [{ title: 'The primary of system.yaml', with: {} }],
    dependsOn: () => [],
    writes: () => [],
    subject: (_input, { database }) => `database/${database.primary.instance}`,
    expectedSeconds: () => 3,
    async observe(context) {
      const { form, cluster, target, region, ...measurements } = await diagnose(clients, context);
      return { facts: { form, cluster, region }, measurements: { ...measurements, target } };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      const outputs = await context.waitUntil(() => diagnose(clients, context));
      return { outputs, changes: [], finding: { sentence: outputs.advice } };
    },
  });

async function diagnose(clients: Clients, context: ObserveContext): Promise<Output> {
  const signs = await readSigns(clients, context);
  const { standing, replica, cpu, sentences } = signs;
  const judged = judge(signs, context.clock.now());
  return {
    ...judged,
    since: await sinceWhen(context, judged.verdict === 'failing-over' ? signs.failover : undefined),
    form: standing.form,
    region: standing.region,
    cluster: standing.cluster,
    target: standing.target,
    endpoint: standing.endpoint,
    port: standing.port,
    ...sentences,
    lagSeconds: replica.lagSeconds ?? -1,
    cpuPercent: cpu ?? -1,
  };
}

/** Where RDS fails over: when that began. Otherwise when the primary last answered, since a failover before that worked. */
async function sinceWhen({ system, samples, clock }: ObserveContext, failover: Failover | undefined): Promise<number> {
  if (failover) return failover.startedAt;
  const last = await samples.newest(`database/${system.database.primary.instance}`);
  return last?.at ?? clock.now() - NEVER_SEEN;
}
