import { z } from 'zod';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Permanent, Retryable } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';
import { subjectOf, type Where } from './database.ts';
import { isFenced, readWriters } from './prove-fence.ts';

const Output = z.object({
  /** Whether nobody of the application can write there; true as well when there is no such instance any more. */
  fenced: z.boolean(),
  exists: z.boolean(),
  /** Whether it does not answer, so that nothing is known of its writers; only where `mustBeFenced` asks. */
  silent: z.boolean(),
  sessions: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const fenced = (clients: Clients) =>
  defineAction({
    id: 'postgres.fenced',
    summary: 'Whether an old primary accepts writes of the application',
    effect: 'read',
    input: z.strictObject({
      region: Region,
      instance: z.string().min(1),
      /** The step fails when the application can write there; one that does not answer serves nobody, and passes. */
      mustBeFenced: z.boolean().default(false),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'], sql: ['CONNECT', 'pg_monitor'] },
    examples: [{ title: 'After a failover', with: { region: 'us-east-1', instance: 'chatbot-prod' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context, where) {
      return { facts: {}, measurements: await look(clients, context, where) };
    },
    change: () => ({ changes: [] }),
    async run(context, where) {
      const outputs = await context.waitUntil(() => look(clients, context, where));
      if (where.mustBeFenced && !outputs.fenced && !outputs.silent) {
        const sentence = `${outputs.sentence} It takes writes, so it is not put aside: fence it, or abort.`;
        throw new Permanent('fenced.not', sentence);
      }
      return { outputs, changes: [] };
    },
  });

async function look(
  clients: Clients,
  { system, signal: until, clock }: ObserveContext,
  where: Where & { mustBeFenced: boolean },
): Promise<Output> {
  const signal = where.mustBeFenced ? within(2 * observationTimeout(clock), until) : until;
  const subject = subjectOf(where);
  // Asked of RDS: by now another instance may answer where the observer has last seen it.
  const found = await clients.aws.rds.instances.settings(where.region, where.instance, signal);
  if (!found) return { fenced: true, exists: false, silent: false, sessions: 0, sentence: `There is no ${subject}.` };
  const asking = clients.postgres.use(targetOf(clients, system, found), signal, async (session) => {
    const seen = await readWriters(session, system.database.applicationUsers, signal);
    const can =
      seen.maySignIn.length > 0 ? `${seen.maySignIn.join(', ')} may sign in` : 'nobody of the application may sign in';
    const sentence = `On ${subject} ${can}, and the application has ${seen.sessions || 'no'} sessions.`;
    return { fenced: isFenced(seen), exists: true, silent: false, sessions: seen.sessions, sentence };
  });
  if (!where.mustBeFenced) return asking;
  return asking.catch((error: unknown) => {
    until.throwIfAborted();
    if (!(error instanceof Retryable)) throw error;
    return { fenced: false, exists: true, silent: true, sessions: 0, sentence: `${subject} does not answer.` };
  });
}
