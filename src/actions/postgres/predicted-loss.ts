import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext, type Sample } from '../../domain/action.ts';
import type { Clock } from '../../domain/clock.ts';
import { Permanent } from '../../domain/errors.ts';
import { samplingSeconds } from '../../domain/sampling.ts';
import { subjectOf, withDatabase } from './database.ts';

const Output = z.object({
  /** Upper bound of what promoting the replica now would lose, in world seconds. */
  lossSeconds: z.number(),
  /** World time, epoch milliseconds. */
  lastPrimarySampleAt: z.number(),
  /** World time of the newest sample whose position the replica has received. */
  receivedSampleAt: z.number(),
  /** Bytes of WAL. */
  lastPrimaryPosition: z.number(),
  receivedPosition: z.number(),
  replayedPosition: z.number(),
});
type Output = z.infer<typeof Output>;

export const predictedLoss = (clients: Clients) =>
  defineAction({
    id: 'postgres.predicted-loss',
    summary: 'What promoting the replica would lose: the writes that it never received',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only reads.',
    permissions: ['rds:DescribeDBInstances', 'SQL: CONNECT for database.user'],
    examples: [{ title: 'Against the RPO', with: {} }],
    dependsOn: (_input, { database }) => [{ region: database.replica.region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context) {
      return { facts: {}, measurements: await predict(clients, context) };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      return { outputs: await context.waitUntil(() => predict(clients, context)), changes: [] };
    },
  });

/**
 * The time between the last sample of the primary and the newest one whose position the replica has received, plus one
 * sampling interval for what was written after the last sample. It depends on no current time, so that it does not
 * grow while people decide.
 */
async function predict(clients: Clients, context: ObserveContext): Promise<Output> {
  const { primary, replica } = context.system.database;
  const { position, replayed } = await withDatabase(clients, context, replica, (session) =>
    readReplication(session, context.signal),
  );
  const subject = `database/${primary.instance}`;
  const last = await context.samples.newest(subject);
  const lastPosition = last?.value.position;
  if (!last || typeof lastPosition !== 'number') {
    throw new Permanent(
      'loss.never-sampled',
      `The write position of ${subjectOf(primary)} was never sampled, so that the loss is not known. Let Lifeboat watch the system while it is healthy.`,
    );
  }
  const received = await context.samples.newestReceived(subject, position);
  if (!received) {
    throw new Permanent(
      'loss.unknown',
      `${subjectOf(replica)} has received none of the write positions sampled on ${subjectOf(primary)}, so that the loss is not known.`,
    );
  }
  return {
    lossSeconds: lossSeconds(last.at, received.at, intervalAfter(last, context.clock)),
    lastPrimarySampleAt: last.at,
    receivedSampleAt: received.at,
    lastPrimaryPosition: lastPosition,
    receivedPosition: position,
    replayedPosition: replayed,
  };
}

/** World seconds until the next sample was due, as they were when this one was taken: the world's speed may have changed. */
function intervalAfter({ value: { everySeconds } }: Sample, clock: Clock): number {
  return typeof everySeconds === 'number' ? everySeconds : samplingSeconds(clock);
}

/** World seconds, to a tenth; `lastAt` and `receivedAt` are world time in milliseconds. */
export function lossSeconds(lastAt: number, receivedAt: number, intervalSeconds: number): number {
  return Math.round((Math.max(0, lastAt - receivedAt) / 1000 + intervalSeconds) * 10) / 10;
}
