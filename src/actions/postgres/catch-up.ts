import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { formatPosition } from '../../adapters/postgres/position.ts';
import { type ReplicationState, readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { subjectOf, withDatabase } from './database.ts';

export const catchUp = (clients: Clients) =>
  defineAction({
    id: 'postgres.catch-up',
    summary: 'Wait until the replica has received and replayed everything up to a write position',
    effect: 'read',
    input: z.strictObject({
      /** Bytes of WAL, from `postgres.fence`. */
      position: z.number().min(0),
    }),
    output: z.object({ receivedPosition: z.number(), replayedPosition: z.number(), missingBytes: z.number() }),
    repeat: 'It only reads.',
    permissions: ['rds:DescribeDBInstances', 'SQL: CONNECT for database.user'],
    examples: [{ title: 'Up to the last write before the fence', with: { position: 50_331_648 } }],
    dependsOn: (_input, { database }) => [
      { region: database.replica.region },
      // What is missing still comes from the primary.
      { region: database.primary.region },
    ],
    writes: () => [],
    subject: (_input, { database }) => `database/${database.replica.instance}`,
    // Streaming replication between regions is about a second behind.
    expectedSeconds: () => 3,
    async observe(context, { position }) {
      return { facts: {}, measurements: outputsOf(await look(clients, context), position) };
    },
    change: () => ({ changes: [] }),
    async run(context, { position }) {
      const { replica } = context.system.database;
      const outputs = await context.waitUntil(async () => {
        const seen = await look(clients, context);
        const { missingBytes, ...positions } = outputsOf(seen, position);
        context.progress(`${subjectOf(replica)} is ${missingBytes} bytes before ${formatPosition(position)}`);
        return missingBytes === 0 ? { ...positions, missingBytes } : undefined;
      });
      return { outputs, changes: [] };
    },
  });

function look(clients: Clients, context: ObserveContext): Promise<ReplicationState> {
  return withDatabase(clients, context, context.system.database.replica, (session) =>
    readReplication(session, context.signal),
  );
}

/** A replica that was promoted already has all that it will ever have, and its own writes lie beyond. */
function outputsOf({ position: received, replayed }: ReplicationState, wanted: number) {
  const missingBytes = Math.max(0, wanted - Math.min(received, replayed));
  return { receivedPosition: received, replayedPosition: replayed, missingBytes };
}
