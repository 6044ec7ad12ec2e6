import { type RunState, type StepState, stepOf } from './incident-state.ts';
import type { Plan, PlannedStep } from './plan.ts';

/** Statuses of a step that is over, so that what needs it may start. */
export const ENDED: ReadonlySet<StepState['status']> = new Set(['succeeded', 'skipped', 'left out']);

/**
 * Steps that may start now: nothing they need is unended, their group has room, and the run is neither paused, aborting
 * nor finished. An irreversible step also waits for the abort window.
 */
export function readySteps(plan: Plan, run: RunState): PlannedStep[] {
  if (run.status !== 'running') return [];
  const room = roomInGroups(plan, run);
  return waitingSteps(plan, run).filter((step) => {
    if (mayActForGood(step) && !isWindowPassed(plan, run)) return false;
    const left = step.group && (room.get(step.group.id) ?? 0);
    if (left === undefined || step.group === undefined) return true;
    room.set(step.group.id, left - 1);
    return left > 0;
  });
}

/** The irreversible step before which the abort window is to be opened now; undefined: none, or it was opened before. */
export function windowToOpen(plan: Plan, run: RunState): PlannedStep | undefined {
  if (run.status !== 'running' || run.abortWindow || isWindowPassed(plan, run)) return undefined;
  return waitingSteps(plan, run).find(mayActForGood);
}

/** Whether a step does something that cannot be taken back: what the plan found done already does nothing. */
function mayActForGood({ effect, changes, observation }: PlannedStep): boolean {
  return effect === 'irreversible' && (changes.length > 0 || observation.state !== 'observed');
}

/** Whether irreversible steps need not wait: there is no window, it has closed, or one has begun before. */
function isWindowPassed(plan: Plan, run: RunState): boolean {
  if (!plan.abortWindowSeconds || run.abortWindow?.closed) return true;
  return plan.steps.some(({ id, effect }) => effect === 'irreversible' && stepOf(run, id).attempts > 0);
}

/** Steps that wait for nothing but permission to start. */
function waitingSteps(plan: Plan, run: RunState): PlannedStep[] {
  const isOver = overIn(plan, run);
  return plan.steps.filter(({ id, needs }) => run.steps[id]?.status === 'waiting' && needs.every(isOver));
}

/**
 * Whether what needs a step may go on: it has ended, and, where it was left out, so has everything that it would have
 * waited for. A step may be left out from the start, or while those before it still run: a promotion that comes after
 * a graceful wait must still not begin before the fence that comes before that wait.
 */
function overIn({ steps: planned }: Plan, { steps }: RunState): (id: string) => boolean {
  let needsOf: ReadonlyMap<string, readonly string[]> | undefined;
  const known = new Map<string, boolean>();
  const isOver = (id: string): boolean => {
    const status = steps[id]?.status ?? 'waiting';
    if (status !== 'left out') return ENDED.has(status);
    const before = known.get(id);
    if (before !== undefined) return before;
    needsOf ??= new Map(planned.map((step) => [step.id, step.needs]));
    const over = (needsOf.get(id) ?? []).every(isOver);
    known.set(id, over);
    return over;
  };
  return isOver;
}

/** How many more steps of each group may start; one that backs off keeps its place. */
function roomInGroups(plan: Plan, run: RunState): Map<string, number> {
  const room = new Map<string, number>();
  for (const { id, group } of plan.steps) {
    if (!group) continue;
    const left = room.get(group.id) ?? group.limit;
    const { status } = stepOf(run, id);
    room.set(group.id, status === 'running' || status === 'backing off' ? left - 1 : left);
  }
  return room;
}

/** True when every step has ended, so that the run can finish. */
export function isComplete(run: RunState): boolean {
  return Object.values(run.steps).every(({ status }) => ENDED.has(status));
}

/** The longest chain of needs by expected seconds: ids in order, and its length. */
export function criticalPath(
  steps: readonly Pick<PlannedStep, 'id' | 'needs' | 'included'>[],
  seconds: (id: string) => number,
): { path: string[]; seconds: number } {
  const longest = new Map<string, { path: string[]; seconds: number }>();
  for (const { id, needs, included } of steps) {
    const before = needs
      .map((need) => longest.get(need))
      .filter((chain) => chain !== undefined)
      .reduce((best, chain) => (chain.seconds > best.seconds ? chain : best), { path: [] as string[], seconds: 0 });
    longest.set(id, included ? { path: [...before.path, id], seconds: before.seconds + seconds(id) } : before);
  }
  return [...longest.values()].reduce((best, chain) => (chain.seconds > best.seconds ? chain : best), {
    path: [] as string[],
    seconds: 0,
  });
}
