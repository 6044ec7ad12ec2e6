import { InvalidInput } from '../domain/errors.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import { promotedRegion, promotes } from '../domain/promoted-loss.ts';
import type { System } from '../domain/system.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { newestIncidentOf } from './find.ts';

/** The newest incident of a system, where its run has promoted the replica. */
export async function movedBy(
  { journal }: Pick<UseCaseDependencies, 'journal'>,
  system: string,
): Promise<IncidentState | undefined> {
  const state = await newestIncidentOf(journal, system);
  const plan = planOf(state ?? { plans: [] }, state?.run?.planId)?.plan;
  return state && plan && promotes(plan) && hasDoneIrreversible(state) ? state : undefined;
}

/** Throws InvalidInput for any region but the replica's. The runbook promotes that: in any other region it would page people for a plan that can never work. */
export function requireRegion(
  system: System,
  input: { system: string; to?: string | undefined },
  moved: IncidentState | undefined,
): void {
  const { replica, primary } = system.database;
  if (input.to === undefined || input.to === replica.region) return;
  // Until somebody has edited system.yaml after a move, it has both databases the wrong way round.
  const movedPlan = planOf(moved ?? { plans: [] }, moved?.run?.planId)?.plan;
  const promotedIn = movedPlan && promotedRegion(movedPlan);
  if (input.to === primary.region && promotedIn === replica.region) {
    throw new InvalidInput(
      'system.moved',
      `${moved?.run?.id} has moved ${input.system} to ${promotedIn}, and ${primary.region} holds only the old primary (${primary.instance}), which nothing fills any more. To go back: \`/dr run ${input.system}/failback\`. Where there is no such runbook, create a replica there, name both databases anew in system.yaml, and restart Lifeboat.`,
    );
  }
  const why =
    input.to === primary.region
      ? `As system.yaml has it, ${input.to} is where the primary database of ${input.system} is, so there is nothing to promote there`
      : `${input.system} is not prepared for ${input.to}`;
  throw new InvalidInput(
    'system.region',
    `${why}. It can go to ${replica.region}, where system.yaml has its replica (${replica.instance}).`,
  );
}
