import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { createReplica } from './create-replica.ts';
import { createSnapshot } from './create-snapshot.ts';
import { describeInstance } from './describe.ts';
import { latestRestorable } from './latest-restorable.ts';
import { promoteReplica } from './promote-replica.ts';
import { renameInstanceAction } from './rename-instance.ts';
import { restoreSnapshot } from './restore-snapshot.ts';
import { restoreToPointInTime } from './restore-to-point-in-time.ts';

/** Actions on rds. A new one is a file and a line here. */
export const rdsActions = (clients: Clients): Action[] => [
  describeInstance(clients),
  promoteReplica(clients),
  createReplica(clients),
  createSnapshot(clients),
  latestRestorable(clients),
  renameInstanceAction(clients),
  restoreSnapshot(clients),
  restoreToPointInTime(clients),
];
