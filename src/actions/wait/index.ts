import type { Action } from '../../domain/action.ts';
import { until } from './until.ts';

/** Actions that only wait; `actions` gives all of them, once they are there. */
export const waitActions = (actions: () => ReadonlyMap<string, Action>): Action[] => [until(actions)];
