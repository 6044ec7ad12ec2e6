import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Change } from '../../domain/action.ts';
import { defineAction } from '../../domain/action.ts';
import { describeError, Permanent } from '../../domain/errors.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { Region } from '../../domain/system.ts';
import { askOnce, HOPELESS } from './asking.ts';
import { observationOf } from './describe.ts';
import { watchProtection } from './watch-protection.ts';

export const promoteReplica = ({ aws }: Clients) =>
  defineAction({
    id: 'rds.promote-replica',
    summary: 'Promote an RDS read replica to a standalone primary',
    effect: 'irreversible',
    input: z.strictObject({ region: Region, instance: z.string().min(1) }),
    output: z.object({ endpoint: z.string(), port: z.int() }),
    repeat:
      'It names one instance and promotes only while RDS says that it is an available replica; RDS refuses a second promotion (InvalidDBInstanceState), and a standalone instance is left alone.',
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:PromoteReadReplica'] },
    examples: [{ title: 'The replica', with: { region: 'us-west-2', instance: 'chatbot-prod-replica-west' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, instance }) => [`rds/${region}/${instance}`],
    subject: ({ instance }) => `database/${instance}`,
    // RDS: "a few minutes or longer"; 120 to 240 s without a large backlog of WAL.
    expectedSeconds: () => 180,
    withoutUndo: 'it cannot be taken back: a new replica is built from the new primary instead',
    async observe({ signal }, { region, instance }) {
      return observationOf(await aws.rds.describe(region, instance, signal));
    },
    change: (observed, { region, instance }) => ({
      changes: observed?.facts.replicaOf === '' ? [] : [changeOf(region, instance, observed?.facts.replicaOf)],
    }),
    async run(context, { region, instance }) {
      let changes: Change[] = [];
      let asked = false;
      // A call whose answer was lost: what comes after it says nothing about it.
      let isUncertain = false;
      const promoted = await context.waitUntil(async () => {
        const found = await aws.rds.describe(region, instance, context.signal);
        if (HOPELESS.test(found.status)) {
          throw new Permanent(
            'rds.not-promotable',
            `${instance} in ${region} is ${found.status} and cannot be promoted. Repair it, or restore from a backup.`,
          );
        }
        const seconds = (context.clock.now() - context.firstAttemptAt) / 1000;
        context.progress(`${instance} is ${found.status}, ${formatSeconds(seconds)} since the promotion began`);
        if (found.replicaOf === '') return found.status === 'available' ? found : undefined;
        if (asked || found.status !== 'available') return undefined;
        // Noted first: a call whose answer is lost may have been carried out.
        changes = [changeOf(region, instance, found.replicaOf)];
        context.changed(changes);
        await context.assertLease();
        try {
          // Refused because of its state: most often, a promotion is under way already.
          asked = await askOnce(() => aws.rds.promote(region, instance, context.signal));
        } catch (error) {
          if (isUncertain || !(error instanceof Permanent)) {
            isUncertain = true;
            throw error;
          }
          changes = [];
          context.changed(changes);
          throw new Permanent('rds.promotion-refused', describeError(error), { cause: error });
        }
        return undefined;
      });
      return {
        outputs: { endpoint: promoted.endpoint, port: promoted.port },
        changes,
        // The new primary has no standby until somebody builds one.
        exceptions: ['unprotected'],
      };
    },
    watch: watchProtection(aws.rds),
  });

function changeOf(region: string, instance: string, source: string | undefined): Change {
  return {
    what: `${instance} in ${region}`,
    before: source ? `read replica of ${source}` : 'read replica (not reachable now)',
    after: 'standalone primary, without a standby',
  };
}
