import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { boolean } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { findInstance, renderInstance } from '../instance.ts';
import { assertNoMember } from './cluster-member.ts';
import { beginDeletion } from './deletion.ts';

export const deleteDBInstance = defineOperation({
  name: 'DeleteDBInstance',
  mutating: true,
  input: z.object({
    DBInstanceIdentifier: z.string(),
    SkipFinalSnapshot: boolean.optional(),
    FinalDBSnapshotIdentifier: z.string().optional(),
    DeleteAutomatedBackups: boolean.optional(),
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer({ DBInstanceIdentifier, SkipFinalSnapshot = false, FinalDBSnapshotIdentifier }, { world, region }) {
    const instance = findInstance(world.state, region, DBInstanceIdentifier);
    assertNoMember(instance, 'deletion');
    if (instance.deletionProtection ?? true) {
      const sentence = 'Cannot delete protected DB Instance, please disable deletion protection and try again.';
      throw new AwsError('InvalidParameterCombination', sentence);
    }
    if (instance.status === 'deleting') {
      throw new AwsError('InvalidDBInstanceState', `Instance ${instance.identifier} is already being deleted.`);
    }
    if (instance.status !== 'available') {
      const sentence = `Instance ${instance.identifier} cannot be deleted while it is ${instance.status}.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    if (instance.replicaSource === undefined && !SkipFinalSnapshot) {
      // Only replicas and what nobody wants to keep are deleted in a rehearsal.
      const sentence = FinalDBSnapshotIdentifier
        ? 'Final snapshots are not simulated: take one with CreateDBSnapshot first.'
        : 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.';
      throw new AwsError('InvalidParameterCombination', sentence);
    }
    beginDeletion(world, instance);
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});
