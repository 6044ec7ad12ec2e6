import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { FORMS, readersOf, readStanding } from './primary/standing.ts';

const Output = z.object({
  form: z.enum(FORMS),
  /** Whether a failover can begin now. */
  ready: z.boolean(),
  region: z.string(),
  /** The writer now. */
  instance: z.string(),
  cluster: z.string(),
  /** What becomes the writer of a cluster; '' otherwise. */
  target: z.string(),
  endpoint: z.string(),
  port: z.int(),
  zone: z.string(),
  /** For people. */
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const findStandby = (clients: Clients) =>
  defineAction({
    id: 'rds.standby',
    summary: 'Look what can take over from the primary without losing a write: its standby, or a reader of its cluster',
    effect: 'read',
    input: z.strictObject({
      /** The reader of a cluster that is to become its writer; '': the one that RDS would choose. */
      target: z.string().default(''),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'] },
    examples: [
      { title: 'Of the primary of system.yaml', with: {} },
      { title: 'A reader by its name', with: { target: 'chatbot-prod-reader' } },
    ],
    dependsOn: (_input, { database }) => [{ region: database.primary.region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context, { target }) {
      const { ready, zone, sentence, ...facts } = await look(clients, context, target);
      return { facts, measurements: { ready, zone, sentence } };
    },
    change: () => ({ changes: [] }),
    async run(context, { target }) {
      return { outputs: await context.waitUntil(() => look(clients, context, target)), changes: [] };
    },
  });

async function look(clients: Clients, context: ObserveContext, wanted: string): Promise<Output> {
  const standing = await readStanding(clients, context);
  const { form, status, region, instance, cluster, endpoint, port, zone } = standing;
  const base = { form, region, instance, cluster, endpoint, port, zone };
  if (form === 'multi-az') {
    const target = wanted === '' ? '' : ` It has one standby only, so that ${wanted} cannot be chosen.`;
    return {
      ...base,
      target: '',
      ready: status === 'available' && wanted === '',
      sentence: standing.sentence + target,
    };
  }
  if (form !== 'cluster') {
    const first = form === 'replica' ? ' Make it Multi-AZ first.' : '';
    return { ...base, target: '', ready: false, sentence: `${standing.sentence}${first}` };
  }
  const readers = readersOf(await clients.aws.rds.clusters.describe(region, cluster, context.signal));
  const chosen = wanted === '' ? readers[0] : readers.find((reader) => reader.instance === wanted);
  if (!chosen) {
    const names = readers.map((reader) => reader.instance).join(' or ') || 'nothing: it has no reader';
    const sentence = `${standing.sentence} It can fail over to ${names}.`;
    return { ...base, target: '', ready: false, sentence };
  }
  const { status: readerStatus } = await clients.aws.rds.describe(region, chosen.instance, context.signal);
  const sentence = `${standing.sentence} ${chosen.instance} is ${readerStatus} and becomes the writer.`;
  const ready = status === 'available' && readerStatus === 'available';
  return { ...base, target: chosen.instance, ready, sentence };
}
