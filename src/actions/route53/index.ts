import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { controlPlane } from './control-plane.ts';
import { switchObject } from './switch-object.ts';
import { upsertRecords } from './upsert.ts';

/** Actions on route53. A new one is a file and a line here. */
export const route53Actions = (clients: Clients): Action[] => [
  controlPlane(clients),
  switchObject(clients),
  upsertRecords(clients),
];
