import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { formatPosition } from '../../adapters/postgres/position.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Promoting, subjectOf, type Where, withDatabase } from './database.ts';

const Output = z.object({
  /** Bytes of WAL that the replica has not received of what its source had written. */
  behindBytes: z.number(),
  receivedPosition: z.number(),
  sourcePosition: z.number(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = z.strictObject({ source: Promoting, replica: Promoting });

export const replicated = (clients: Clients) =>
  defineAction({
    id: 'postgres.replicated',
    summary: 'Wait until a replica has received and replayed what its source had written',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'], sql: ['CONNECT'] },
    examples: [
      {
        title: 'A replica that was built for the way back',
        with: {
          source: { region: 'us-west-2', instance: 'chatbot-prod-replica-west' },
          replica: { region: 'us-east-1', instance: 'chatbot-prod' },
        },
      },
    ],
    dependsOn: ({ source, replica }) => [{ region: replica.region }, { region: source.region }],
    writes: () => [],
    subject: ({ replica }) => `database/${replica.instance}`,
    // A new replica has minutes of writes to make up for.
    expectedSeconds: () => 30,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      let wanted: number | undefined;
      const outputs = await context.waitUntil(async () => {
        const seen = await look(clients, context, input, wanted);
        // What is written from now on is never all there while people write: that the replica follows is enough.
        wanted ??= seen.sourcePosition;
        context.progress(seen.sentence);
        return seen.behindBytes === 0 ? seen : undefined;
      });
      return { outputs, changes: [] };
    },
  });

async function look(
  clients: Clients,
  context: ObserveContext,
  { source, replica }: z.infer<typeof Input>,
  wanted?: number,
): Promise<Output> {
  const sourcePosition = wanted ?? (await read(clients, context, source)).position;
  const { role, position, replayed } = await read(clients, context, replica);
  const receivedPosition = Math.min(position, replayed);
  const behindBytes = role === 'replica' ? Math.max(0, sourcePosition - receivedPosition) : 0;
  const sentence = `${subjectOf(replica)} is ${behindBytes} bytes behind ${formatPosition(sourcePosition)} of ${subjectOf(source)}.`;
  return { behindBytes, receivedPosition, sourcePosition, sentence };
}

function read(clients: Clients, context: ObserveContext, where: Where) {
  return withDatabase(clients, context, where, (session) => readReplication(session, context.signal));
}
