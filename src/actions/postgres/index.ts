import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { catchUp } from './catch-up.ts';
import { compareDatabase } from './compare.ts';
import { compareCounts } from './compare-counts.ts';
import { renameDatabaseAction } from './dump/rename-database.ts';
import { restoreDump } from './dump/restore-dump.ts';
import { fence } from './fence.ts';
import { fenced } from './fenced.ts';
import { integrity } from './integrity/index.ts';
import { measureDatabase } from './measure.ts';
import { predictedLoss } from './predicted-loss.ts';
import { proveConnections } from './prove-connections.ts';
import { recoveryPointsAction } from './recovery/index.ts';
import { replicated } from './replicated.ts';
import { unfence } from './unfence.ts';
import { validateApplication } from './validate-application.ts';
import { writeProbe } from './write-probe.ts';

/** Actions on postgres. A new one is a file and a line here. */
export const postgresActions = (clients: Clients): Action[] => [
  catchUp(clients),
  compareCounts(clients),
  compareDatabase(clients),
  fence(clients),
  fenced(clients),
  integrity(clients),
  measureDatabase(clients),
  predictedLoss(clients),
  recoveryPointsAction(clients),
  proveConnections(clients),
  renameDatabaseAction(clients),
  restoreDump(clients),
  replicated(clients),
  unfence(clients),
  validateApplication(clients),
  writeProbe(clients),
];
