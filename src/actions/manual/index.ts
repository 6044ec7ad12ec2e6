import type { Action } from '../../domain/action.ts';
import { confirm } from './confirm.ts';

/** Actions on manual. A new one is a file and a line here. */
export const manualActions = (): Action[] => [confirm()];
