import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { subjectOf, type Where } from './database.ts';
import { isFenced, readWriters } from './prove-fence.ts';

const Output = z.object({
  /** Whether nobody of the application can write there; true as well when there is no such instance any more. */
  fenced: z.boolean(),
  exists: z.boolean(),
  sessions: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const fenced = (clients: Clients) =>
  defineAction({
    id: 'postgres.fenced',
    summary: 'Whether an old primary accepts writes of the application',
    effect: 'read',
    input: z.strictObject({ region: Region, instance: z.string().min(1) }),
    output: Output,
    repeat: 'It only reads.',
    permissions: ['rds:DescribeDBInstances', 'SQL: pg_monitor for database.user'],
    examples: [{ title: 'After a failover', with: { region: 'us-east-1', instance: 'chatbot-prod' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context, where) {
      return { facts: {}, measurements: await look(clients, context, where) };
    },
    change: () => ({ changes: [] }),
    async run(context, where) {
      return { outputs: await context.waitUntil(() => look(clients, context, where)), changes: [] };
    },
  });

async function look(clients: Clients, { system, signal }: ObserveContext, where: Where): Promise<Output> {
  const subject = subjectOf(where);
  // Asked of RDS: by now another instance may answer where the observer has last seen it.
  const found = await clients.aws.rds.instances.settings(where.region, where.instance, signal);
  if (!found) return { fenced: true, exists: false, sessions: 0, sentence: `There is no ${subject}.` };
  return clients.postgres.use(targetOf(clients, system, found), signal, async (session) => {
    const seen = await readWriters(session, system.database.applicationUsers, signal);
    const can =
      seen.maySignIn.length > 0 ? `${seen.maySignIn.join(', ')} may sign in` : 'nobody of the application may sign in';
    const sentence = `On ${subject} ${can}, and the application has ${seen.sessions || 'no'} sessions.`;
    return { fenced: isFenced(seen), exists: true, sessions: seen.sessions, sentence };
  });
}
