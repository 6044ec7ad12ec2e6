import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { lookUp } from '../../look-up.ts';
import { defineOperation } from '../../query/operation.ts';
import { findInstance } from '../instance.ts';
import { assertNoMember } from './cluster-member.ts';
import { newIdentifier } from './identifier.ts';
import { beginSnapshot, renderSnapshot, snapshotsOf } from './snapshot.ts';

export const createDBSnapshot = defineOperation({
  name: 'CreateDBSnapshot',
  mutating: true,
  input: z.object({ DBSnapshotIdentifier: z.string(), DBInstanceIdentifier: z.string() }),
  resource: ({ DBSnapshotIdentifier }) => DBSnapshotIdentifier,
  answer({ DBSnapshotIdentifier, DBInstanceIdentifier }, { world, region }) {
    const identifier = newIdentifier('DBSnapshotIdentifier', DBSnapshotIdentifier, 255);
    const instance = findInstance(world.state, region, DBInstanceIdentifier);
    assertNoMember(instance, 'snapshot');
    if (lookUp(snapshotsOf(world.state, region), identifier)) {
      const sentence = `Cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`;
      throw new AwsError('DBSnapshotAlreadyExists', sentence);
    }
    if (instance.status !== 'available') {
      const sentence = `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    const snapshot = beginSnapshot(world, instance, identifier);
    return { DBSnapshot: renderSnapshot(world.state, snapshot, world.clock.now()) };
  },
});
