import { z } from 'zod';
import { observationTimeout, within } from '../../../adapters/deadline.ts';
import type { Clients } from '../../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../../domain/action.ts';
import { errorCode, Permanent, Retryable } from '../../../domain/errors.ts';
import { backupsOf, findLatestBackup } from '../../s3/find-backup.ts';
import { assess } from '../integrity/assess.ts';
import { LONGEST_LOOK } from '../integrity/index.ts';
import { utc } from '../integrity/verdict.ts';
import { atPlace } from '../place.ts';
import { choose, KINDS, type Kind, lossOf, offered, recoveryPoints, titleOf } from './points.ts';

/** A moment in UTC; '' where nobody has said one. */
const MOMENT = /^(|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z)$/;

const Output = z.object({
  /** The best one, or the one that was asked for: `point-in-time`, `snapshot` or `dump`. */
  kind: z.string(),
  /** World seconds from it to the damage, or until now where nobody knows when that was: what the RPO limits. */
  behindSeconds: z.number(),
  /** World seconds of writes that it loses, those since the damage included, if they stop now. */
  lossSeconds: z.number(),
  /** For the point in time: `newest`, or a time in UTC (ISO 8601). */
  at: z.string(),
  /** '' when there is none that is old enough. */
  snapshot: z.string(),
  dump: z.string(),
  /** Those within the RPO, the best first, and the one that this step chose or was asked for: for people to choose. */
  options: z.array(z.object({ value: z.string(), title: z.string(), sentence: z.string() })),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = z.strictObject({
  /** `auto`: the point in time, or the snapshot where there is none. A dump is taken only where it is asked for. */
  from: z.enum(['auto', ...KINDS]).default('auto'),
  /** The last moment at which the data was right, where people know it: a time in UTC. */
  before: z.string().regex(MOMENT, 'write a time in UTC such as 2026-11-21T09:30:00Z').default(''),
});
type Input = z.infer<typeof Input>;

export const recoveryPointsAction = (clients: Clients) =>
  defineAction({
    id: 'postgres.recovery-points',
    summary: 'What the damaged primary can be restored to from before the damage, and what each choice would lose',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: [
        'rds:DescribeDBInstances',
        'rds:DescribeDBInstanceAutomatedBackups',
        'rds:DescribeDBSnapshots',
        's3:ListBucket (backups)',
      ],
      sql: [
        'CONNECT',
        'SELECT on database.tables',
        'EXECUTE on bt_index_check and verify_heapam (amcheck)',
        'EXECUTE on pg_get_wal_records_info (pg_walinspect)',
        'pg_monitor',
      ],
    },
    examples: [
      { title: 'The one that loses least', with: {} },
      { title: 'The nightly dump', with: { from: 'dump' } },
      { title: 'When people know since when', with: { before: '2026-11-21T09:30:00Z' } },
    ],
    dependsOn: (_input, { database, backups }) => [
      { region: database.primary.region },
      ...(backups ? [{ region: backups.region }] : []),
    ],
    writes: () => [],
    expectedSeconds: () => 30,
    observationSeconds: LONGEST_LOOK,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => look(clients, context, input));
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function look(clients: Clients, context: ObserveContext, { from, before }: Input): Promise<Output> {
  const { region, instance } = context.system.database.primary;
  const { backups } = clients.aws.rds;
  const [good, window, snapshots, dump] = await Promise.all([
    before === '' ? goodUntil(clients, context) : Date.parse(before),
    backups.window(region, instance, context.signal),
    backups.snapshots(region, instance, context.signal),
    newestDump(clients, context, from),
  ]);
  const points = recoveryPoints({ good, now: context.clock.now(), window, snapshots, dump });
  const chosen = choose(points, from);
  if (!chosen) {
    const what = from === 'auto' ? 'nothing' : `no ${from}`;
    const when = good === undefined ? '' : ` from before the damage (${utc(good)})`;
    throw new Permanent(
      'recovery.no-point',
      `There is ${what} to restore ${instance} from${when}. ${points.length > 0 ? `There is: ${points.map((point) => `${titleOf(point)} (from=${point.kind})`).join('; ')}.` : 'Look for older backups by hand.'}`,
    );
  }
  const named = (kind: Kind) => points.find((point) => point.kind === kind);
  return {
    kind: chosen.kind,
    behindSeconds: chosen.behindSeconds,
    lossSeconds: chosen.lossSeconds,
    at: named('point-in-time')?.at ?? '',
    snapshot: named('snapshot')?.name ?? '',
    dump: named('dump')?.name ?? '',
    options: offered(points, chosen, context.system.rpo.database).map((point) => ({
      value: point.kind,
      title: titleOf(point),
      sentence: lossOf(point),
    })),
    sentence: `${titleOf(chosen)}. ${lossOf(chosen)}`,
  };
}

/**
 * The last moment at which the data is known to have been right; undefined: what the log says is sound up to its end, for a
 * damaged file is not in the log. Throws Permanent `recovery.since-when` when rows are gone and nothing tells since when,
 * and `recovery.incomplete` when there was no time to see whether rows are gone.
 */
async function goodUntil(clients: Clients, context: ObserveContext): Promise<number | undefined> {
  const { instance } = context.system.database.primary;
  const { orphans, knownGoodAt, complete } = await atPlace(
    clients,
    context,
    {},
    (session) => assess(session, context, instance),
    { statementTimeoutMs: LONGEST_LOOK * 1000 },
  );
  if (!complete) {
    throw new Permanent(
      'recovery.incomplete',
      `Within ${LONGEST_LOOK} s not everything could be checked, so nobody knows until when the data was right. Say it: before=2026-11-21T09:30:00Z, in UTC.`,
    );
  }
  if (orphans === 0 || knownGoodAt !== undefined) return knownGoodAt;
  throw new Permanent(
    'recovery.since-when',
    'Rows are gone, and neither the log nor the samples tell since when. Say it: before=2026-11-21T09:30:00Z, in UTC.',
  );
}

/**
 * Undefined when there is none. Only who wants a dump waits for its region: another one may be down with it, and the other
 * points are not there.
 */
async function newestDump(clients: Clients, context: ObserveContext, from: Input['from']) {
  const { system, systemName, clock } = context;
  if (!system.backups) return undefined;
  const signal = from === 'dump' ? context.signal : within(observationTimeout(clock), context.signal);
  try {
    return await findLatestBackup(clients.aws.s3, backupsOf(system, systemName), signal);
  } catch (error) {
    if (signal.aborted || errorCode(error) === 'backup.none') return undefined;
    if (from !== 'dump' && error instanceof Retryable) return undefined;
    throw error;
  }
}
