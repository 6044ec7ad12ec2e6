import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { integer } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { findInstance, renderInstance } from './instance.ts';
import { beginPromotion } from './promotion.ts';

/** Days that RDS keeps backups of a promoted replica when the caller does not say, and the most it takes. */
const RETENTION = { default: 1, most: 35 };

export const promoteReadReplica = defineOperation({
  name: 'PromoteReadReplica',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    BackupRetentionPeriod: integer.optional(),
    PreferredBackupWindow: z.string().optional(),
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer({ DBInstanceIdentifier, BackupRetentionPeriod, PreferredBackupWindow }, { world, region }) {
    const days = BackupRetentionPeriod ?? RETENTION.default;
    if (days < 0 || days > RETENTION.most) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid backup retention period: ${days}. Must be between 0 and 35.`,
      );
    }
    if (PreferredBackupWindow !== undefined) checkWindow(PreferredBackupWindow);
    const instance = findInstance(world.state, region, DBInstanceIdentifier);
    if (instance.replicaSource === undefined) {
      throw new AwsError('InvalidDBInstanceState', 'DB Instance is not a read replica.');
    }
    if (instance.status !== 'available') {
      const sentence = `DB instance ${instance.identifier} is not in available state. Its state is ${instance.status}.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }

    instance.backupRetentionDays = days;
    if (PreferredBackupWindow !== undefined) instance.preferredBackupWindow = PreferredBackupWindow;
    beginPromotion(world, instance);
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});

/** `hh:mm-hh:mm` in UTC, at least half an hour. */
function checkWindow(window: string): void {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(window);
  if (!match)
    throw new AwsError('InvalidParameterValue', `The backup window ${window} must be in the format hh24:mi-hh24:mi.`);
  const [from = 0, to = 0] = [0, 1].map((part) => Number(match[1 + 2 * part]) * 60 + Number(match[2 + 2 * part]));
  if ((to - from + 1440) % 1440 < 30) {
    throw new AwsError('InvalidParameterValue', 'The backup window must be at least 30 minutes.');
  }
}
