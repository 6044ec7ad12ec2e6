import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { askOnce } from './asking.ts';
import { identityOf } from './beside.ts';
import { datedName } from './dated-name.ts';

export const createSnapshot = (clients: Clients) =>
  defineAction({
    id: 'rds.create-snapshot',
    summary: 'Keep what an RDS instance holds now as a snapshot: evidence, and a way back',
    effect: 'reversible',
    input: z.strictObject({
      region: Region,
      instance: z.string().min(1),
      /** Its name; absent: `<instance>-kept-<yyyymmdd-hhmm>`. */
      snapshot: z.string().min(1).optional(),
    }),
    output: z.object({ snapshot: z.string(), at: z.string() }),
    repeat:
      'It takes one snapshot of a name that belongs to this step; RDS refuses a second one of that name (DBSnapshotAlreadyExists).',
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:CreateDBSnapshot'] },
    examples: [{ title: 'Before a swap', with: { region: 'us-east-1', instance: 'chatbot-prod' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, instance }) => [`rds/${region}/${instance}/snapshot`],
    // 1 to 3 min when there are snapshots already: only what has changed since is copied.
    expectedSeconds: () => 120,
    withoutUndo: 'a snapshot harms nobody, and is kept until a person deletes it',
    observe: ({ signal }, where) => identityOf(clients, where, signal),
    change: (_observed, input) => ({ changes: [changeOf(input, input.snapshot ?? `${input.instance}-kept-…`)] }),
    async run(context, input) {
      const { region, instance } = input;
      const { backups, instances } = clients.aws.rds;
      const { signal } = context;
      const snapshot = input.snapshot ?? datedName(instance, 'kept', context.firstAttemptAt);
      let changes: Change[] = [];
      let asked = false;
      const at = await context.waitUntil(async () => {
        const found = await backups.snapshot(region, snapshot, signal);
        if (found) {
          context.progress(`${snapshot} is ${found.status}, ${found.percent} %`);
          if (found.status === 'failed') {
            throw new Permanent(
              'rds.snapshot-failed',
              `The snapshot ${snapshot} in ${region} failed. Delete it, and retry.`,
            );
          }
          return found.status === 'available' ? found.at : undefined;
        }
        if (asked) return undefined;
        const source = await instances.settings(region, instance, signal);
        if (source?.status !== 'available') {
          context.progress(
            `${instanceName(input)} is ${source?.status ?? 'not there'}: waiting until it can be copied`,
          );
          return undefined;
        }
        changes = [changeOf(input, snapshot)];
        context.changed(changes);
        await context.assertLease();
        asked = await askOnce(() => backups.createSnapshot(region, { instance, snapshot }, signal), {
          done: 'rds.db-snapshot-already-exists',
        });
        return undefined;
      });
      return { outputs: { snapshot, at: new Date(at).toISOString() }, changes };
    },
  });

function changeOf(where: { region: string; instance: string }, snapshot: string): Change {
  return { what: `Snapshot ${snapshot}`, before: 'does not exist', after: `what ${instanceName(where)} holds now` };
}
