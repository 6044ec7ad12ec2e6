import type { EventOf, IncidentEvent } from './events.ts';
import type { Plan } from './plan.ts';
import type { RunState } from './run-state.ts';

/** The data loss of a run as its own steps have it. */
export interface Loss {
  /** Upper bound in seconds; 0 when the replica had received every write; undefined: not known. */
  lossSeconds?: number;
  /** How `lossSeconds` is known. */
  lossSource?: 'every write was received' | 'from the write positions sampled before the outage';
}

/** The loss of the run whose promotion was carried out: what was lost was lost then, whatever a later run predicts. */
export interface PromotedLoss extends Loss {
  runId: string;
}

/** The action that promotes a replica. */
export const PROMOTION = 'rds.promote-replica';

/** The action that moves a global cluster and loses nothing. */
const SWITCHOVER = 'rds.switchover-global-cluster';

const MOVES: ReadonlySet<string> = new Set([PROMOTION, SWITCHOVER, 'rds.failover-global-cluster']);

/** Whether a step makes another database the one that takes writes: by a promotion, or as a global cluster does. */
export function movesWrites({ uses }: { uses: string }): boolean {
  return MOVES.has(uses);
}

/** Whether a step moves writes so that none is lost, and the service itself stops the old writer. */
export function isSwitchover({ uses }: { uses: string }): boolean {
  return uses === SWITCHOVER;
}

/** Whether a step moves a global cluster, whose old region RDS itself makes follow again. */
export function movesGlobalCluster(step: { uses: string }): boolean {
  return movesWrites(step) && step.uses !== PROMOTION;
}

/** Whether a plan promotes a replica or moves a global cluster, or finds that done. */
export function promotes({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.some((step) => movesWrites(step) && step.included);
}

/** Where a plan promotes: the other region, and on the way back the original one. */
export function promotedRegion({ steps, system }: Pick<Plan, 'steps' | 'system'>): string {
  const [first] = steps.find((step) => movesWrites(step) && step.included)?.dependsOn ?? [];
  return first?.region ?? system.database.replica.region;
}

/** What a run loses if its promotion is carried out, as far as its steps have come. */
export function lossOf(plan: Plan, run: RunState): Loss {
  const outputsOf = (action: string) => {
    const step = plan.steps.find(({ uses }) => uses === action);
    const state = step && run.steps[step.id];
    return state?.status === 'succeeded' ? (state.outputs ?? {}) : undefined;
  };
  if (outputsOf('postgres.catch-up') || outputsOf(SWITCHOVER))
    return { lossSeconds: 0, lossSource: 'every write was received' };
  const seconds = outputsOf('postgres.predicted-loss')?.lossSeconds;
  if (typeof seconds !== 'number') return {};
  return { lossSeconds: seconds, lossSource: 'from the write positions sampled before the outage' };
}

type OfPromotion = EventOf<'step.cleared'> | EventOf<'step.succeeded'> | EventOf<'step.failed'>;

/**
 * Whose loss counts after an event of a run, given the run with the event folded in. A promotion that may have acted
 * counts until another one is known to have; one that found nothing to do does not.
 */
export function promotedLossAfter(
  before: PromotedLoss | undefined,
  plan: Plan | undefined,
  run: RunState | undefined,
  event: IncidentEvent,
): PromotedLoss | undefined {
  if (!plan || !run || !isOfPromotion(plan, event)) return before;
  const now = { runId: run.id, ...lossOf(plan, run) };
  if (event.type === 'step.cleared') return before ?? now;
  if (event.changes.length > 0) return now;
  const foundDone = event.type === 'step.succeeded' && event.attempt === 1;
  return foundDone && before?.runId === run.id ? undefined : before;
}

function isOfPromotion({ steps }: Plan, event: IncidentEvent): event is OfPromotion {
  if (event.type !== 'step.cleared' && event.type !== 'step.succeeded' && event.type !== 'step.failed') return false;
  const step = steps.find(({ id }) => id === event.step);
  return step !== undefined && movesWrites(step);
}
