import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { boolean, integer } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { findInstance, renderInstance } from '../instance.ts';
import { assertNoMember } from './cluster-member.ts';
import { freeIdentifier } from './creation.ts';
import { beginRenaming } from './renaming.ts';

export const modifyDBInstance = defineOperation({
  name: 'ModifyDBInstance',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    NewDBInstanceIdentifier: z.string().optional(),
    ApplyImmediately: boolean.optional(),
    DeletionProtection: boolean.optional(),
    BackupRetentionPeriod: integer.optional(),
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer(input, { world, region }) {
    const { NewDBInstanceIdentifier, ApplyImmediately = false, DeletionProtection, BackupRetentionPeriod } = input;
    const instance = findInstance(world.state, region, input.DBInstanceIdentifier);
    if (BackupRetentionPeriod !== undefined && (BackupRetentionPeriod < 0 || BackupRetentionPeriod > 35)) {
      const sentence = `Invalid backup retention period: ${BackupRetentionPeriod}. Must be between 0 and 35.`;
      throw new AwsError('InvalidParameterValue', sentence);
    }
    if (BackupRetentionPeriod !== undefined) assertNoMember(instance, 'retention');
    if (NewDBInstanceIdentifier !== undefined) assertNoMember(instance, 'rename');
    const parameter = 'NewDBInstanceIdentifier';
    const to =
      NewDBInstanceIdentifier === undefined
        ? undefined
        : freeIdentifier(world.state, region, parameter, NewDBInstanceIdentifier);
    if (instance.status !== 'available') {
      const sentence = `Database instance is not in available state. Its state is ${instance.status}.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    if (to !== undefined && !ApplyImmediately) {
      // The service would keep it until the maintenance window, which no world of a rehearsal reaches.
      throw new AwsError('InvalidParameterCombination', 'Renaming is simulated with ApplyImmediately only.');
    }
    if (DeletionProtection !== undefined) instance.deletionProtection = DeletionProtection;
    if (BackupRetentionPeriod !== undefined) instance.backupRetentionDays = BackupRetentionPeriod;
    if (to !== undefined) beginRenaming(world, instance, to);
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});
