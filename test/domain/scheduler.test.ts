import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { stepOf } from '../../src/domain/incident-state.ts';
import { criticalPath, isComplete, readySteps } from '../../src/domain/scheduler.ts';
import { anyChoices, anyPlan, begin, planWith, play } from './runs.ts';

const ENDED = ['succeeded', 'skipped', 'left out'];

describe('the scheduler, whatever happens in whatever order', () => {
  it('starts no step before everything that it needs has ended', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, (plan, choices) => {
        play(plan, choices, ({ run }, { needs }) => {
          for (const need of needs) expect(ENDED).toContain(stepOf(run, need).status);
        });
      }),
    );
  });

  it('starts no step that runs or has ended', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, (plan, choices) => {
        play(plan, choices, ({ run }, { id }) => expect(stepOf(run, id).status).toBe('waiting'));
      }),
    );
  });

  it('starts nothing while a step stands failed, and nothing once somebody asked to abort', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, (plan, choices) => {
        play(plan, choices, ({ run }) => {
          expect(run.abort).toBeUndefined();
          expect(Object.values(run.steps).map(({ status }) => status)).not.toContain('failed');
        });
      }),
    );
  });

  it('always gets to the end when every step succeeds', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (plan, order) => {
        const choices = order.flatMap((which) => [
          { what: 0, which },
          { what: 4, which },
        ]);

        const { run } = play(plan, choices, () => undefined);

        expect(isComplete(run)).toBe(true);
        expect(readySteps(plan, run)).toEqual([]);
      }),
    );
  });
});

describe('readySteps', () => {
  it('begins nothing after a step that was left out before what that step would have waited for has ended', () => {
    const needs = { fence: [], wait: ['fence'], promote: ['wait'] };
    const plan = planWith(needs);
    const recording = begin(plan);
    const identity = { runId: recording.run.id, step: 'fence', attempt: 1 };
    recording.append({ type: 'step.started', ...identity, operationId: 'o' });
    recording.append({
      type: 'step.left-out',
      runId: recording.run.id,
      step: 'wait',
      reason: 'It became an emergency.',
    });
    const meanwhile = readySteps(plan, recording.run);
    recording.append({ type: 'step.succeeded', ...identity, outputs: {}, changes: [], exceptions: [] });

    expect(meanwhile).toEqual([]);
    expect(readySteps(plan, recording.run).map(({ id }) => id)).toEqual(['promote']);
    const without = planWith(needs, ['wait']);
    expect(readySteps(without, begin(without).run).map(({ id }) => id)).toEqual(['fence']);
  });

  it('lets steps overlap that do not need each other', () => {
    const plan = planWith({ guard: [], promote: ['guard'], scale: ['guard'], restart: ['promote', 'scale'] });
    const recording = begin(plan);
    const runId = recording.run.id;
    recording.append({ type: 'step.started', runId, step: 'guard', attempt: 1, operationId: 'x' });
    recording.append({
      type: 'step.succeeded',
      runId,
      step: 'guard',
      attempt: 1,
      outputs: {},
      changes: [],
      exceptions: [],
    });

    const ready = readySteps(plan, recording.run).map(({ id }) => id);

    expect(ready).toEqual(['promote', 'scale']);
  });
});

describe('criticalPath', () => {
  it('is the longest chain of included steps', () => {
    const seconds: Record<string, number> = { guard: 1, promote: 180, scale: 60, skipped: 500, restart: 30 };
    const plan = planWith(
      { guard: [], promote: ['guard'], scale: ['guard'], skipped: ['promote'], restart: ['skipped', 'scale'] },
      ['skipped'],
    );

    expect(criticalPath(plan.steps, (id) => seconds[id] ?? 0)).toEqual({
      path: ['guard', 'promote', 'restart'],
      seconds: 211,
    });
  });

  it('is never shorter than any chain of needs', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { seconds } = criticalPath(plan.steps, () => 1);
        const depth = new Map<string, number>();
        for (const { id, needs, included } of plan.steps) {
          depth.set(id, Math.max(0, ...needs.map((need) => depth.get(need) ?? 0)) + (included ? 1 : 0));
        }

        expect(seconds).toBe(Math.max(...depth.values()));
      }),
    );
  });
});
