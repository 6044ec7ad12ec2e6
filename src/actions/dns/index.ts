import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { dnsCheck } from './check.ts';

/** Actions on dns. A new one is a file and a line here. */
export const dnsActions = (clients: Clients): Action[] => [dnsCheck(clients)];
