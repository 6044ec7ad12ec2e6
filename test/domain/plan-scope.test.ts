// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { conditionsHold, gatheredOutputs, scopeOfStep } from '../../src/domain/plan-scope.ts';
import type { RunState } from '../../src/domain/run-state.ts';

const step = (id: string, more: Partial<PlannedStep> = {}) => ({ id, needs: [], included: true, ...more });

/** `find`, then for each of two nodes the runbook `drain`, which nests `check` with what its own step brought. */
const NESTED = {
  id: 'INC-1.p1',
  system: { title: 'Test' },
  mode: 'planned',
  params: { to: 'us-west-2' },
  steps: [
    step('find'),
    step('drain.1.evict', { scope: 'drain.1' }),
    step('drain.1.check.look', { scope: 'drain.1.check' }),
    step('drain.1.check', {
      scope: 'drain.1',
      gathers: {
        kind: 'runbook',
        scope: 'drain.1.check',
        outputs: { ok: 'steps.look.outputs.ok', name: 'params.host' },
      },
    }),
    step('drain.1', { item: 'a', gathers: { kind: 'runbook', scope: 'drain.1', outputs: {} } }),
    step('drain', { gathers: { kind: 'list', steps: ['drain.1', 'drain.2'] } }),
  ],
  scopes: {
    'drain.1': {
      runbook: 'drain',
      params: { host: '${{ item }}.${{ steps.find.outputs.zone }}', fixed: '${{ steps.find }}' },
      later: [{ name: 'host', reads: 'outer' }],
      if: 'item != "b" && steps.find.outputs.zone != ""',
      item: 'a',
      steps: { evict: 'drain.1.evict', check: 'drain.1.check' },
    },
    'drain.1.check': {
      runbook: 'check',
      parent: 'drain.1',
      params: { host: '${{ params.host }}', name: '${{ params.host }}!' },
      later: [
        { name: 'host', reads: 'outer' },
        { name: 'name', reads: 'own' },
      ],
      steps: { look: 'drain.1.check.look' },
    },
  },
} as unknown as Plan;

const planned = (id: string) => NESTED.steps.find((entry) => entry.id === id) as PlannedStep;

const runWith = (outputs: Record<string, JsonObject>, more: Partial<RunState> = {}) =>
  ({
    id: 'INC-1.r1',
    steps: Object.fromEntries(Object.entries(outputs).map(([id, value]) => [id, { id, outputs: value }])),
    ...more,
  }) as unknown as RunState;

describe('scopeOfStep', () => {
  it('shows the steps of a flat plan with the outputs that are there', () => {
    const plan = { ...NESTED, steps: [step('a'), step('b')], scopes: undefined } as unknown as Plan;

    expect(scopeOfStep(plan, runWith({ a: { port: 1 } }), {})).toEqual({
      system: { title: 'Test' },
      params: { to: 'us-west-2' },
      mode: 'planned',
      steps: { a: { outputs: { port: 1 } }, b: {} },
    });
  });

  it('shows a nested step its own steps and parameters, resolved through every scope around it', () => {
    const run = runWith({ find: { zone: 'z' }, 'drain.1.evict': { pods: 3 } });

    const scope = scopeOfStep(NESTED, run, planned('drain.1.check.look'));

    expect(scope).toMatchObject({ params: { host: 'a.z', name: 'a.z!' }, steps: { look: {} } });
    expect(scopeOfStep(NESTED, run, planned('drain.1.evict'))).toMatchObject({
      params: { host: 'a.z', fixed: '${{ steps.find }}' },
      steps: { evict: { outputs: { pods: 3 } }, check: {} },
    });
  });

  it('leaves a parameter out until what it reads is there', () => {
    expect(scopeOfStep(NESTED, runWith({}), planned('drain.1.evict')).params).toEqual({ fixed: '${{ steps.find }}' });
  });

  it('tells the mode that the run has come to, and the item of a copy', () => {
    const run = runWith({}, { modeChange: { to: 'emergency', by: 'U1', at: 0, reason: 'x', signed: [] } });

    expect(scopeOfStep(NESTED, run, planned('drain.1'))).toMatchObject({ mode: 'emergency', item: 'a' });
  });
});

describe('conditionsHold', () => {
  it.each([
    ['z', true],
    ['', false],
  ])('counts the condition of the step that nests it (zone "%s")', (zone, holds) => {
    const run = runWith({ find: { zone } });

    expect(conditionsHold(NESTED, run, planned('drain.1.check.look'))).toBe(holds);
  });

  it('counts its own condition in its own scope', () => {
    const run = runWith({ find: { zone: 'z' } });
    const own = { ...planned('drain.1.evict'), if: 'params.host == "other"' };

    expect(conditionsHold(NESTED, run, own)).toBe(false);
  });
});

describe('gatheredOutputs', () => {
  it('lists the outputs of the copies that succeeded', () => {
    expect(gatheredOutputs(NESTED, runWith({ 'drain.2': { ok: true } }), planned('drain'))).toEqual({
      items: [{ ok: true }],
    });
  });

  it('evaluates the outputs of a nested runbook, null where a step brought none', () => {
    const run = runWith({ find: { zone: 'z' } });

    expect(gatheredOutputs(NESTED, run, planned('drain.1.check'))).toEqual({ ok: null, name: 'a.z' });
  });
});
