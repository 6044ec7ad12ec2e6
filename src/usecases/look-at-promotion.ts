import type { Action, ObserveContext } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import { afterPromotion, finishFailover, promotingPlan, SEEN_PROMOTED, SHOWS_WITHIN } from '../domain/promoted.ts';
import { promotedInstance } from '../domain/promoted-instance.ts';
import { PROMOTION } from '../domain/promoted-loss.ts';
import { fencesToReplace } from '../domain/replaced.ts';
import { unsettledSince } from '../domain/undo.ts';
import { lookAt, type ObservationDeadline } from './observe-step.ts';

/** World milliseconds after which a promotion that is under way is worth another look. */
const LOOK_AGAIN = 60_000;

/** Where a plan that undoes a run looks: the run, its plan, and what the live state is read with. */
export interface PromotionLook {
  plan: Plan;
  run: RunState;
  actions: ReadonlyMap<string, Action>;
  context: ObserveContext;
  deadline: ObservationDeadline;
}

/**
 * Whether the replica is a primary now, as the service says it; false also where it does not answer, since each undo of a
 * fence looks again directly before it acts. Throws InvalidInput `undo.unsettled` while a promotion that the run began may
 * still come through: until when stands in its sentence.
 */
export async function seesPromoted({ plan, run, actions, context, deadline }: PromotionLook): Promise<boolean> {
  const action = actions.get(PROMOTION);
  // A fence before a restore follows from no promotion.
  const concerns = plan.steps.some(
    (step) => step.included && (step.uses === PROMOTION || (step.uses === 'postgres.fence' && !fencesToReplace(step))),
  );
  if (!action || !concerns) return false;
  const { region, instance } = promotedInstance(plan, run);
  const look = await lookAt(action, action.input.parse({ region, instance }), context, deadline);
  if (look.kind !== 'observed') return false;
  const { facts, measurements } = look.observed;
  if (facts.replicaOf === '') return true;
  const since = unsettledSince(plan, run);
  if (since === undefined) return false;
  const now = context.clock.now();
  const isWorking = measurements.status !== 'available';
  const until = isWorking ? now + LOOK_AGAIN : since + SHOWS_WITHIN;
  if (until <= now) return false;
  const is = isWorking
    ? `is ${typeof measurements.status === 'string' ? measurements.status : 'being changed'}`
    : 'may still become a primary';
  throw new InvalidInput(
    'undo.unsettled',
    `A promotion of ${instance} was begun and it ${is}, so it is not known what may be undone: ask again in a minute, after ${new Date(until).toISOString().slice(11, 19)} UTC.`,
  );
}

/** That nothing is left to undo since the replica is a primary, and the way on. */
export function nothingAfterPromotion(state: IncidentState, plan: Plan): InvalidInput {
  const { instance } = promotedInstance(
    promotingPlan(state) ?? plan,
    plan.undoOf === undefined ? state.run : undefined,
  );
  const onward = finishFailover(state) ?? afterPromotion(state);
  return new InvalidInput(
    SEEN_PROMOTED,
    `Nothing of ${state.run?.id} is to be undone: ${instance} is a primary now. ${onward}`,
  );
}
