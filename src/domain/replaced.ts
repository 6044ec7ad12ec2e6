import { mayHaveActed } from './may-have-acted.ts';
import type { Plan } from './plan.ts';
import { type RunState, stepOf } from './run-state.ts';
import type { Runbook } from './runbook.ts';
import { nestedRunbooks, stepsOf } from './runbook-graph.ts';

/** Actions by which a restored database takes the place of the old one. */
const TAKES_PLACE = ['rds.rename-instance', 'k8s.patch-secret'];

interface Fencing {
  uses: string;
  with: { replacing?: unknown };
}

/** Whether a step stops writes on a primary that is to be replaced by one which is restored beside it: nothing is promoted. */
export function fencesToReplace({ uses, with: given }: Fencing): boolean {
  return uses === 'postgres.fence' && given.replacing === true;
}

/** Whether a runbook, or one that it nests, puts a restored database in the place of the primary. */
export function restoresPrimary(runbook: Runbook, runbooks: Readonly<Record<string, Runbook>>): boolean {
  return [runbook, ...nestedRunbooks(runbook, runbooks).flatMap((name) => runbooks[name] ?? [])]
    .flatMap(stepsOf)
    .some(({ step }) => fencesToReplace(step));
}

/**
 * Whether a run that stops writes on a database in order to replace it by a restored one has begun to: from then on the
 * old one is not to take writes any more, although all of that can be taken back. Pure.
 */
export function mayHaveReplaced({ steps }: Pick<Plan, 'steps'>, run: RunState): boolean {
  return (
    steps.some(fencesToReplace) &&
    steps.some(({ id, uses }) => TAKES_PLACE.includes(uses) && mayHaveActed(stepOf(run, id)))
  );
}
