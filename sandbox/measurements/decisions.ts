import { approvalUnderWay } from '../../src/domain/approval.ts';
import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import { isRecovered } from '../../src/domain/outcome.ts';
import type { RecoveryPicture } from '../control/wire.ts';

/** What people have to decide in an incident, and what they have decided; `now` in world time. Pure. */
export function decisionsOf(state: IncidentState, now: number): Pick<RecoveryPicture, 'plan' | 'planFailure' | 'run'> {
  const { run, planFailure } = state;
  const newest = state.plans.at(-1);
  const approval = newest && approvalUnderWay(newest, now);
  const question = questionOf(state);
  return {
    ...(newest && {
      plan: {
        id: newest.plan.id,
        status: newest.status,
        requestedBy: newest.plan.requestedBy,
        ...(approval && { approvingBy: approval.by }),
      },
    }),
    ...(!newest && planFailure && { planFailure: planFailure.error.message }),
    ...(run && {
      run: {
        planId: run.planId,
        status: run.status,
        ...(run.status === 'finished' && { recovered: isRecovered(run), endedAt: run.finishedAt }),
        ...(question !== undefined && { question }),
      },
    }),
  };
}

/** What a step that waits for a person's answer asks; its title where it has no words of its own. */
function questionOf(state: IncidentState): string | undefined {
  const step = planOf(state, state.run?.planId)?.plan.steps.find(({ id, uses }) => {
    const now = state.run?.steps[id];
    return uses === 'manual.confirm' && now?.status === 'running' && !now.answer;
  });
  return step && (typeof step.with.question === 'string' ? step.with.question : step.title);
}
