import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type ReplicationState, readReplication } from '../../adapters/postgres/replication.ts';
import { defineAction, type ObserveContext, type Sample, type SampleReader } from '../../domain/action.ts';
import type { Clock } from '../../domain/clock.ts';
import { LifeboatError, Permanent } from '../../domain/errors.ts';
import { HEALTH, samplingSeconds } from '../../domain/sampling.ts';
import { findHealthiest } from '../rds/healthiest-replica.ts';
import { subjectOf, type Where, withDatabase } from './database.ts';

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

/** SQLSTATE of `pg_last_wal_receive_lsn()` on Aurora. */
const FEATURE_NOT_SUPPORTED = 'postgres.0a000';

interface Which {
  replica: 'declared' | 'healthiest';
  promoted: string;
}

export const predictedLoss = (clients: Clients) =>
  defineAction({
    id: 'postgres.predicted-loss',
    summary: 'What promoting the replica would lose: the writes that it never received',
    effect: 'read',
    input: z.strictObject({
      /**
       * Which replica is to be promoted: that of system.yaml, or the one that rds.healthiest-replica chooses (no loss
       * where that needs none).
       */
      replica: z.enum(['declared', 'healthiest']).default('declared'),
      /** Of the healthiest: the instance that an earlier run has promoted already. */
      promoted: z.string().default(''),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
      sql: ['CONNECT'],
    },
    examples: [
      { title: 'Against the RPO', with: {} },
      { title: 'Of whichever replica is chosen', with: { replica: 'healthiest' } },
    ],
    dependsOn: (_input, { database }) => [{ region: database.replica.region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context, input) {
      return { facts: {}, measurements: await predict(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      return { outputs: await context.waitUntil(() => predict(clients, context, input)), changes: [] };
    },
  });

/**
 * The time between the last write that there may be and the newest sample of the primary whose position the replica has
 * received. The last write may have come one sampling interval after the last sample of the primary, or when users were
 * last seen served, if that was later. It depends on no current time, so that it does not grow while people decide.
 */
async function predict(
  clients: Clients,
  context: ObserveContext,
  { replica: which, promoted }: Which,
): Promise<Output> {
  const { primary } = context.system.database;
  const replica = which === 'declared' ? context.system.database.replica : await healthiest(clients, context, promoted);
  if (!replica || (await isSwitchedOver(clients, context, replica))) return NO_LOSS;
  const { role, position, replayed } = await received(clients, context, replica);
  const subject = `database/${primary.instance}`;
  const last = await context.samples.newest(subject);
  const lastPosition = last?.value.position;
  if (!last || typeof lastPosition !== 'number') {
    throw new Permanent(
      'loss.never-sampled',
      `The write position of ${subjectOf(primary)} was never sampled, so that the loss is not known. Let Lifeboat watch the system while it is healthy.`,
    );
  }
  const sample = await context.samples.newestReceived(subject, position);
  if (!sample) {
    throw new Permanent(
      'loss.unknown',
      `${subjectOf(replica)} has received none of the write positions sampled on ${subjectOf(primary)}, so that the loss is not known.`,
    );
  }
  const interval = intervalAfter(last, context.clock);
  const servedAt = await lastServedAt(context.samples);
  // Once it was promoted itself, it is what users write to.
  if (servedAt !== undefined && role === 'replica') await assertServedByPrimary(context, servedAt, interval);
  return {
    lossSeconds: lossSeconds(last.at, sample.at, interval, servedAt),
    lastPrimarySampleAt: last.at,
    receivedSampleAt: sample.at,
    lastPrimaryPosition: lastPosition,
    receivedPosition: position,
    replayedPosition: replayed,
  };
}

/** Whether RDS itself waits for the last write before it moves: a planned move of a global cluster. */
async function isSwitchedOver({ aws }: Clients, { mode, signal }: ObserveContext, { region, instance }: Where) {
  return mode === 'planned' && (await aws.rds.describe(region, instance, signal)).cluster !== '';
}

/** Throws Permanent `loss.unknown` of a server that does not tell what it has received, as a real Aurora one. */
async function received(clients: Clients, context: ObserveContext, replica: Where): Promise<ReplicationState> {
  try {
    return await withDatabase(clients, context, replica, (session) => readReplication(session, context.signal));
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== FEATURE_NOT_SUPPORTED) throw error;
    throw new Permanent(
      'loss.unknown',
      `${subjectOf(replica)} does not tell what it has received (Aurora tells it only in the region that writes), so that the loss is not known. CloudWatch's AuroraGlobalDBRPOLag before the outage is the best guess.`,
      { cause: error },
    );
  }
}

/** Undefined where no replica is promoted; throws Permanent where one should be and none can. */
async function healthiest(clients: Clients, context: ObserveContext, promoted: string) {
  const { needed, region, instance, sentence } = await findHealthiest(clients, context, promoted);
  if (!needed) return undefined;
  if (instance === '') throw new Permanent('loss.no-replica', sentence);
  return { region, instance };
}

/** What takes over has every committed write: a standby of its own zone, or a reader of the same storage. */
const NO_LOSS: Output = {
  lossSeconds: 0,
  lastPrimarySampleAt: 0,
  receivedSampleAt: 0,
  lastPrimaryPosition: 0,
  receivedPosition: 0,
  replayedPosition: 0,
};

/** World seconds until the next sample was due, as they were when this one was taken: the world's speed may have changed. */
function intervalAfter({ value: { everySeconds } }: Sample, clock: Clock): number {
  return typeof everySeconds === 'number' ? everySeconds : samplingSeconds(clock);
}

/** World time at which users were seen served for the last time; undefined when that is not known. */
async function lastServedAt(samples: SampleReader): Promise<number | undefined> {
  const newest = await samples.newest(HEALTH);
  if (!newest || newest.value.healthy === true) return newest?.at;
  const { since } = newest.value;
  const before = typeof since === 'number' ? await samples.newest(HEALTH, since - 1) : undefined;
  return before?.value.healthy === true ? before.at : undefined;
}

/**
 * Throws Permanent `loss.another-primary` when users were served although the primary had already been fenced: they write
 * to another database, whose writes no replica of this primary receives. An interval lies between, so that a fence which
 * came between the two looks is none.
 */
async function assertServedByPrimary({ samples, system }: ObserveContext, servedAt: number, intervalSeconds: number) {
  const { primary, replica } = system.database;
  const then = await samples.newest(`database/${primary.instance}`, servedAt - intervalSeconds * 1000);
  if (then?.value.fenced !== true) return;
  throw new Permanent(
    'loss.another-primary',
    `Users were served when ${subjectOf(primary)} was fenced already: they write to another database, and ${subjectOf(replica)} has nothing of that. Promoting it would make a second primary (split brain).`,
  );
}

/**
 * World seconds, to a tenth; times are world time in milliseconds. `servedAt`: when users were last seen served, if that
 * is known.
 */
export function lossSeconds(
  lastAt: number,
  receivedAt: number,
  intervalSeconds: number,
  servedAt: number = lastAt,
): number {
  const bySample = Math.max(0, lastAt - receivedAt) / 1000 + intervalSeconds;
  return Math.round(Math.max(bySample, (servedAt - receivedAt) / 1000) * 10) / 10;
}
