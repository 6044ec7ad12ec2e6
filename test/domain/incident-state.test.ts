import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { foldIncident } from '../../src/domain/incident-state.ts';
import { anyChoices, anyPlan, begin, planWith, play } from './runs.ts';

describe('folding a journal', () => {
  it('gives the same state at once, entry by entry, and with entries that come again', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, fc.nat(), (plan, choices, cut) => {
        const { entries, state } = play(plan, choices, () => undefined);
        const at = cut % entries.length;
        const half = foldIncident(entries.slice(0, at));

        expect(foldIncident(entries)).toEqual(state);
        expect(foldIncident(entries.slice(at), half)).toEqual(state);
        expect(foldIncident(entries, state)).toEqual(state);
        expect(foldIncident([...entries, ...entries])).toEqual(state);
      }),
    );
  });

  it('changes no state that it was given', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, (plan, choices) => {
        const { entries } = play(plan, choices, () => undefined);
        const before = foldIncident(entries.slice(0, 4));
        const copy = structuredClone(before);

        foldIncident(entries, before);

        expect(before).toEqual(copy);
      }),
    );
  });

  it('is paused exactly while a step stands failed, unless somebody asked to abort', () => {
    fc.assert(
      fc.property(anyPlan, anyChoices, (plan, choices) => {
        const { run } = play(plan, choices, () => undefined);
        const failed = Object.values(run.steps).some(({ status }) => status === 'failed');

        expect(run.status).toBe(run.abort ? 'aborting' : failed ? 'paused' : 'running');
      }),
    );
  });

  it('keeps the first attempt and the operation over all attempts', () => {
    const recording = begin(planWith({ a: [] }));
    const runId = recording.run.id;
    const error = { code: 'x', message: 'It failed.' };
    const started = { type: 'step.started', runId, step: 'a', operationId: 'INC-1.r1.a' } as const;
    recording.append({ ...started, attempt: 1 });
    const { firstAttemptAt } = recording.run.steps.a ?? {};
    recording.append({ type: 'step.failed', runId, step: 'a', attempt: 1, error, changes: [] });
    recording.append({ type: 'step.retry-requested', runId, step: 'a', by: 'U3' });

    recording.append({ ...started, attempt: 2 });

    expect(recording.run.steps.a).toMatchObject({ status: 'running', attempts: 2, firstAttemptAt, errors: [error] });
    expect(recording.run.status).toBe('running');
  });

  it('refuses a journal that does not begin with a declaration', () => {
    const { entries } = begin(planWith({ a: [] }));

    expect(() => foldIncident(entries.slice(1))).toThrow('does not begin with incident.declared');
  });
});
