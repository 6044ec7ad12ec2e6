import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { cluster } from './cluster.ts';

/** Actions on EKS. A new one is a file and a line here. */
export const eksActions = (clients: Clients): Action[] => [cluster(clients)];
