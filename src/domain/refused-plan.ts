import type { PlanState } from './incident-state.ts';
import type { GuardVerdict, Plan } from './plan.ts';

/** Steps whose failed guard still refuses a plan. */
export function openGuards({ plan, overrides = [] }: Pick<PlanState, 'plan' | 'overrides'>): string[] {
  const passed = new Set(overrides.map(({ step }) => step));
  return plan.guards.filter((guard) => !guard.passed && !passed.has(guard.step)).map(({ step }) => step);
}

/** How a commander passes the next guard that refuses a plan, as it is typed; undefined: nothing that can be passed does. */
export function overrideLine(entry: Pick<PlanState, 'plan' | 'overrides'>): string | undefined {
  const [open] = impossibleSteps(entry.plan).length > 0 ? [] : openGuards(entry);
  return open === undefined ? undefined : `\`/dr override ${entry.plan.id} ${open} --reason "…"\``;
}

/** A step that is no guard and said that it cannot work: nothing that anybody signs makes it. */
export function impossibleSteps({ guards, steps }: Plan): GuardVerdict[] {
  return guards.filter(
    ({ step, passed, reconciled }) =>
      !passed && !reconciled && steps.find(({ id }) => id === step)?.expect === undefined,
  );
}
