import { z } from 'zod';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { readSignIns } from '../../adapters/postgres/roles.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { describeError, LifeboatError } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { APPLICATION_PERMISSIONS, askPods, askSessions, Served } from './application.ts';
import { subjectOf, withDatabase } from './database.ts';

const Output = z.object({
  proven: z.boolean(),
  /** Sessions of the application on the server that is meant. */
  sessions: z.int(),
  /** On the old primary; -1: it does not answer. */
  oldSessions: z.int(),
  /** Pods that have not been started since the connection was changed, or are not ready. */
  podsLeft: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = Served.extend({
  /** Whether the primary of system.yaml is the old one, on which nobody of the application may be any more. */
  replaced: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

export const proveConnections = (clients: Clients) =>
  defineAction({
    id: 'postgres.prove-connections',
    summary:
      'Prove that the services use a database: their secret, their pods, their sessions there and none on the old',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { ...APPLICATION_PERMISSIONS, iam: ['rds:DescribeDBInstances'] },
    examples: [
      {
        title: 'After a promotion',
        with: {
          region: 'us-east-1',
          endpoint: 'chatbot-prod-replica.c1a2b3.us-east-1.rds.amazonaws.com',
          port: 5432,
          replaced: true,
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `replicas/${region}`,
    expectedSeconds: () => 5,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(async () => {
        const seen = await look(clients, context, input);
        context.progress(seen.sentence);
        return seen.proven ? seen : undefined;
      });
      return { outputs, changes: [] };
    },
  });

async function look(clients: Clients, context: ObserveContext, input: Input): Promise<Output> {
  const [pods, sessions, old] = await Promise.all([
    askPods(clients, context, input),
    askSessions(clients, context, input),
    input.replaced ? askOld(clients, context) : { sessions: 0, sentence: '' },
  ]);
  const proven = pods.left === 0 && pods.pointsThere && sessions > 0 && old.sessions <= 0;
  const used =
    sessions > 0
      ? `The application has ${sessions} sessions on ${input.endpoint}.`
      : `The application has no session on ${input.endpoint}.`;
  const sentence = [pods.sentence, used, old.sentence].filter((part) => part !== '').join(' ');
  return { proven, sessions, oldSessions: old.sessions, podsLeft: pods.left, sentence };
}

/** One that is gone has no sessions: that it cannot be asked holds nothing up. */
async function askOld(clients: Clients, context: ObserveContext) {
  const { primary, applicationUsers } = context.system.database;
  const signal = within(observationTimeout(context.clock), context.signal);
  try {
    const { sessions } = await withDatabase(clients, { ...context, signal }, primary, (session) =>
      readSignIns(session, applicationUsers, signal),
    );
    return { sessions, sentence: `On the old primary ${instanceName(primary)} it has ${sessions || 'none'}.` };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof LifeboatError)) throw error;
    return { sessions: -1, sentence: `The old primary ${subjectOf(primary)} does not answer: ${describeError(error)}` };
  }
}
