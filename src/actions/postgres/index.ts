import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { catchUp } from './catch-up.ts';
import { fence } from './fence.ts';
import { predictedLoss } from './predicted-loss.ts';
import { unfence } from './unfence.ts';
import { writeProbe } from './write-probe.ts';

/** Actions on postgres. A new one is a file and a line here. */
export const postgresActions = (clients: Clients): Action[] => [
  catchUp(clients),
  fence(clients),
  predictedLoss(clients),
  unfence(clients),
  writeProbe(clients),
];
