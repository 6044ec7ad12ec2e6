import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { describeInstance } from './describe.ts';
import { promoteReplica } from './promote-replica.ts';

/** Actions on rds. A new one is a file and a line here. */
export const rdsActions = (clients: Clients): Action[] => [describeInstance(clients), promoteReplica(clients)];
