import { describe, expect, test } from '@jest/globals';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { readySteps, windowToOpen } from '../../src/domain/scheduler.ts';
import { abortWindowTimer, timerDecision } from '../../src/domain/timer-decision.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const RUN = 'INC-1.r1';
const UNTIL = 1_000_000;

const promote = plannedStep('promote', { effect: 'irreversible' });
const plan = planWith([promote], { abortWindowSeconds: 10 });
const started = (...events: IncidentEvent[]) =>
  stateAfter(declared, { type: 'plan.created', plan }, approved, runStarted, ...events);
const opened: IncidentEvent = { type: 'run.abort-window-opened', runId: RUN, step: 'promote', until: UNTIL };

describe('the end of an abort window', () => {
  test('closes it when it is due', () => {
    expect(timerDecision(abortWindowTimer(RUN, UNTIL), started(opened), UNTIL + 1000)).toEqual({
      events: [{ type: 'run.abort-window-closed', runId: RUN }],
    });
  });

  test('opens it once more when every process was away, so that an abort has its time', () => {
    const late = UNTIL + 40_000;
    const decision = timerDecision(abortWindowTimer(RUN, UNTIL), started(opened), late);

    expect(decision).toEqual({
      events: [{ type: 'run.abort-window-opened', runId: RUN, step: 'promote', until: late + 10_000 }],
      arm: [abortWindowTimer(RUN, late + 10_000, true)],
    });
    const second = started(opened, ...decision.events);
    expect(timerDecision(abortWindowTimer(RUN, late + 10_000, true), second, late + 90_000).events).toEqual([
      { type: 'run.abort-window-closed', runId: RUN },
    ]);
  });

  test('brings nothing after an end of the run or a second firing', () => {
    const closed = started(opened, { type: 'run.abort-window-closed', runId: RUN });
    expect(timerDecision(abortWindowTimer(RUN, UNTIL), closed, UNTIL).events).toEqual([]);
  });
});

describe('a step that the plan found done already', () => {
  test('opens no window: there is nothing that could be stopped', () => {
    const done = planWith([plannedStep('promote', { effect: 'irreversible', changes: [] })], {
      abortWindowSeconds: 10,
    });
    const { run } = stateAfter(declared, { type: 'plan.created', plan: done }, approved, runStarted);

    expect(run && windowToOpen(done, run)).toBeUndefined();
    expect(run && readySteps(done, run).map(({ id }) => id)).toEqual(['promote']);
  });

  test('is unlike one that could not be looked at', () => {
    const unknown = planWith(
      [
        plannedStep('promote', {
          effect: 'irreversible',
          changes: [],
          observation: { state: 'unreachable', reason: 'no answer' },
        }),
      ],
      { abortWindowSeconds: 10 },
    );
    const { run } = stateAfter(declared, { type: 'plan.created', plan: unknown }, approved, runStarted);

    expect(run && windowToOpen(unknown, run)?.id).toBe('promote');
    expect(run && readySteps(unknown, run)).toEqual([]);
  });
});
