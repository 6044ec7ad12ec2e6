import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { switchControls } from './switch.ts';

/** Actions on routing controls (ARC). A new one is a file and a line here. */
export const arcActions = (clients: Clients): Action[] => [switchControls(clients)];
