import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { alarm } from './alarm.ts';
import { logs } from './logs.ts';
import { metric } from './metric.ts';

/** Actions on CloudWatch. A new one is a file and a line here. */
export const cloudWatchActions = (clients: Clients): Action[] => [alarm(clients), logs(clients), metric(clients)];
