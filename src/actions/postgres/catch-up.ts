import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { formatPosition } from '../../adapters/postgres/position.ts';
import { type ReplicationState, readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Promoting, promotedOf, subjectOf, type Where, withDatabase } from './database.ts';

export const catchUp = (clients: Clients) =>
  defineAction({
    id: 'postgres.catch-up',
    summary: 'Wait until the replica has received and replayed everything up to a write position',
    effect: 'read',
    input: z.strictObject({
      /** Bytes of WAL, from `postgres.fence`. */
      position: z.number().min(0),
      promoting: Promoting.optional(),
    }),
    output: z.object({ receivedPosition: z.number(), replayedPosition: z.number(), missingBytes: z.number() }),
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'], sql: ['CONNECT'] },
    examples: [{ title: 'Up to the last write before the fence', with: { position: 50_331_648 } }],
    dependsOn: (input, system) => [
      { region: promotedOf(input, system).region },
      // What is missing still comes from the primary.
      { region: system.database.primary.region },
    ],
    writes: () => [],
    subject: (input, system) => `database/${promotedOf(input, system).instance}`,
    // Streaming replication between regions is about a second behind.
    expectedSeconds: () => 3,
    async observe(context, input) {
      const seen = await look(clients, context, promotedOf(input, context.system));
      return { facts: {}, measurements: outputsOf(seen, input.position) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const { position } = input;
      const replica = promotedOf(input, context.system);
      const outputs = await context.waitUntil(async () => {
        const seen = await look(clients, context, replica);
        const { missingBytes, ...positions } = outputsOf(seen, position);
        context.progress(`${subjectOf(replica)} is ${missingBytes} bytes before ${formatPosition(position)}`);
        return missingBytes === 0 ? { ...positions, missingBytes } : undefined;
      });
      return { outputs, changes: [] };
    },
  });

function look(clients: Clients, context: ObserveContext, replica: Where): Promise<ReplicationState> {
  return withDatabase(clients, context, replica, (session) => readReplication(session, context.signal));
}

/** A replica that was promoted already has all that it will ever have, and its own writes lie beyond. */
function outputsOf({ position: received, replayed }: ReplicationState, wanted: number) {
  const missingBytes = Math.max(0, wanted - Math.min(received, replayed));
  return { receivedPosition: received, replayedPosition: replayed, missingBytes };
}
