import { describe, expect, test } from '@jest/globals';
import { decisionsOf } from '../../../sandbox/measurements/decisions.ts';
import type { IncidentEvent } from '../../../src/domain/events.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted, stateAfter } from '../../support/incident.ts';

const NOW = DETECTED + 130_000;
const RUN = 'INC-1.r1';
const asks = plannedStep('sign-in', { uses: 'manual.confirm', with: { question: 'Does sign-in work?' } });
const created: IncidentEvent = { type: 'plan.created', plan: planWith([asks]) };
const started: IncidentEvent = {
  type: 'step.started',
  runId: RUN,
  step: 'sign-in',
  attempt: 1,
  operationId: `${RUN}.sign-in`,
};
const finished = (outcome: 'recovered' | 'recovered with exceptions' | 'aborted'): IncidentEvent => ({
  type: 'run.finished',
  runId: RUN,
  outcome,
  exceptions: [],
});
const plan = { id: 'INC-1.p1', requestedBy: 'U0REQUESTER' };

describe('what people decide on', () => {
  test('is nothing before there is a plan', () => {
    expect(decisionsOf(stateAfter(declared), NOW)).toEqual({});
  });

  test('is told with its reason when no plan could be made, as long as there is none', () => {
    const failed: IncidentEvent = {
      type: 'plan.failed',
      planId: 'INC-1.p1',
      by: 'U0REQUESTER',
      error: { code: 'test.failed', message: 'Nothing answers.' },
    };

    expect(decisionsOf(stateAfter(declared, failed), NOW)).toEqual({ planFailure: 'Nothing answers.' });
    expect(decisionsOf(stateAfter(declared, failed, created), NOW)).toEqual({
      plan: { ...plan, status: 'awaiting approval' },
    });
  });

  test('is the newest plan, and the run with its question', () => {
    const running = stateAfter(declared, created, approved, runStarted);
    const asking = stateAfter(declared, created, approved, runStarted, started);
    const answered = stateAfter(declared, created, approved, runStarted, started, {
      type: 'step.answered',
      runId: RUN,
      step: 'sign-in',
      by: 'U0APPROVER',
      confirmed: true,
    });

    expect(decisionsOf(running, NOW)).toEqual({
      plan: { ...plan, status: 'approved' },
      run: { planId: 'INC-1.p1', status: 'running' },
    });
    expect(decisionsOf(asking, NOW).run).toEqual({
      planId: 'INC-1.p1',
      status: 'running',
      question: 'Does sign-in work?',
    });
    expect(decisionsOf(answered, NOW).run).toEqual({ planId: 'INC-1.p1', status: 'running' });
  });

  test.each([
    ['recovered', true],
    ['recovered with exceptions', true],
    ['aborted', false],
  ] as const)('a run that is %s has brought the system back: %s', (outcome, recovered) => {
    const state = stateAfter(declared, created, approved, runStarted, finished(outcome));

    expect(decisionsOf(state, NOW).run).toEqual({
      planId: 'INC-1.p1',
      status: 'finished',
      recovered,
      endedAt: state.run?.finishedAt,
    });
    expect(state.run?.finishedAt).toBeGreaterThan(0);
  });
});
