import { type RunState, type StepState, stepOf } from './incident-state.ts';
import type { Plan, PlannedStep } from './plan.ts';

const ENDED: ReadonlySet<StepState['status']> = new Set(['succeeded', 'skipped', 'left out']);

/** Steps that may start now: nothing they need is unended, and the run is neither paused, aborting nor finished. */
export function readySteps(plan: Plan, run: RunState): PlannedStep[] {
  if (run.status !== 'running') return [];
  return plan.steps.filter(
    (step) => stepOf(run, step.id).status === 'waiting' && step.needs.every((id) => ENDED.has(stepOf(run, id).status)),
  );
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
