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
const plan = { id: 'INC-1.p1', requestedBy: 'U0REQUESTER', again: '/dr failover chatbot' };

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

  test('is who has to do what in a run that is paused, and what begins in a moment', () => {
    const running = [declared, created, approved, runStarted];
    const failed: IncidentEvent = {
      type: 'step.failed',
      runId: RUN,
      step: 'sign-in',
      attempt: 1,
      error: { code: 'approval.void', message: 'x' },
      changes: [],
      differences: [{ key: 'guard:x', sentence: 'x' }],
    };
    const asked: IncidentEvent = {
      type: 'step.override-requested',
      runId: RUN,
      step: 'sign-in',
      by: 'U0COMMANDER',
      reason: 'x',
      accepts: [{ key: 'guard:x', sentence: 'x' }],
    };
    const held: IncidentEvent = { type: 'run.pause-requested', runId: RUN, by: 'U0COMMANDER' };
    const opened: IncidentEvent = { type: 'run.abort-window-opened', runId: RUN, step: 'sign-in', until: NOW };
    const runAfter = (...events: IncidentEvent[]) => decisionsOf(stateAfter(...running, ...events), NOW).run;

    expect(runAfter(held)).toMatchObject({ status: 'paused', waitsFor: 'resume' });
    expect(runAfter(started, failed, held)).toMatchObject({ status: 'paused', waitsFor: 'decision' });
    expect(runAfter(started, failed, asked)).toMatchObject({ waitsFor: 'second name', overrideBy: 'U0COMMANDER' });
    expect(runAfter(opened)).toMatchObject({ status: 'running', begins: 'Do sign-in' });
    expect(runAfter(opened, { type: 'run.abort-window-closed', runId: RUN })).not.toHaveProperty('begins');
  });

  test('is a plan that aborts the run under way, and who may not approve it', () => {
    const again: IncidentEvent = { type: 'plan.created', plan: planWith([asks], { id: 'INC-1.p2' }) };

    expect(decisionsOf(stateAfter(declared, created, approved, runStarted, again), NOW).plan).toMatchObject({
      id: 'INC-1.p2',
      aborts: RUN,
    });
  });
});
