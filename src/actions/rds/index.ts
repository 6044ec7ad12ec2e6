import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { awaitFailover } from './await-failover.ts';
import { createReplica } from './create-replica.ts';
import { createSnapshot } from './create-snapshot.ts';
import { declaredRoles } from './declared-roles.ts';
import { describeInstance } from './describe.ts';
import { diagnosePrimary } from './diagnose-primary.ts';
import { failoverCluster } from './failover-cluster.ts';
import { failoverGlobalCluster } from './failover-global-cluster.ts';
import { findEvent } from './find-event.ts';
import { healthiestReplica } from './healthiest-replica.ts';
import { latestRestorable } from './latest-restorable.ts';
import { promoteReplica } from './promote-replica.ts';
import { rebootWithFailover } from './reboot-with-failover.ts';
import { renameInstanceAction } from './rename-instance.ts';
import { restoreSnapshot } from './restore-snapshot.ts';
import { restoreToPointInTime } from './restore-to-point-in-time.ts';
import { findStandby } from './standby.ts';
import { standbyDatabase } from './standby-database.ts';
import { switchoverGlobalCluster } from './switchover-global-cluster.ts';

/** Actions on rds. A new one is a file and a line here. */
export const rdsActions = (clients: Clients): Action[] => [
  awaitFailover(clients),
  describeInstance(clients),
  diagnosePrimary(clients),
  failoverCluster(clients),
  failoverGlobalCluster(clients),
  findEvent(clients),
  healthiestReplica(clients),
  promoteReplica(clients),
  rebootWithFailover(clients),
  findStandby(clients),
  standbyDatabase(clients),
  switchoverGlobalCluster(clients),
  createReplica(clients),
  createSnapshot(clients),
  declaredRoles(clients),
  latestRestorable(clients),
  renameInstanceAction(clients),
  restoreSnapshot(clients),
  restoreToPointInTime(clients),
];
