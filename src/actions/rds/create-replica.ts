import { z } from 'zod';
import type { DatabaseSettings } from '../../adapters/aws/rds-instances.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region, type System } from '../../domain/system.ts';
import { identityOf, Made, makeBeside, settingsOf } from './beside.ts';
import { deleteReplica } from './delete-replica.ts';

export const createReplica = (clients: Clients) =>
  defineAction({
    id: 'rds.create-replica',
    summary: 'Create a read replica of an RDS instance, in its region or another one, and wait until it replicates',
    effect: 'reversible',
    input: z.strictObject({
      region: Region,
      /** Name of the new replica. */
      instance: z.string().min(1),
      source: z.strictObject({ region: Region, instance: z.string().min(1) }),
      /** Key of the region that an encrypted replica of another region is encrypted with; absent: RDS's own there. */
      kmsKey: z.string().min(1).optional(),
    }),
    output: Made.extend({
      /** Whether this step has made it; false: it was there. */
      made: z.boolean(),
    }),
    repeat:
      'It makes one instance of one name; RDS refuses a second one of that name (DBInstanceAlreadyExists), and one that is no replica of the source is left alone.',
    permissions: {
      iam: [
        'rds:DescribeDBInstances',
        'rds:CreateDBInstanceReadReplica',
        'rds:ModifyDBInstance',
        'rds:DeleteDBInstance',
        'kms:CreateGrant',
        'kms:DescribeKey',
      ],
    },
    examples: [
      {
        title: 'Back into the region that was left',
        with: {
          region: 'us-east-1',
          instance: 'chatbot-prod',
          source: { region: 'us-west-2', instance: 'chatbot-prod-replica-west' },
        },
      },
    ],
    dependsOn: ({ region, source }) => [{ region }, { region: source.region }],
    writes: ({ region, instance }) => [`rds/${region}/${instance}`],
    subject: ({ instance }) => `database/${instance}`,
    // 5 to 10 min for a small instance: all of its data is copied.
    expectedSeconds: () => 450,
    observe: ({ signal }, where) => identityOf(clients, where, signal),
    change: (observed, input) => ({
      changes: observed?.facts.replicaOf === input.source.instance ? [] : [changeOf(input)],
    }),
    async run(context, input) {
      const { region, instance, source, kmsKey } = input;
      const near = region === source.region;
      const { made, found, changes } = await makeBeside(clients, context, {
        region,
        target: instance,
        change: changeOf(input),
        accept({ replicaOf }) {
          if (replicaOf === source.instance) return;
          const sentence = `${instanceName(input)} exists and is no replica of ${source.instance}. Rename it first: it may hold the only copy of something.`;
          throw new Permanent('rds.name-taken', sentence);
        },
        async ask(confirm) {
          const like = await settingsOf(clients, source, context.signal);
          // A copy of a copy: promoted, it would take the place of a primary that goes on elsewhere.
          if (like.replicaOf !== '') {
            const sentence = `${instanceName(source)} is itself a replica of ${like.replicaOf}, so nothing is replicated from it. Name the instance that takes writes in system.yaml, then ask for a new plan.`;
            throw new Permanent('rds.source-is-replica', sentence);
          }
          if (like.status !== 'available') {
            context.progress(`${instanceName(source)} is ${like.status}: waiting until it can be copied`);
            return false;
          }
          const call = {
            source: near ? source.instance : like.arn,
            target: instance,
            like,
            groups: near ? undefined : groupsIn(region, context.system),
            kmsKey: near || !like.encrypted ? undefined : (kmsKey ?? 'alias/aws/rds'),
          };
          await confirm();
          await clients.aws.rds.instances.createReplica(region, call, context.signal);
          return true;
        },
      });
      await context.waitUntil(async () => {
        const { replication } = await clients.aws.rds.describe(region, instance, context.signal);
        context.progress(`Replication to ${instanceName(input)}: ${replication || 'not known'}`);
        return replication === '' || replication === 'replicating' ? true : undefined;
      });
      const isOwn = changes.length > 0 || wasMadeSince(found, context.firstAttemptAt);
      // Its source has what it can be replaced by again.
      return { outputs: { ...made, made: isOwn }, changes, closes: ['unprotected'] };
    },
    undo: deleteReplica(clients),
  });

/** Throws Permanent where system.yaml names none: by itself RDS would put the replica where no service reaches it. */
function groupsIn(region: string, { database }: System) {
  const { subnetGroup, securityGroups, parameterGroup } = database.groups?.[region] ?? {};
  if (subnetGroup !== undefined && securityGroups) return { subnetGroup, securityGroups, parameterGroup };
  throw new Permanent(
    'rds.no-groups',
    `system.yaml names no subnet group and security groups for databases in ${region}, so a replica there would be in the account's default network. Add database.groups, restart Lifeboat, and ask for a new plan; or create the replica by hand and skip this step.`,
  );
}

/** World milliseconds by which RDS's clock may be behind. */
const CLOCKS_DIFFER = 5_000;

/** An attempt that was cut short may have asked for it: then it was made since the step began. */
function wasMadeSince({ createdAt }: DatabaseSettings, firstAttemptAt: number): boolean {
  return createdAt !== undefined && createdAt >= firstAttemptAt - CLOCKS_DIFFER;
}

interface Input {
  region: string;
  instance: string;
  source: { region: string; instance: string };
}

function changeOf(input: Input): Change {
  return {
    what: instanceName(input),
    before: 'does not exist',
    after: `read replica of ${instanceName(input.source)}`,
  };
}
