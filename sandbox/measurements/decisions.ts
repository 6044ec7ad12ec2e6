import { approvalUnderWay } from '../../src/domain/approval.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { questionOf, questionsOf } from '../../src/domain/questions.ts';
import { hasRecovered } from '../../src/domain/recovery.ts';
import type { RecoveryPicture } from '../control/wire.ts';

/** What people have to decide in an incident, and what they have decided; `now` in world time. Pure. */
export function decisionsOf(state: IncidentState, now: number): Pick<RecoveryPicture, 'plan' | 'planFailure' | 'run'> {
  const { run, planFailure } = state;
  const newest = state.plans.at(-1);
  const approval = newest && approvalUnderWay(newest, now);
  const [asking] = questionsOf(state);
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
        ...(run.status === 'finished' && { recovered: hasRecovered(state), endedAt: run.finishedAt }),
        ...(asking && { question: questionOf(asking) }),
      },
    }),
  };
}
