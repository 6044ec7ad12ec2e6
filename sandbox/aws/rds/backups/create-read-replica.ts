import { z } from 'zod';
import { readDatabaseArn } from '../../arn.ts';
import { AwsError } from '../../errors.ts';
import { defineOperation } from '../../query/operation.ts';
import { groupsOf } from '../groups.ts';
import { renderInstance } from '../instance.ts';
import { availableSource, beginCreation, freeIdentifier } from './creation.ts';
import { SETTINGS, wantedOf } from './wanted.ts';

export const createDBInstanceReadReplica = defineOperation({
  name: 'CreateDBInstanceReadReplica',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    SourceDBInstanceIdentifier: z.string(),
    KmsKeyId: z.string().min(1).optional(),
    ...SETTINGS,
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer(input, { world, region }) {
    const { state } = world;
    const identifier = freeIdentifier(state, region, 'DBInstanceIdentifier', input.DBInstanceIdentifier);
    const named = input.SourceDBInstanceIdentifier;
    const source = availableSource(state, readDatabaseArn(named)?.region ?? region, named);
    if (source.backupRetentionDays === 0) {
      const sentence = `Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    const near = source.region === region;
    checkKey(input.KmsKeyId, { near });
    const { groups, ...settings } = wantedOf(identifier, input);
    const { subnet, parameter } = groupsOf(source);
    // In its source's region it is made in the same network, with the same parameters.
    const wanted = { ...settings, groups: near ? { subnet, parameter, ...groups } : groups, backupRetentionDays: 0 };
    const instance = beginCreation(world, region, wanted, source, { kind: 'replica', source: named });
    return { DBInstance: renderInstance(state, instance, world.clock.now()) };
  },
});

/** Every instance of the world is encrypted, and a key is of one region. Throws InvalidParameterCombination, in RDS's words. */
function checkKey(key: string | undefined, { near }: { near: boolean }): void {
  if (near && key !== undefined) {
    const sentence =
      'Your request does not require the KMS key parameter. Please remove the KMS key parameter and try your request again.';
    throw new AwsError('InvalidParameterCombination', sentence);
  }
  if (!near && key === undefined) {
    const sentence = 'Cannot create a cross region unencrypted read replica from encrypted source.';
    throw new AwsError('InvalidParameterCombination', sentence);
  }
}
