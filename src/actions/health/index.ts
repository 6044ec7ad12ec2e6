import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { region } from './region.ts';

/** Actions on AWS's own status. A new one is a file and a line here. */
export const healthActions = (clients: Clients): Action[] => [region(clients)];
