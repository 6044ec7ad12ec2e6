// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import { Retryable } from '../../src/domain/errors.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { planDifference } from '../../src/usecases/plan-drift.ts';
import { fails, planOf, runbookOf, sees, system } from './planning-support.ts';

const WORLD = { replica: sees('available'), old: sees('primary'), new: sees('small'), a: sees('x'), b: sees('y') };
const GUARD = {
  id: 'guard',
  uses: 'thing.look',
  with: { thing: '${{ params.thing }}' },
  expect: 'outputs.lag <= 3',
  explain: 'Wait.',
};
const CHANGE = { id: 'act', uses: 'thing.change', with: { thing: '${{ params.thing }}' } };
const INNER = runbookOf(
  [GUARD, CHANGE],
  { thing: { type: 'string' } },
  { outputs: { status: 'steps.act.outputs.status' } },
);
const nesting = (thing: string, more: Record<string, unknown> = {}) => ({
  id: 'move',
  uses: 'runbook',
  with: { runbook: 'inner', params: { thing } },
  ...more,
});

const planWith = (steps: Record<string, unknown>[], world = WORLD, inner = INNER): Promise<Plan> => {
  const runbooks = { test: runbookOf(steps), inner };
  return planOf(runbookOf(steps), world, { entry: { system, runbooks, config: {} } });
};

describe('makePlan with nested runbooks', () => {
  it('looks at what nested steps touch, judges their guards, and locks what they write', async () => {
    const plan = await planWith([nesting('new')]);

    expect(plan.verdict).toBe('ready');
    expect(plan.guards).toMatchObject([{ step: 'move.guard', passed: true, measured: 'lag 1' }]);
    expect(plan.steps).toMatchObject([
      { id: 'move.guard', scope: 'move', observation: { state: 'observed' } },
      {
        id: 'move.act',
        scope: 'move',
        with: { thing: '${{ params.thing }}' },
        writes: ['thing/new'],
        changes: [{ before: '"small"' }],
      },
      { id: 'move', uses: 'runbook', effect: 'read', writes: [], gathers: { kind: 'runbook', scope: 'move' } },
    ]);
    expect(plan.scopes?.move?.params).toEqual({ to: 'us-west-2', thing: 'new' });
    expect(plan.predicted.criticalPath).toEqual(['move.guard', 'move.act']);
  });

  it('refuses the plan when a guard of a nested runbook fails or cannot be measured', async () => {
    const failed = await planWith([nesting('new')], { ...WORLD, new: sees('small', 640) });
    const silent = await planWith([nesting('new')], { ...WORLD, new: fails(new Retryable('x', 'It is throttled.')) });

    expect(failed).toMatchObject({ verdict: 'refused', guards: [{ step: 'move.guard', measured: 'lag 640' }] });
    expect(silent).toMatchObject({
      verdict: 'refused',
      guards: [{ reason: 'It could not be measured: It is throttled.' }],
    });
  });

  it('refuses a guard whose input is known only in the run', async () => {
    const first = { id: 'find', uses: 'thing.look', with: { thing: 'old' } };

    const plan = await planWith([first, nesting('${{ steps.find.outputs.status }}')]);

    expect(plan.verdict).toBe('refused');
    expect(plan.guards[0]?.reason).toBe(
      'It can be judged only after find, but a guard must be judged before anything is changed.',
    );
  });

  it('names the input that only the run will bring', async () => {
    const first = { id: 'find', uses: 'thing.look', with: { thing: 'old' } };
    const inner = runbookOf([CHANGE], { thing: { type: 'string' } });

    const plan = await planWith([first, nesting('${{ steps.find.outputs.status }}')], WORLD, inner);

    expect(plan.steps[1]).toMatchObject({
      observation: { state: 'later', after: ['find'] },
      writes: ['thing/‹params.thing›'],
    });
    expect(plan.scopes?.move).toMatchObject({
      params: { thing: '${{ steps.find.outputs.status }}' },
      later: [{ name: 'thing', reads: 'outer' }],
    });
  });

  it('looks at each element of a list', async () => {
    const each = { id: 'each', uses: 'thing.change', forEach: '${{ ["a", "b"] }}', with: { thing: '${{ item }}' } };

    const plan = await planWith([each]);

    expect(plan.steps).toMatchObject([
      { id: 'each.1', item: 'a', writes: ['thing/a'], changes: [{ before: '"x"' }] },
      { id: 'each.2', item: 'b', writes: ['thing/b'], changes: [{ before: '"y"' }] },
      { id: 'each', uses: 'thing.change', effect: 'read', with: {}, changes: [] },
    ]);
  });

  it('tells of a runbook that cannot be nested', async () => {
    await expect(planWith([nesting('new', { with: { runbook: 'iner' } })])).rejects.toThrow(
      'move nests iner, which is no runbook. Did you mean inner?',
    );
    await expect(planWith([nesting('new', { with: { runbook: 'inner' } })])).rejects.toThrow(
      '"Test" needs the parameter thing.',
    );
  });
});

