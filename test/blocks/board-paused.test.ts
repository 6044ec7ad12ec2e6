import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { Message } from '../../src/blocks/message.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import {
  buttonsOf,
  created,
  failed,
  NOW,
  plan,
  plansOf,
  run,
  running,
  sectionTexts,
  started,
  textOf,
} from './support.ts';

describe('a paused run', () => {
  test('says which step failed and why, and offers retry, skip and abort', () => {
    const message = board(stateAfter(...running, started('fence'), failed('fence', 'The database refused.')), {}, NOW);

    expect(message.text).toContain('*Paused: Stop writes failed.* The database refused.');
    expect(buttonsOf(message)).toEqual([`dr:retry:${run} fence`, `dr:skip:${run} fence`, 'dr:abort:INC-1 --yes']);
    expect(plansOf(message)[0]).toMatchObject({
      title: 'Phase data stopped at: Stop writes · 0 of 2 done',
      tasks: [{ status: 'error', output: { elements: [{ elements: [{ text: 'The database refused.' }] }] } }, {}],
    });
  });

  test('at a guard says that nothing was changed, and offers no skipping', () => {
    const guarded = planWith([plannedStep('loss', { title: 'Loss', effect: 'read', expect: 'x' }), ...plan.steps]);
    const state = stateAfter(
      ...[declared, created(guarded), approved, runStarted, started('loss')],
      failed('loss', 'Loss: no (lossSeconds 612).', 'guard.failed'),
    );

    const message = board(state, {}, NOW);

    expect(message.text).toContain('*Paused before anything was changed:* Loss: no (lossSeconds 612).');
    expect(buttonsOf(message)).toEqual([`dr:retry:${run} loss`, 'dr:abort:INC-1 --yes']);
  });

  test.each([
    [
      'nobody answered',
      'step.timeout',
      'Nobody answered within 1 h.',
      /Nobody answered within 1 h\.\* Does sign-in work/,
    ],
    [
      'somebody answered no',
      'manual.refused',
      '<@U0APPROVER> answered no: broken',
      /<@U0APPROVER> answered no: broken\*/,
    ],
  ])('because %s says that a retry asks again', (_case, code, message, expected) => {
    const state = stateAfter(...running, started('sign-in'), failed('sign-in', message, code));

    const { text } = board(state, {}, NOW);

    expect(text).toMatch(expected);
    expect(text).toContain('retry, which asks again');
  });

  describe('at several things to decide', () => {
    const several = (count: number): IncidentEvent[] => {
      const steps = Array.from({ length: count }, (_, index) =>
        plannedStep(`step-${index}`, { title: `Step ${index}` }),
      );
      return [declared, created(planWith([...steps, ...plan.steps.slice(-1)])), approved, runStarted];
    };
    const oneFailed = [
      ...several(1),
      started('step-0'),
      started('sign-in'),
      failed('step-0', 'The <quota> is used up.'),
    ];
    const drawn = (message: Message) =>
      message.blocks.slice(1, -1).flatMap((block) => {
        if (block.type === 'actions')
          return [block.elements.map((element) => ('text' in element ? element.text?.text : '')).join(' | ')];
        return block.type === 'section' && block.text ? [block.text.text] : [];
      });

    test('says of each what it is, right above its own buttons', () => {
      const message = board(stateAfter(...oneFailed), {}, NOW);

      expect(drawn(message).slice(0, 6)).toEqual([
        '⏸️ *Paused: Step 0 failed.* A person is asked something, too. Whether users are served is not known.\n*Decide on each*, or abort.',
        '❌ *Step 0 failed.* The &lt;quota&gt; is used up.\n*A commander:* retry when the cause is gone, or skip when it was done by hand.',
        'Retry step-0 | Skip step-0…',
        '🙋 *A person must check:* Does sign-in work?',
        'Yes: sign-in | No: sign-in',
        'Abort',
      ]);
    });

    test('lets no button stand out but the way out of it all', () => {
      expect(textOf(board(stateAfter(...oneFailed), {}, NOW))).not.toContain('"style":"primary"');
    });

    test('counts and names what failed, and shows the first ones', () => {
      const ids = Array.from({ length: 9 }, (_, index) => `step-${index}`);
      const state = stateAfter(...several(9), ...ids.map(started), ...ids.map((id) => failed(id, 'x')));

      const message = board(state, {}, NOW);

      expect(message.text).toContain('*Paused: 9 steps failed: Step 0; Step 1; Step 2; and 6 more.*');
      expect(buttonsOf(message).filter((id) => id.startsWith('dr:retry:'))).toHaveLength(5);
    });

    test('counts the questions of a run that goes on', () => {
      const asking = (id: string) =>
        plannedStep(id, { uses: 'manual.confirm', effect: 'read', with: { question: `Is ${id} well?` } });
      const two = planWith([asking('sign-in'), asking('search')]);

      const message = board(
        stateAfter(declared, created(two), approved, runStarted, started('sign-in'), started('search')),
        {},
        NOW,
      );

      expect(message.text).toContain('*People are asked 2 things.* Answer each.');
      expect(sectionTexts(message)).toContain('🙋 *A person must check:* Is search well?');
      expect(buttonsOf(message).at(-1)).toBe('dr:abort:INC-1 --yes');
    });
  });

  test('that is being aborted offers nothing that would be refused', () => {
    const state = stateAfter(...running, started('fence'), failed('fence', 'The database refused.'), {
      type: 'run.abort-requested',
      runId: run,
      by: 'U0COMMANDER',
    });

    expect(buttonsOf(board(state, {}, NOW))).toEqual([]);
  });
});
