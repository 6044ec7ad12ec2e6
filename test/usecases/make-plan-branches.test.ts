// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import { Retryable } from '../../src/domain/errors.ts';
import { fails, hangs, planOf, runbookOf, sees } from './planning-support.ts';

const WORLD = { form: sees('standby'), standby: sees('ready'), old: hangs, replica: sees('x') };
const DIAGNOSIS = { id: 'form', uses: 'thing.look', with: { thing: 'form' }, expect: 'true', explain: 'Look.' };
const act = (id: string, condition: string, thing: string) => ({
  id,
  if: condition,
  uses: 'thing.change',
  with: { thing },
});

const included = async (steps: Record<string, unknown>[], world = WORLD) =>
  Object.fromEntries((await planOf(runbookOf(steps), world)).steps.map((step) => [step.id, step.included]));

describe('a plan whose branches follow from a guard', () => {
  it('shows the branch that is taken, and looks at nothing of the other', async () => {
    const plan = await planOf(
      runbookOf([
        DIAGNOSIS,
        act('stand-by', 'steps.form.outputs.status == "standby"', 'standby'),
        act('promote', 'steps.form.outputs.status == "alone"', 'old'),
      ]),
      WORLD,
    );

    expect(plan.steps).toMatchObject([
      { id: 'form', included: true },
      { id: 'stand-by', included: true, observation: { state: 'observed' }, changes: [{ what: 'standby' }] },
      { id: 'promote', included: false, changes: [] },
    ]);
    expect(plan.signatures).toEqual([]);
    expect(plan.predicted.criticalPath).toEqual(['form', 'stand-by']);
  });

  it('looks at what a guard has found', async () => {
    const plan = await planOf(
      runbookOf([DIAGNOSIS, { id: 'it', uses: 'thing.change', with: { thing: '${{ steps.form.outputs.status }}' } }]),
      WORLD,
    );

    expect(plan.steps[1]).toMatchObject({
      observation: { state: 'observed', facts: { status: 'ready' } },
      writes: ['thing/standby'],
    });
    expect(plan.steps[1]?.lookedWith).toBeUndefined();
  });

  it.each([
    ['is false whatever comes', 'steps.form.outputs.status == "alone" && steps.wait.outputs.lag > 1', false],
    ['depends on what comes', 'steps.form.outputs.status == "standby" && steps.wait.outputs.lag > 1', true],
    ['asks whether something has come', '!has(steps.wait.outputs)', true],
    [
      'asks that, and is false all the same',
      'steps.form.outputs.status == "alone" && (!has(steps.wait.outputs) || steps.wait.outputs.lag > 1)',
      false,
    ],
    [
      'asks that, and depends on it',
      'steps.form.outputs.status == "standby" && (!has(steps.wait.outputs) || steps.wait.outputs.lag > 1)',
      true,
    ],
  ])('leaves out only what is certain: a condition that %s', async (_case, condition, expected) => {
    const wait = { id: 'wait', uses: 'thing.look', with: { thing: 'replica' } };

    expect(await included([DIAGNOSIS, wait, act('it', condition, 'standby')])).toMatchObject({ it: expected });
  });

  it('keeps every branch that a guard which cannot be measured would decide', async () => {
    const world = { ...WORLD, form: fails(new Retryable('x', 'It is throttled.')) };

    expect(await included([DIAGNOSIS, act('it', 'steps.form.outputs.status == "alone"', 'standby')], world)).toEqual({
      form: true,
      it: true,
    });
  });
});
