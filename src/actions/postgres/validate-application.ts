import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { describeError, LifeboatError } from '../../domain/errors.ts';
import { askUsers } from '../ask-users.ts';
import { APPLICATION_PERMISSIONS, askPods, askSessions, Served } from './application.ts';

const Output = z.object({
  /** Whether users are served, pods are ready, and the application has sessions on the database. */
  valid: z.boolean(),
  sessions: z.int(),
  podsLeft: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = Served.extend({
  /** World seconds in which the application may come back by itself. */
  patienceSeconds: z.int().min(0).default(60),
  /** A command line, without /dr, that mends what is still broken then. */
  proposal: z.string().min(1),
});
type Input = z.infer<typeof Input>;

/** Looks in a row that must be good. */
const CONSECUTIVE = 3;

export const validateApplication = (clients: Clients) =>
  defineAction({
    id: 'postgres.validate-application',
    summary: 'Look whether the application works with its database again, and propose a repair where it does not',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: APPLICATION_PERMISSIONS,
    examples: [
      {
        title: 'After a failover that RDS made',
        with: {
          region: 'us-east-1',
          endpoint: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com',
          port: 5432,
          proposal: 'run chatbot/service-failure',
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `replicas/${region}`,
    expectedSeconds: () => 10,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const giveUpAt = context.firstAttemptAt + input.patienceSeconds * 1000;
      let inARow = 0;
      const outputs = await context.waitUntil(async () => {
        const seen = await look(clients, context, input);
        context.progress(seen.sentence);
        inARow = seen.valid ? inARow + 1 : 0;
        return inARow >= CONSECUTIVE || (!seen.valid && context.clock.now() >= giveUpAt) ? seen : undefined;
      });
      const proposal = outputs.valid ? {} : { proposal: input.proposal };
      return { outputs, changes: [], finding: { sentence: outputs.sentence, ...proposal } };
    },
  });

async function look(clients: Clients, context: ObserveContext, input: Input): Promise<Output> {
  const [pods, sessions, users] = await Promise.all([
    answerOf(askPods(clients, context, input)),
    answerOf(askSessions(clients, context, input)),
    askUsers(clients, context),
  ]);
  const podsLeft = pods.value?.left ?? 0;
  const found = sessions.value ?? 0;
  const valid = users.healthy && found > 0 && pods.value?.left === 0 && pods.value.pointsThere;
  const sentence = [
    users.sentence,
    pods.value?.sentence ?? pods.sentence,
    sessions.sentence || `The application has ${found || 'no'} sessions on the database.`,
  ].join(' ');
  return { valid, sessions: found, podsLeft, sentence };
}

/** What does not answer is a finding, not a failure of the look. */
async function answerOf<T>(work: Promise<T>): Promise<{ value?: T; sentence: string }> {
  try {
    return { value: await work, sentence: '' };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { sentence: describeError(error) };
  }
}
