import { z } from 'zod';
import { readDatabaseArn } from '../../arn.ts';
import { AwsError } from '../../errors.ts';
import { defineOperation } from '../../query/operation.ts';
import { renderInstance } from '../instance.ts';
import { availableSource, beginCreation, freeIdentifier } from './creation.ts';
import { SETTINGS, wantedOf } from './wanted.ts';

export const createDBInstanceReadReplica = defineOperation({
  name: 'CreateDBInstanceReadReplica',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    SourceDBInstanceIdentifier: z.string(),
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
    const wanted = { ...wantedOf(identifier, input), backupRetentionDays: 0 };
    const instance = beginCreation(world, region, wanted, source, { kind: 'replica', source: named });
    return { DBInstance: renderInstance(state, instance, world.clock.now()) };
  },
});
