import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';
import { identityOf, Made, makeBeside, settingsOf } from './beside.ts';
import { datedName } from './dated-name.ts';
import { readRestoredTo, restoredTo } from './restored-to.ts';

export const restoreSnapshot = (clients: Clients) =>
  defineAction({
    id: 'rds.restore-snapshot',
    summary: 'Restore a snapshot as a new RDS instance, beside the one that it was taken of',
    effect: 'reversible',
    input: z.strictObject({
      region: Region,
      /** The instance whose class and groups the new one gets. */
      instance: z.string().min(1),
      snapshot: z.string().min(1),
      /** Name of the new instance; absent: `<instance>-restored-<yyyymmdd-hhmm>`. */
      target: z.string().min(1).optional(),
    }),
    output: Made.extend({ snapshot: z.string(), restoredTo: z.string() }),
    repeat:
      'It makes one instance of a name that belongs to this step; RDS refuses a second one of that name (DBInstanceAlreadyExists), and nothing that exists is touched.',
    permissions: {
      iam: [
        'rds:DescribeDBInstances',
        'rds:DescribeDBSnapshots',
        'rds:RestoreDBInstanceFromDBSnapshot',
        'rds:AddTagsToResource',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
    },
    examples: [
      {
        title: 'A nightly snapshot',
        with: { region: 'us-east-1', instance: 'chatbot-prod', snapshot: 'rds:chatbot-prod-2026-11-21-03-07' },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, instance }) => [`rds/${region}/${instance}/restored`],
    // 5 to 12 min for a small instance.
    expectedSeconds: () => 540,
    withoutUndo: 'the restored instance stays beside the old one, and harms nobody, until a person deletes it',
    observedBy: ['region', 'instance'],
    observe: ({ signal }, where) => identityOf(clients, where, signal),
    change: (_observed, input) => ({
      changes: [changeOf(input, input.target ?? `${input.instance}-restored-…`)],
    }),
    async run(context, input) {
      const { region, instance, snapshot } = input;
      const { backups, instances } = clients.aws.rds;
      const target = input.target ?? datedName(instance, 'restored', context.firstAttemptAt);
      const found = await context.waitUntil(async () => {
        const seen = await backups.snapshot(region, snapshot, context.signal);
        if (!seen) throw new Permanent('rds.no-snapshot', `RDS in ${region} has no snapshot ${snapshot}.`);
        context.progress(`${snapshot} is ${seen.status}, ${seen.percent} %`);
        return seen.status === 'creating' ? undefined : seen;
      });
      if (found.status !== 'available') {
        throw new Permanent(
          'rds.no-snapshot',
          `The snapshot ${snapshot} in ${region} is ${found.status}. Choose another.`,
        );
      }
      const {
        made,
        found: restored,
        changes,
      } = await makeBeside(clients, context, {
        region,
        target,
        change: changeOf(input, target),
        accept: readRestoredTo,
        async ask(confirm) {
          const like = await settingsOf(clients, input, context.signal);
          await confirm();
          await instances.restoreSnapshot(
            region,
            { snapshot, target, like, tags: restoredTo(found.at) },
            context.signal,
          );
          return true;
        },
      });
      return { outputs: { ...made, snapshot, restoredTo: readRestoredTo(restored) }, changes };
    },
  });

function changeOf({ region, snapshot }: { region: string; snapshot: string }, target: string): Change {
  return { what: `${target} in ${region}`, before: 'does not exist', after: `what the snapshot ${snapshot} holds` };
}
