import type { JsonObject } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { instanceName } from '../domain/instance-name.ts';
import type { Plan } from '../domain/plan.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import { goOnLine, PROMOTED_PARAMETER } from '../domain/promoted.ts';
import { type PromotedInstance, promotedInstance } from '../domain/promoted-instance.ts';
import { movesGlobalCluster, promotes } from '../domain/promoted-loss.ts';
import { FAILOVER_RUNBOOK } from '../domain/start-line.ts';
import type { System } from '../domain/system.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { newestIncidentOf } from './find.ts';

/** A promotion that was carried out, and that nobody has undone since: nothing can. */
export interface Moved {
  runId: string;
  plan: Plan;
  /** Where writes go since. */
  to: PromotedInstance;
}

/** The newest promotion of a system, in whichever incident it was. */
export async function movedBy(
  { journal }: Pick<UseCaseDependencies, 'journal'>,
  system: string,
): Promise<Moved | undefined> {
  let state = await newestIncidentOf(journal, system);
  while (state) {
    const moved = movedIn(state);
    if (moved) return moved;
    const before = await journal.newestIncident(system, state.id);
    state = before === undefined ? undefined : await journal.state(before);
  }
  return undefined;
}

/** The same of one incident. Pure. */
export function movedIn(state: IncidentState): Moved | undefined {
  const { run, plans, promotedLoss } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (run && plan && promotes(plan) && hasDoneIrreversible(state)) {
    return { runId: run.id, plan, to: promotedInstance(plan, run) };
  }
  // Another run came after it, of which only the plan is left.
  if (!promotedLoss || promotedLoss.runId === run?.id) return undefined;
  const number = Number(promotedLoss.runId.slice(promotedLoss.runId.lastIndexOf('.r') + 2));
  const earlier = plans.filter(({ status }) => status === 'approved')[number - 1]?.plan;
  return earlier && { runId: promotedLoss.runId, plan: earlier, to: promotedInstance(earlier) };
}

type Named = Pick<RunbookSummary, 'params' | 'nests'> & { name: string };

/** Whether a runbook chooses by itself what it promotes: the failover, one that nests it, or one that asks for the instance. */
export function mayPromoteAnother(runbook: Named): boolean {
  return failsOver(runbook) || Object.hasOwn(runbook.params, PROMOTED_PARAMETER);
}

function failsOver({ name, nests = [] }: Pick<Named, 'name' | 'nests'>): boolean {
  return name === FAILOVER_RUNBOOK || nests.includes(FAILOVER_RUNBOOK);
}

/**
 * Throws InvalidInput where a runbook would promote another instance than an earlier run did: there would be two
 * primaries. Once system.yaml names other databases than that run knew, somebody has decided anew. Pure.
 */
export function assertOnePrimary(
  system: System,
  { runbook, params }: { runbook: Named; params: JsonObject },
  moved: Moved | undefined,
): void {
  if (!moved || !hasSameDatabases(system, moved.plan.system)) return;
  const { runId, plan, to } = moved;
  const { primary, replica } = system.database;
  if (!mayPromoteAnother(runbook)) return;
  // What a nested failover promotes, no parameter of the runbook around it says.
  const isAsked = !failsOver(runbook);
  const wanted = isAsked ? params[PROMOTED_PARAMETER] : replica.instance;
  const isThere = (one: PromotedInstance) => one.instance === to.instance && one.region === to.region;
  if (isThere(primary) || (isAsked ? wanted === to.instance : isThere(replica))) return;
  const onward = isAsked ? { ...plan, runbook: runbook.name, params: { [PROMOTED_PARAMETER]: '' } } : plan;
  const line = goOnLine(onward, to.instance);
  throw new InvalidInput(
    'system.promoted',
    `${runId} has promoted ${instanceName(to)}, so promoting another replica would make two primaries. To go on from there: \`${line}\`. Once it is to stay the primary, name it in system.yaml and restart Lifeboat.`,
  );
}

/** Whether primary and replica are the same in both. Pure. */
export function hasSameDatabases(one: System, other: System): boolean {
  const names = ({ database: { primary, replica } }: System) => `${instanceName(primary)}, ${instanceName(replica)}`;
  return names(one) === names(other);
}

/** Throws InvalidInput for any region but the replica's. The runbook promotes that: in any other region it would page people for a plan that can never work. */
export function requireRegion(
  system: System,
  input: { system: string; to?: string | undefined },
  moved: Moved | undefined,
): void {
  const { replica, primary } = system.database;
  if (input.to === undefined || input.to === replica.region) return;
  // Until somebody has edited system.yaml after a move, it has both databases the wrong way round.
  const promotedIn = moved?.to.region;
  if (input.to === primary.region && promotedIn === replica.region) {
    if (moved?.plan.steps.some((step) => movesGlobalCluster(step) && step.included)) {
      throw new InvalidInput(
        'system.moved',
        `${moved.runId} has moved ${input.system} to ${promotedIn}, and RDS has ${primary.region} follow as soon as it can. To go back: name both regions and both databases the other way round in system.yaml, restart Lifeboat, and start \`/dr failover ${input.system} --mode planned\`.`,
      );
    }
    throw new InvalidInput(
      'system.moved',
      `${moved?.runId} has moved ${input.system} to ${promotedIn}, and ${primary.region} holds only the old primary (${primary.instance}), which nothing fills any more. To go back: \`/dr run ${input.system}/failback\`. Where there is no such runbook, create a replica there, name both databases anew in system.yaml, and restart Lifeboat.`,
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
