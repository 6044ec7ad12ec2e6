import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { patchStoredSecret } from './patch.ts';

/** Actions on secrets-manager. A new one is a file and a line here. */
export const secretsActions = (clients: Clients): Action[] => [patchStoredSecret(clients)];