describe('makePlan with parameters that are made of parameters', () => {
  it('refuses those that would grow without end', async () => {
    const doubled = Array.from({ length: 60 }, (_, index): [string, unknown] => [
      `p${index + 1}`,
      { type: 'string', default: `\${{ params.p${index} + params.p${index} }}` },
    ]);
    const params = { p0: { type: 'string', default: 'ten letters' }, ...Object.fromEntries(doubled) };

    await expect(planOf(runbookOf([{ ...CHANGE, with: { thing: 'new' } }], params), WORLD)).rejects.toThrow(
      'The parameter p10 is longer than 10,000 characters.',
    );
  });
});

describe('planDifference with nested runbooks', () => {
  it('tells of parameters, retries and abort windows that were edited', async () => {
    const inner = runbookOf([{ ...CHANGE, with: { thing: 'new' } }], { thing: { type: 'string' } });
    const approved = await planWith([nesting('a')], WORLD, inner);
    const edited = runbookOf([{ ...CHANGE, with: { thing: 'new' }, retry: { attempts: 2 } }], {
      thing: { type: 'string' },
    });
    const fresh = { ...(await planWith([nesting('b')], WORLD, edited)), abortWindowSeconds: 1 };

    expect(planDifference(approved, approved)).toEqual([]);
    expect(planDifference(approved, fresh)).toEqual([
      'The abort window is another.',
      'What is given to the nested runbook inner (move) was edited.',
      'The step "act" was edited (retry).',
    ]);
  });
});

describe('what a plan says of its execution', () => {
  it('carries how often a step is tried, and what is left out in an emergency', async () => {
    const retry = { attempts: 3, backoff: '10s', retryOn: ['rds.throttling'] };
    const step = { ...CHANGE, with: { thing: 'new' }, retry, graceful: true };

    const plan = await planOf(runbookOf([step]), WORLD, { mode: 'planned' });

    expect(plan.steps[0]).toMatchObject({
      retry: { attempts: 3, backoffSeconds: 10, retryOn: ['rds.throttling'] },
      graceful: true,
    });
  });

  it.each([
    ['emergency' as const, {}, 10],
    ['planned' as const, {}, 30],
    ['planned' as const, { abortWindow: '0s' }, 0],
    ['emergency' as const, { abortWindow: { emergency: '5s', planned: '2m' } }, 5],
    ['planned' as const, { abortWindow: { emergency: '5s', planned: '2m' } }, 120],
  ])('leaves people time to abort (%s, %j): %d s', async (mode, more, seconds) => {
    const plan = await planOf(runbookOf([{ ...CHANGE, with: { thing: 'new' } }], {}, more), WORLD, { mode });

    expect(plan.abortWindowSeconds).toBe(seconds);
  });

  it.each([
    ['a retry', [{ retry: { attempts: 2 } }], {}],
    ['a step that became graceful', [{ graceful: true }], {}],
    ['another abort window', [{}], { abortWindow: '1s' }],
    ['another list', [{ forEach: '${{ ["a"] }}' }], {}],
  ])('has another hash with %s', async (_title, [change], more) => {
    const step = { ...CHANGE, with: { thing: 'new' } };
    const before = await planOf(runbookOf([step]), WORLD);

    const after = await planOf(runbookOf([{ ...step, ...change }], {}, more), WORLD);

    expect(after.hash).not.toBe(before.hash);
  });

  it('has another hash when a nested runbook is given another parameter', async () => {
    const inner = runbookOf([{ ...CHANGE, with: { thing: 'new' } }], { thing: { type: 'string' } });

    const [one, other, again] = await Promise.all(
      ['a', 'b', 'a'].map((thing) => planWith([nesting(thing)], WORLD, inner)),
    );

    expect(other?.hash).not.toBe(one?.hash);
    expect(again?.hash).toBe(one?.hash);
  });
});
