import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { shiftTraffic } from './shift-traffic.ts';
import { targetHealth } from './target-health.ts';

/** Actions on elbv2. A new one is a file and a line here. */
export const elbv2Actions = (clients: Clients): Action[] => [shiftTraffic(clients), targetHealth(clients)];
