import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { identityOf, Made, makeBeside, settingsOf } from './beside.ts';
import { datedName } from './dated-name.ts';
import {
  assertInWindow,
  formatMoment,
  NEWEST,
  POINT,
  POINT_HINT,
  readPoint,
  UPLOAD_OVERDUE,
} from './recovery-point.ts';
import { readRestoredTo, restoredTo } from './restored-to.ts';

export const restoreToPointInTime = (clients: Clients) =>
  defineAction({
    id: 'rds.restore-to-point-in-time',
    summary: 'Restore an RDS instance to a point in time, as a new instance beside it',
    effect: 'reversible',
    input: z.strictObject({
      region: Region,
      instance: z.string().min(1),
      /**
       * A time in UTC, or so long before this step. `newest`: everything that was written before this step; it waits until
       * RDS has that, and takes what there is when the instance sends nothing any more.
       */
      at: z.string().regex(POINT, POINT_HINT).default(NEWEST),
      /** Name of the new instance; absent: `<instance>-restored-<yyyymmdd-hhmm>`. */
      target: z.string().min(1).optional(),
    }),
    output: Made.extend({
      /** A time in UTC (ISO 8601): it has what was committed until then. */
      restoredTo: z.string(),
    }),
    repeat:
      'It makes one instance of a name that belongs to this step; RDS refuses a second one of that name (DBInstanceAlreadyExists), and nothing that exists is touched.',
    permissions: {
      iam: [
        'rds:DescribeDBInstances',
        'rds:DescribeDBInstanceAutomatedBackups',
        'rds:RestoreDBInstanceToPointInTime',
        'rds:AddTagsToResource',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
    },
    examples: [
      { title: 'Everything that was written', with: { region: 'us-east-1', instance: 'chatbot-prod' } },
      {
        title: 'As it was before the damage',
        with: { region: 'us-east-1', instance: 'chatbot-prod', at: '2026-11-21T09:30:00Z' },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, instance }) => [`rds/${region}/${instance}/restored`],
    // 5 to 12 min for a small instance; it grows with the data and with the log since the last backup.
    expectedSeconds: () => 600,
    withoutUndo: 'the restored instance stays beside the old one, and harms nobody, until a person deletes it',
    observedBy: ['region', 'instance'],
    observe: ({ signal }, where) => identityOf(clients, where, signal),
    change: (_observed, input) => ({
      changes: [changeOf(input, input.target ?? `${input.instance}-restored-…`, input.at)],
    }),
    async run(context, input) {
      const { region, instance } = input;
      const target = input.target ?? datedName(instance, 'restored', context.firstAttemptAt);
      const { made, found, changes } = await makeBeside(clients, context, {
        region,
        target,
        change: changeOf(input, target, input.at),
        accept: readRestoredTo,
        async ask(confirm) {
          const at = await pointOf(clients, context, input);
          if (at === undefined) return false;
          const like = await settingsOf(clients, input, context.signal);
          await confirm();
          const call = { source: instance, target, at, like, tags: restoredTo(at) };
          await clients.aws.rds.instances.restoreToPointInTime(region, call, context.signal);
          return true;
        },
      });
      // Read back: an earlier attempt may have asked for another point than this one would.
      return { outputs: { ...made, restoredTo: readRestoredTo(found) }, changes };
    },
  });

interface Input {
  region: string;
  instance: string;
  at: string;
}

/** Epoch milliseconds to restore to; undefined while RDS does not have it yet. */
async function pointOf({ aws }: Clients, context: RunContext, input: Input): Promise<number | undefined> {
  const { clock, firstAttemptAt: began, signal } = context;
  const subject = instanceName(input);
  const window = await aws.rds.backups.window(input.region, input.instance, signal);
  const latest = window?.latest ?? Number.NaN;
  const wanted = input.at === NEWEST ? began : readPoint(input.at, { latest, from: began });
  if (!window || wanted <= latest) {
    assertInWindow(subject, wanted, window);
    return wanted;
  }
  if (clock.now() - began > UPLOAD_OVERDUE) return latest;
  const missing = formatSeconds((wanted - latest) / 1000);
  context.progress(`RDS can restore ${subject} to ${formatMoment(latest)}; waiting for the ${missing} after that`);
  return undefined;
}

function changeOf({ region, instance }: Input, target: string, at: string): Change {
  const to = at === NEWEST ? 'with everything that was written' : `as it was at ${at}`;
  return { what: `${target} in ${region}`, before: 'does not exist', after: `${instance} ${to}, beside it` };
}
