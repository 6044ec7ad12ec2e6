// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { planDifference } from '../../src/usecases/plan-drift.ts';
import { answersWhenAborted, fails, hangs, planOf, runbookOf, sees, seesLate } from './planning-support.ts';

const GUARD = {
  id: 'guard',
  uses: 'thing.look',
  with: { thing: 'replica' },
  expect: 'outputs.lag <= 3',
  explain: 'Wait.',
};
const FENCE = { id: 'fence', uses: 'thing.change', with: { thing: 'old', region: 'us-east-1' } };
const CHANGE = { id: 'change', uses: 'thing.change', with: { thing: 'new' } };
const HEALTHY = { replica: sees('available'), old: sees('primary'), new: sees('small') };

const stepOf = (steps: PlannedStep[], id: string) => steps.find((step) => step.id === id);

describe('makePlan', () => {
  it('says what would change, before → after, and judges the guards', async () => {
    const plan = await planOf(runbookOf([GUARD, FENCE, CHANGE]), HEALTHY);

    expect(plan.verdict).toBe('ready');
    expect(plan.guards).toEqual([
      { step: 'guard', title: 'guard', expression: 'outputs.lag <= 3', passed: true, measured: 'lag 1' },
    ]);
    expect(stepOf(plan.steps, 'change')?.changes).toEqual([{ what: 'new', before: '"small"', after: 'done' }]);
    expect(plan.signatures).toEqual([]);
    expect(plan.predicted).toEqual({ durationSeconds: 13, criticalPath: ['guard', 'fence', 'change'] });
  });

  it('refuses with the measured value and the limit when a guard fails', async () => {
    const plan = await planOf(runbookOf([GUARD, CHANGE]), { ...HEALTHY, replica: sees('available', 640) });

    expect(plan.verdict).toBe('refused');
    expect(plan.guards[0]).toMatchObject({ passed: false, measured: 'lag 640', reason: 'Needed: lag <= 3. Wait.' });
  });

  it('gives an action that reads much the time that it says it needs', async () => {
    const whole = { id: 'whole', uses: 'thing.read', with: { thing: 'whole' } };

    const plan = await planOf(runbookOf([whole, { ...whole, id: 'short', uses: 'thing.look' }]), {
      whole: seesLate('sound', 1000),
    });

    expect(stepOf(plan.steps, 'whole')?.observation).toMatchObject({ state: 'observed', facts: { status: 'sound' } });
    expect(stepOf(plan.steps, 'short')?.observation).toMatchObject({ state: 'unreachable' });
  });

  it('does not wait for what hangs, however it treats its signal, and tells its last-known value', async () => {
    const started = performance.now();

    const plan = await planOf(
      runbookOf([GUARD, FENCE, { ...FENCE, id: 'fence-2' }, CHANGE]),
      { ...HEALTHY, old: hangs },
      {
        samplesOf: { 'thing/old': { at: Date.now() - 30_000, value: { role: 'primary' } } },
      },
    );

    expect(performance.now() - started).toBeLessThan(15_000);
    expect(stepOf(plan.steps, 'fence')?.observation).toEqual({
      state: 'unreachable',
      reason: 'no answer within 0.4 s',
      lastKnown: { role: 'primary' },
      ageSeconds: expect.any(Number),
    });
    const { ageSeconds = 0 } = (stepOf(plan.steps, 'fence')?.observation ?? {}) as { ageSeconds?: number };
    expect(ageSeconds).toBeGreaterThanOrEqual(30);
    expect(ageSeconds).toBeLessThan(60);
    expect(plan.signatures.map(({ kind, subject }) => `${kind}:${subject}`)).toEqual(['unfenced:old in us-east-1']);
    expect(plan.verdict).toBe('ready');
  });

  it('takes what an action says when its time is up', async () => {
    const runbook = runbookOf([{ ...GUARD, expect: 'outputs.status == "dead"' }, CHANGE]);

    const plan = await planOf(runbook, { ...HEALTHY, replica: answersWhenAborted('dead') });

    expect(plan.guards[0]?.passed).toBe(true);
  });

  it('fails a guard that cannot be measured, with the sentence that says why', async () => {
    const plan = await planOf(runbookOf([GUARD, CHANGE]), {
      ...HEALTHY,
      replica: fails(new Retryable('x', 'It is throttled.')),
    });

    expect(plan.guards[0]).toMatchObject({ passed: false, reason: 'It could not be measured: It is throttled.' });
  });

  it('refuses before anything changes when a later step answers that it cannot work', async () => {
    const plan = await planOf(runbookOf([GUARD, CHANGE]), {
      ...HEALTHY,
      new: fails(new Permanent('x', 'Access denied.')),
    });

    expect(plan.verdict).toBe('refused');
    expect(plan.guards.at(-1)).toMatchObject({ step: 'change', passed: false, reason: 'Access denied.' });
  });

  it('leaves out a step whose condition is false, and does not look at it', async () => {
    const plan = await planOf(
      runbookOf([GUARD, { ...CHANGE, if: 'mode == "planned"', with: { thing: 'none' } }]),
      HEALTHY,
    );

    expect(stepOf(plan.steps, 'change')).toMatchObject({ included: false, changes: [] });
  });

  it('looks later at what depends on outputs of the run, but knows its locks now', async () => {
    const later = {
      ...CHANGE,
      id: 'later',
      with: { thing: '${{ steps.change.outputs.status }}', port: '${{ steps.change.outputs.lag }}' },
    };

    const plan = await planOf(runbookOf([GUARD, CHANGE, later]), HEALTHY);

    expect(stepOf(plan.steps, 'later')).toMatchObject({
      observation: { state: 'later', after: ['change'] },
      writes: ['thing/‹change.status›'],
      with: { thing: '${{ steps.change.outputs.status }}' },
    });
  });

  it('lets every step after the guards wait for all of them', async () => {
    const second = { ...GUARD, id: 'second', needs: [] };
    const plan = await planOf(
      runbookOf([
        GUARD,
        second,
        CHANGE,
        { ...CHANGE, id: 'beside', needs: [] },
        { ...CHANGE, id: 'last', needs: ['change'] },
      ]),
      HEALTHY,
    );

    expect(plan.steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['guard', []],
      ['second', []],
      ['change', ['guard', 'second']],
      ['beside', ['guard', 'second']],
      ['last', ['change']],
    ]);
  });

  it.each([
    [{ mode: 'planned' as const, params: { two: 'x' } }, 'has no parameter two. Did you mean to?'],
    [
      { params: { to: 'mars' } },
      'The parameter to must be a region of AI Chatbot (us-east-1 or us-west-2), not "mars".',
    ],
    [{ runbookId: 'tset' }, 'chatbot has no runbook tset. Did you mean test?'],
  ])('refuses %j', async (wrong, message) => {
    await expect(planOf(runbookOf([GUARD, CHANGE]), HEALTHY, wrong)).rejects.toThrow(message);
  });

  it('ends with the reason of the signal that stops it', async () => {
    const stop = new AbortController();
    const planning = planOf(
      runbookOf([GUARD, CHANGE]),
      { ...HEALTHY, new: hangs },
      { signal: stop.signal, observationTimeoutMs: () => 60_000 },
    );

    stop.abort(new Error('enough'));

    await expect(planning).rejects.toThrow('enough');
  });
});

