import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { httpCheck } from './check.ts';
import { httpJourney } from './journey.ts';

/** Actions on http. A new one is a file and a line here. */
export const httpActions = (clients: Clients): Action[] => [httpCheck(clients), httpJourney(clients)];
