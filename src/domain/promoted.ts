import { type IncidentState, planOf } from './incident-state.ts';
import { isRecovered } from './outcome.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { promotedInstance } from './promoted-instance.ts';
import { movesWrites, PROMOTION, promotes } from './promoted-loss.ts';
import { FAILOVER_RUNBOOK, startLine } from './start-line.ts';

/** Code of the error of an undo that saw, before it touched anything, that the replica was promoted. */
export const TWO_PRIMARIES = 'unfence.two-primaries';

/** Code of the error of a plan that was to undo a run and saw that the replica was promoted. */
export const SEEN_PROMOTED = 'undo.promoted';

/** Action that makes a replica. */
const REPLICATION = 'rds.create-replica';

/**
 * World milliseconds after the last call of a promotion in which RDS may still call its instance an available replica,
 * although it has accepted the promotion. AWS names no figure: what it describes follows what it accepts within seconds.
 */
export const SHOWS_WITHIN = 60_000;

/**
 * Whether it is known that the replica of the system is a primary now: the newest run promoted it, or an undo or a plan of
 * this incident saw it so. It stays one: no action makes it a replica again. Pure.
 */
export function isPromoted({ run, plans, planFailure }: IncidentState): boolean {
  if (planFailure?.error.code === SEEN_PROMOTED) return true;
  if (plans.some(({ approval }) => approval?.failure?.code === SEEN_PROMOTED)) return true;
  const steps = planOf({ plans }, run?.planId)?.plan.steps ?? [];
  const came = steps.some((step) => movesWrites(step) && run?.steps[step.id]?.status === 'succeeded');
  const refused = Object.values(run?.steps ?? {}).some(({ errors }) =>
    errors.some(({ code }) => code === TWO_PRIMARIES),
  );
  return came || refused || plans.some(({ plan }) => sawPrimary(plan));
}

/** Whether a plan found the replica that it would promote to be a primary already. */
export function sawPrimary({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.some((step, index) => isPrimary(step) && !isMadeAnew(step, steps.slice(0, index)));
}

function isPrimary({ uses, observation }: PlannedStep): boolean {
  if (observation.state !== 'observed') return false;
  return uses === PROMOTION
    ? observation.facts.replicaOf === ''
    : movesWrites({ uses }) && observation.facts.moved === true;
}

/** Whether the plan itself puts a new replica where it saw another instance: what has the name now is not promoted. */
function isMadeAnew({ writes }: PlannedStep, before: readonly PlannedStep[]): boolean {
  return before.some((step) => step.uses === REPLICATION && step.writes.some((name) => writes.includes(name)));
}

/** The plan whose promotion the newest run carries out, or whose run it undoes; undefined where it promotes nothing. */
export function promotingPlan(state: Pick<IncidentState, 'plans' | 'run'>): Plan | undefined {
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!plan || plan.undoOf === undefined) return plan && promotes(plan) ? plan : undefined;
  return state.plans.findLast(({ plan: one }) => one.undoOf === undefined && promotes(one))?.plan;
}

/** Parameter of a runbook that goes on from a promotion: the instance that an earlier run has promoted. */
export const PROMOTED_PARAMETER = 'promoted';

/**
 * Where writes may go once the replica was promoted, and the way on, one sentence; undefined where nothing was, and where
 * the run itself goes on from there or has recovered.
 */
export function finishFailover(state: IncidentState): string | undefined {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan || !isPromoted(state)) return undefined;
  if (plan.undoOf !== undefined) {
    const first = run.status === 'finished' ? '' : 'abort this undo, then ';
    return onlyDatabase(state, `${first}${finishing(state)}`);
  }
  if (isRecovered(run)) return undefined;
  if (run.status === 'finished') return afterPromotion(state);
  const failed = plan.steps.find((step) => movesWrites(step) && run.steps[step.id]?.status === 'failed');
  return failed && onlyDatabase(state, `finish the failover with \`/dr retry ${run.id} ${failed.id}\``);
}

/** The same for the time after the run has ended. */
export function afterPromotion(state: IncidentState): string {
  return onlyDatabase(state, finishing(state));
}

/**
 * The command that goes on from a promotion. Another runbook would choose its replica anew, and `/dr failover` promotes
 * that of system.yaml: a second primary, wherever this one promoted another. Pure.
 */
export function goOnLine(plan: Plan, instance: string): string {
  const { runbook, params, systemName } = plan;
  const isTold = runbook !== FAILOVER_RUNBOOK && Object.hasOwn(params, PROMOTED_PARAMETER);
  const { verb, args } = startLine(systemName, { runbook, params: isTold ? { [PROMOTED_PARAMETER]: instance } : {} });
  return `/dr ${verb} ${args}`;
}

function finishing(state: IncidentState): string {
  const plan = promotingPlan(state) ?? planOf(state, state.run?.planId)?.plan;
  const line = plan ? goOnLine(plan, placeOf(state, plan).instance) : `/dr failover ${state.system}`;
  return `finish the failover with \`${line}\``;
}

function onlyDatabase(state: IncidentState, next: string): string {
  const plan = promotingPlan(state) ?? planOf(state, state.run?.planId)?.plan;
  if (!plan) return next;
  const { region, instance } = placeOf(state, plan);
  const { primary } = plan.system.database;
  // Within a region its name says nothing: the old primary is there as well.
  const where = region === primary.region ? `${instance} in ${region} is` : `${region} holds`;
  return `${where} the only database that may take writes: ${next}.`;
}

function placeOf({ run }: IncidentState, plan: Plan) {
  return promotedInstance(plan, run?.planId === plan.id ? run : undefined);
}
