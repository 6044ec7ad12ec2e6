import type { Action } from '../../domain/action.ts';
import { choose } from './choose.ts';
import { confirm } from './confirm.ts';
import { fillIn } from './fill-in.ts';

/** Actions on manual. A new one is a file and a line here. */
export const manualActions = (): Action[] => [choose(), confirm(), fillIn()];
