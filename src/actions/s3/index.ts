import type { Clients } from '../../adapters/index.ts';
import type { Action } from '../../domain/action.ts';
import { latestBackup } from './latest-backup.ts';

/** Actions on s3. A new one is a file and a line here. */
export const s3Actions = (clients: Clients): Action[] => [latestBackup(clients)];
