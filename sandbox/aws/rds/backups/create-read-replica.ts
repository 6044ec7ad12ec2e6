import { z } from 'zod';
import { readDatabaseArn } from '../../arn.ts';
import { AwsError } from '../../errors.ts';
import { boolean } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { renderInstance } from '../instance.ts';
import { availableSource, beginCreation, freeIdentifier } from './creation.ts';

export const createDBInstanceReadReplica = defineOperation({
  name: 'CreateDBInstanceReadReplica',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    SourceDBInstanceIdentifier: z.string(),
    DBInstanceClass: z.string().optional(),
    MultiAZ: boolean.optional(),
    DeletionProtection: boolean.optional(),
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
    const wanted = {
      identifier,
      instanceClass: input.DBInstanceClass,
      multiAz: input.MultiAZ,
      deletionProtection: input.DeletionProtection,
      backupRetentionDays: 0,
    };
    const instance = beginCreation(world, region, wanted, source, { kind: 'replica', source: named });
    return { DBInstance: renderInstance(state, instance, world.clock.now()) };
  },
});
