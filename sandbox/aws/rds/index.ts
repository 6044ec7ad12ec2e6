import { AwsError } from '../errors.ts';
import type { QueryService } from '../query/operation.ts';
import { backupOperations } from './backups/index.ts';
import { describeDBClusters, describeGlobalClusters } from './describe-db-clusters.ts';
import { describeDBInstances } from './describe-db-instances.ts';
import { describeEvents } from './describe-events.ts';
import { failoverDBCluster } from './failover-db-cluster.ts';
import { failoverGlobalCluster, switchoverGlobalCluster } from './failover-global-cluster.ts';
import { promoteReadReplica } from './promote-read-replica.ts';
import { rebootDBInstance } from './reboot-db-instance.ts';

export const rds: QueryService = {
  name: 'rds',
  signingName: 'rds',
  version: '2014-10-31',
  namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
  operations: [
    describeDBClusters,
    describeDBInstances,
    describeEvents,
    describeGlobalClusters,
    failoverDBCluster,
    failoverGlobalCluster,
    promoteReadReplica,
    rebootDBInstance,
    switchoverGlobalCluster,
    ...backupOperations,
  ],
  invalidParameter: (path, missing, complaint) =>
    missing
      ? new AwsError('MissingParameter', `The request must contain the parameter ${path}.`)
      : new AwsError('InvalidParameterValue', `The parameter ${path} is not valid: ${complaint}.`),
};
