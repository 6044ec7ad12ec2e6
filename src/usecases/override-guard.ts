import { mayDecide, mention } from '../domain/approval.ts';
import { InvalidInput } from '../domain/errors.ts';
import { APPROVAL_VALID } from '../domain/escalation.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, type PlanState, planNumber } from '../domain/incident-state.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import type { GuardVerdict, Plan } from '../domain/plan.ts';
import { impossibleSteps, openGuards } from '../domain/refused-plan.ts';
import { askAgain } from '../domain/start-line.ts';
import type { Access } from '../domain/system.ts';
import { waitingTimers } from '../domain/timer-decision.ts';
import type { Decision } from '../engine/ports.ts';
import { activeRun, requirePlan, requireRole } from './find.ts';
import type { Overridden, OverrideInput } from './override.ts';

/**
 * Pure: a commander passes a failed guard of a refused plan; with the last one the plan awaits approval by somebody else.
 * `now` in world time.
 */
export function decideGuardOverride(
  access: Access,
  state: IncidentState,
  { user, target, step, reason }: OverrideInput,
  now: number,
): { decision: Decision; overridden: Overridden } {
  const entry = requirePlan(state, target);
  const { plan, overrides = [] } = entry;
  requireRole(access, state.system, ['command'], user, 'override a guard');
  const standing = (): Overridden => ({
    kind: 'plan',
    open: openGuards(entry),
    mayApprove: approversOf(access, state, entry),
  });
  const isOpen = entry.status === 'refused' || entry.status === 'awaiting approval';
  const before = isOpen ? overrides.find((one) => one.step === step) : undefined;
  if (before?.by === user && (reason === undefined || reason !== before.reason)) {
    throw new InvalidInput(
      'override.again',
      `You already overrode ${step} of plan ${plan.id}, because: ${before.reason}. That reason stays in the record${secondName(approversOf(access, state, entry))}.`,
    );
  }
  if (before?.by === user) return { decision: { events: [] }, overridden: standing() };
  if (before) {
    const open = openGuards(entry);
    const next =
      open.length > 0
        ? `What still refuses it: ${open.join(', ')}.`
        : `It awaits approval: \`/dr approve ${plan.id}\`.`;
    throw new InvalidInput('override.late', `<@${before.by}> already overrode ${step} of plan ${plan.id}. ${next}`);
  }
  assertCanBeOverridden(state, entry, now, reason);
  const guard = requireFailedGuard(plan, step);
  if (reason === undefined) {
    throw new InvalidInput(
      'override.reason',
      `Say why ${step} may be passed: \`/dr override ${plan.id} ${step} --reason "…"\`.`,
    );
  }
  const measured = { planId: plan.id, step, by: user, reason, measured: guard.measured, limit: limitOf(guard) };
  const afterOverrideBy = (by: string): PlanState => ({ ...entry, overrides: [...overrides, { ...measured, by }] });
  const approversAfter = (by: string) => approversOf(access, state, afterOverrideBy(by));
  const after = afterOverrideBy(user);
  const mayApprove = approversAfter(user);
  if (mayApprove.length === 0) {
    const others = (access[state.system]?.command ?? []).filter((by) => approversAfter(by).length > 0);
    const hint =
      others.length > 0
        ? `somebody else must override it: ask ${mention(others)}`
        : withoutReplacing(access, state, after);
    throw new InvalidInput(
      'override.nobody-left',
      `If you override ${step}, nobody is left who may approve plan ${plan.id}; ${hint}.`,
    );
  }
  const open = openGuards(after);
  return {
    decision: {
      events: [{ type: 'plan.guard-overridden', ...measured }],
      arm: open.length === 0 ? waitingTimers(plan, now) : [],
    },
    overridden: { kind: 'plan', open, mayApprove },
  };
}

/** Where it is the run under way that needs one more commander: end that first. */
function withoutReplacing(access: Access, state: IncidentState, after: PlanState): string {
  const run = activeRun(state);
  const approvers = mayDecide(access, after);
  if (!run || approvers.length === 0) return 'access.yaml names too few people';
  return `abort ${run.id} first with \`/dr abort ${state.id}\`, then override it, and ${mention(approvers)} may approve`;
}

/** Who is the second name under an override: whoever approves the plan. */
function secondName(mayApprove: string[]): string {
  return `, and the second name is whoever approves the plan: ${mention(mayApprove)}`;
}

function approversOf(access: Access, state: IncidentState, entry: PlanState): string[] {
  return mayDecide(access, entry, { replaces: activeRun(state)?.id });
}

function assertCanBeOverridden(
  state: IncidentState,
  { plan, status }: PlanState,
  now: number,
  reason: string | undefined,
): void {
  // Whoever wrote it in a dialog would have to think of it again.
  const wrote = reason === undefined ? '' : ` You wrote: “${reason}”`;
  const newer = state.plans.findLast((entry) => planNumber(entry.plan.id) > planNumber(plan.id))?.plan.id;
  const again = newer ? `Look at ${newer} instead.` : `\`${askAgain(state.system, plan)}\` makes a new plan.`;
  if (state.status === 'resolved') {
    throw new InvalidInput(
      'override.resolved',
      `${state.id} is resolved, so plan ${plan.id} cannot be started any more.`,
    );
  }
  if (status === 'awaiting approval') {
    throw new InvalidInput(
      'override.not-refused',
      `Plan ${plan.id} awaits approval, and no guard refuses it: \`/dr approve ${plan.id}\`.`,
    );
  }
  if (status !== 'refused' || newer) {
    throw new InvalidInput(
      'override.late-plan',
      `Plan ${plan.id} is ${newer && status === 'refused' ? 'not the newest' : status}. ${again}${wrote}`,
    );
  }
  const [impossible] = impossibleSteps(plan);
  if (impossible) {
    throw new InvalidInput(
      'override.impossible',
      `“${impossible.title}” itself says that it cannot work, which no override changes: ${impossible.reason ?? 'it gives no reason.'}`,
    );
  }
  const age = now - plan.createdAt;
  if (age > APPROVAL_VALID) {
    throw new InvalidInput(
      'override.old',
      `What plan ${plan.id} was made from is ${formatSeconds(age / 1000)} old, too old to be signed for. ${again}`,
    );
  }
}

function requireFailedGuard({ id, guards }: Plan, step: string): GuardVerdict {
  const guard = guards.find((one) => one.step === step);
  const failed = guards.filter(({ passed }) => !passed).map((one) => one.step);
  if (guard && !guard.passed) return guard;
  if (guard) {
    throw new InvalidInput(
      'override.holds',
      `${step} of plan ${id} holds (${guard.measured}); what fails is ${failed.join(', ')}.`,
    );
  }
  const match = nearestOrBegun(step, failed);
  const hint = match ? `Did you mean ${match}?` : `What fails is ${failed.join(', ')}.`;
  throw new InvalidInput('override.unknown', `Plan ${id} has no guard “${step.slice(0, 60)}”. ${hint}`);
}

/** `lossSeconds <= 300` where the guard says what it needed, or else its condition. */
function limitOf({ reason, expression }: GuardVerdict): string {
  return /^Needed: (.+?)\.(?:\s|$)/.exec(reason ?? '')?.[1] ?? expression;
}
