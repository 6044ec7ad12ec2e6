import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { HOPELESS } from './asking.ts';
import {
  assertInWindow,
  formatMoment,
  NEWEST,
  newestUsable,
  POINT,
  POINT_HINT,
  readPoint,
  UPLOAD_OVERDUE,
} from './recovery-point.ts';

const Output = z.object({
  /** What the restored instance would hold, a time in UTC (ISO 8601). */
  restoreTo: z.string(),
  /**
   * World seconds from there until now: what restoring it loses if writes went on until now. 0 for the newest point of an
   * instance that still uploads its log: once its writes are stopped, the step that restores waits for the rest.
   */
  lossSeconds: z.number(),
  /** From when to when a point in time can be chosen; '' when no automated backups are kept. */
  earliest: z.string(),
  latest: z.string(),
  /** World seconds; -1 when no automated backups are kept. */
  latestLossSeconds: z.number(),
  /** The newest complete snapshot (of those from before the point, when one was given); '' when there is none. */
  snapshot: z.string(),
  snapshotAt: z.string(),
  /** World seconds; -1 when there is none. */
  snapshotLossSeconds: z.number(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const latestRestorable = ({ aws }: Clients) =>
  defineAction({
    id: 'rds.latest-restorable',
    summary: 'What an RDS instance can be restored to, by snapshot and by point in time, and what each would lose',
    effect: 'read',
    input: z.strictObject({
      region: Region,
      instance: z.string().min(1),
      from: z.enum(['point-in-time', 'snapshot']).default('point-in-time'),
      /** `newest`, a time in UTC, or so long ago; of snapshots, the newest from no later than that. */
      at: z.string().regex(POINT, POINT_HINT).default(NEWEST),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: ['rds:DescribeDBInstances', 'rds:DescribeDBInstanceAutomatedBackups', 'rds:DescribeDBSnapshots'],
    },
    examples: [
      { title: 'The newest point in time', with: { region: 'us-east-1', instance: 'chatbot-prod' } },
      {
        title: 'The newest snapshot',
        with: { region: 'us-east-1', instance: 'chatbot-prod', from: 'snapshot' },
      },
      {
        title: 'Before the damage',
        with: { region: 'us-east-1', instance: 'chatbot-prod', at: '2026-11-21T09:30:00Z' },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context, input) {
      return { facts: {}, measurements: await look(aws, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => look(aws, context, input));
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

interface Input {
  region: string;
  instance: string;
  from: 'point-in-time' | 'snapshot';
  at: string;
}

async function look(aws: Clients['aws'], context: ObserveContext, input: Input): Promise<Output> {
  const { region, instance, from, at } = input;
  const { clock, signal } = context;
  const [found, window, snapshots] = await Promise.all([
    aws.rds.instances.settings(region, instance, signal),
    aws.rds.backups.window(region, instance, signal),
    aws.rds.backups.snapshots(region, instance, signal),
  ]);
  const now = clock.now();
  const subject = instanceName(input);
  const point = readPoint(at, { latest: window?.latest ?? Number.NaN, from: now });
  const snapshot = newestUsable(snapshots, at === NEWEST ? undefined : point);
  if (from === 'snapshot' && !snapshot) {
    const when = at === NEWEST ? '' : ` from before ${formatMoment(point)}`;
    throw new Permanent('rds.no-snapshot', `RDS has no complete snapshot of ${subject}${when}. Restore a dump.`);
  }
  if (from === 'point-in-time') assertInWindow(subject, point, window);
  const to = from === 'snapshot' && snapshot ? snapshot.at : point;
  const lossOf = (moment: number) => Math.round(Math.max(0, now - moment) / 100) / 10;
  const uploads = found !== undefined && !HOPELESS.test(found.status) && now - to <= UPLOAD_OVERDUE;
  const waits = from === 'point-in-time' && at === NEWEST && uploads;
  const iso = (moment: number | undefined) => (moment === undefined ? '' : new Date(moment).toISOString());
  return {
    restoreTo: iso(to),
    lossSeconds: waits ? 0 : lossOf(to),
    earliest: iso(window?.earliest),
    latest: iso(window?.latest),
    latestLossSeconds: window ? lossOf(window.latest) : -1,
    snapshot: snapshot?.identifier ?? '',
    snapshotAt: iso(snapshot?.at),
    snapshotLossSeconds: snapshot ? lossOf(snapshot.at) : -1,
    sentence: [
      waits
        ? `Restoring ${subject} with everything that was written loses nothing: it still uploads its log, and what is missing of the last ${formatSeconds(lossOf(to))} is waited for.`
        : `Restoring ${subject} to ${formatMoment(to)} (${from === 'snapshot' ? `snapshot ${snapshot?.identifier}` : 'point in time'}) loses what was written in the ${formatSeconds(lossOf(to))} since.`,
      window
        ? `Points in time: ${formatMoment(window.earliest)} to ${formatMoment(window.latest)}, ${formatSeconds(lossOf(window.latest))} ago.`
        : 'RDS keeps no automated backups of it.',
      snapshot
        ? `Newest usable snapshot: ${snapshot.identifier}, ${formatSeconds(lossOf(snapshot.at))} ago.`
        : 'There is no usable snapshot.',
    ].join(' '),
  };
}
