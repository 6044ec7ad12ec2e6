import { approvalUnderWay } from '../../src/domain/approval.ts';
import { type IncidentState, planOf, type RunState } from '../../src/domain/incident-state.ts';
import { questionsOf } from '../../src/domain/questions.ts';
import { hasRecovered } from '../../src/domain/recovery.ts';
import { askAgain } from '../../src/domain/start-line.ts';
import type { PlanPicture, RecoveryPicture, RunPicture } from '../control/wire.ts';

/** What people have to decide in an incident, and what they have decided; `now` in world time. Pure. */
export function decisionsOf(state: IncidentState, now: number): Pick<RecoveryPicture, 'plan' | 'planFailure' | 'run'> {
  const { run, planFailure } = state;
  const newest = planPicture(state, now);
  return {
    ...(newest && { plan: newest }),
    ...(!newest && planFailure && { planFailure: planFailure.error.message }),
    ...(run && { run: runPicture(state, run) }),
  };
}

function planPicture({ plans, run, system }: IncidentState, now: number): PlanPicture | undefined {
  const newest = plans.at(-1);
  if (!newest) return undefined;
  const { plan, status, overrides = [] } = newest;
  const approval = approvalUnderWay(newest, now);
  const aborts = status === 'awaiting approval' && run && run.status !== 'finished' ? run.id : undefined;
  return {
    id: plan.id,
    status,
    requestedBy: plan.requestedBy,
    ...(plan.undoOf === undefined && { again: askAgain(system, plan) }),
    ...(approval && { approvingBy: approval.by }),
    ...(overrides.length > 0 && { overriddenBy: [...new Set(overrides.map(({ by }) => by))] }),
    ...(aborts !== undefined && { aborts }),
  };
}

function runPicture(state: IncidentState, run: RunState): RunPicture {
  const [asking] = questionsOf(state);
  const plan = planOf(state, run.planId)?.plan;
  const { abortWindow: window } = run;
  const begins =
    run.status === 'running' && window?.closed === false
      ? plan?.steps.find(({ id }) => id === window.step)?.title
      : undefined;
  return {
    planId: run.planId,
    status: run.status,
    ...(run.status === 'finished' && { recovered: hasRecovered(state) }),
    ...(run.finishedAt !== undefined && { endedAt: run.finishedAt }),
    ...(asking && { question: asking.text }),
    ...(run.status === 'paused' && whatFor(run)),
    ...(begins !== undefined && { begins }),
    ...(plan?.undoOf !== undefined && { undoOf: plan.undoOf }),
  };
}

/** A failed step comes before a hold: whoever resumes the run finds it paused by that. */
function whatFor({ steps }: RunState): Pick<RunPicture, 'waitsFor' | 'overrideBy'> {
  const failed = Object.values(steps).filter(({ status }) => status === 'failed');
  const asked = failed.find(({ overrideRequest }) => overrideRequest)?.overrideRequest;
  if (asked) return { waitsFor: 'second name', overrideBy: asked.by };
  return { waitsFor: failed.length > 0 ? 'decision' : 'resume' };
}
