import { AwsError } from '../../errors.ts';
import type { RdsInstance } from '../state.ts';

/**
 * What RDS refuses for a member of a cluster, because it is the cluster's affair; and, in a sentence that says so, what the
 * simulated world does not do with members.
 */
const REFUSALS = {
  snapshot: [
    'InvalidParameterValue',
    'The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use the CreateDBClusterSnapshot API instead.',
  ],
  replica: [
    'InvalidParameterCombination',
    'The specified instance is a member of a cluster and a read replica of it cannot be created directly.',
  ],
  restore: [
    'InvalidParameterCombination',
    'The specified instance is a member of a cluster and cannot be restored directly. Please use the RestoreDBClusterToPointInTime API instead.',
  ],
  retention: [
    'InvalidParameterCombination',
    'The specified DB Instance is a member of a cluster. Modify backup retention period for the DB Cluster using the ModifyDbCluster API',
  ],
  rename: ['InvalidParameterCombination', 'Renaming members of a cluster is not simulated.'],
  deletion: ['InvalidParameterCombination', 'Deleting members of a cluster is not simulated.'],
} as const;

/** Throws, as RDS does, where this is nothing that a member of a cluster does by itself. */
export function assertNoMember({ cluster }: RdsInstance, wanted: keyof typeof REFUSALS): void {
  if (cluster === undefined) return;
  const [code, sentence] = REFUSALS[wanted];
  throw new AwsError(code, sentence);
}
