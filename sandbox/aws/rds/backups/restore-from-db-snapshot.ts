import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { defineOperation } from '../../query/operation.ts';
import { renderInstance } from '../instance.ts';
import { beginCreation, freeIdentifier } from './creation.ts';
import { findSnapshot } from './snapshot.ts';
import { RESTORE_SETTINGS, wantedOf } from './wanted.ts';

const RETENTION_DEFAULT = 1;

export const restoreDBInstanceFromDBSnapshot = defineOperation({
  name: 'RestoreDBInstanceFromDBSnapshot',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    DBSnapshotIdentifier: z.string(),
    ...RESTORE_SETTINGS,
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer(input, { world, region }) {
    const identifier = freeIdentifier(world.state, region, 'DBInstanceIdentifier', input.DBInstanceIdentifier);
    const snapshot = findSnapshot(world.state, region, input.DBSnapshotIdentifier);
    if (snapshot.status !== 'available') {
      const sentence = `DBSnapshot ${snapshot.identifier} is not in available state. Its state is ${snapshot.status}.`;
      throw new AwsError('InvalidDBSnapshotState', sentence);
    }
    const like = { ...snapshot, backupRetentionDays: RETENTION_DEFAULT };
    const instance = beginCreation(world, region, wantedOf(identifier, input), like, {
      kind: 'copy',
      copy: snapshot.copy,
    });
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});
