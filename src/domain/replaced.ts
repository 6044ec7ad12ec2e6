import { mayHaveActed } from './may-have-acted.ts';
import type { Plan } from './plan.ts';
import { type RunState, stepOf } from './run-state.ts';

/** Actions by which a restored database takes the place of the old one. */
const TAKES_PLACE = ['rds.rename-instance', 'k8s.patch-secret'];

/**
 * Whether a run that stops writes on a database in order to replace it by a restored one has begun to: from then on the
 * old one is not to take writes any more, although all of that can be taken back. Pure.
 */
export function mayHaveReplaced({ steps }: Pick<Plan, 'steps'>, run: RunState): boolean {
  const replaces = steps.some(({ uses, with: given }) => uses === 'postgres.fence' && given.replacing === true);
  return replaces && steps.some(({ id, uses }) => TAKES_PLACE.includes(uses) && mayHaveActed(stepOf(run, id)));
}
