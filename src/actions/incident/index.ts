import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { channels } from './channels.ts';
import { commander } from './commander.ts';

/** Actions on the people's side of an incident. A new one is a file and a line here. */
export const incidentActions = (clients: Clients): Action[] => [channels(clients), commander(clients)];