describe('the hash of a plan', () => {
  const runbook = runbookOf([GUARD, FENCE, CHANGE]);
  const hashOf = async (world: Parameters<typeof planOf>[1], more?: Parameters<typeof planOf>[2]) =>
    (await planOf(runbook, world, more)).hash;

  it('does not change with measurements, ids and time', async () => {
    expect(await hashOf({ ...HEALTHY, replica: sees('available', 2.5) }, { planId: 'INC-1.p2' })).toBe(
      await hashOf(HEALTHY),
    );
  });

  it('does not change with what can be seen of the region that is left', async () => {
    const healthy = await hashOf(HEALTHY);

    expect(await hashOf({ ...HEALTHY, old: fails(new Retryable('x', 'Connection refused.')) })).toBe(healthy);
    expect(await hashOf({ ...HEALTHY, old: sees('something else') })).toBe(healthy);
  });

  it.each([
    ['a fact', { ...HEALTHY, new: sees('large') }, {}],
    ['a verdict', { ...HEALTHY, replica: sees('available', 4) }, {}],
    ['what stays does not answer', { ...HEALTHY, new: fails(new Retryable('x', 'Connection refused.')) }, {}],
    ['the mode', HEALTHY, { mode: 'planned' as const }],
    ['the parameters', HEALTHY, { params: { to: 'us-east-1' } }],
    ['who asked', HEALTHY, { requestedBy: 'U2' }],
  ])('changes with %s', async (_title, world, more) => {
    expect(await hashOf(world, more)).not.toBe(await hashOf(HEALTHY));
  });
});

describe('planDifference', () => {
  const runbook = runbookOf([GUARD, FENCE, CHANGE]);

  it('is empty while only measurements and the source change', async () => {
    const approved = await planOf(runbook, { ...HEALTHY, old: fails(new Retryable('x', 'Connection refused.')) });
    const fresh = await planOf(runbook, { ...HEALTHY, replica: sees('available', 2) });

    expect(planDifference(approved, fresh)).toEqual([]);
  });

  it('tells what turned bad and what is another now', async () => {
    const approved = await planOf(runbook, HEALTHY);
    const world = {
      replica: sees('available', 9),
      old: fails(new Retryable('x', 'Connection refused.')),
      new: sees('large'),
    };

    const difference = planDifference(approved, await planOf(runbook, world));

    expect(difference).toEqual([
      '"guard" no longer holds (measured: lag 9). Needed: lag <= 3. Wait.',
      '"change": status was small and is large now.',
      'It now has to be signed that old in us-east-1 stays unfenced: It may come back.',
    ]);
  });

  it('does not count what the run itself has changed', async () => {
    const approved = await planOf(runbook, HEALTHY);
    const fresh = await planOf(runbook, { ...HEALTHY, new: sees('large') });

    expect(planDifference(approved, fresh, { touched: new Set(['thing/new']) })).toEqual([]);
    expect(planDifference(approved, fresh, { steps: new Set(['guard', 'fence']) })).toEqual([]);
  });

  it('tells of an edited runbook', async () => {
    const approved = await planOf(runbook, HEALTHY);
    const edited = await planOf(
      runbookOf([GUARD, FENCE, { ...CHANGE, timeout: '9m' }, { ...CHANGE, id: 'more' }]),
      HEALTHY,
    );

    expect(planDifference(approved, edited)).toEqual([
      'The step "change" was edited (timeoutSeconds).',
      'The runbook has a new step "more" (more).',
    ]);
  });
});

it('a guard explains its failure with what it measured', async () => {
  const guard = {
    id: 'lag',
    uses: 'thing.look',
    with: { thing: 'replica' },
    expect: 'outputs.lag < 5',
    explain: 'The replica is ${{ outputs.status }}, ${{ outputs.lag }} s behind.',
  };

  const behind = await planOf(runbookOf([guard]), { replica: sees('broken', 640) });
  const silent = await planOf(runbookOf([guard]), { replica: hangs });

  expect(behind.guards[0]?.reason).toBe('Needed: lag < 5. The replica is broken, 640 s behind.');
  expect(silent.guards[0]?.reason).toMatch(/^It could not be measured: [^$]+$/);
});
