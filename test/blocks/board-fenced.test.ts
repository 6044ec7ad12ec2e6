import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { aborted, buttonsOf, created, failed, NOW, run, sectionTexts, started, succeeded, textOf } from './support.ts';

describe('while the fence stands and nothing was promoted', () => {
  const fencing = planWith([
    plannedStep('fence', { title: 'Stop writes', uses: 'postgres.fence' }),
    plannedStep('promote', { title: 'Promote', uses: 'rds.promote-replica', needs: ['fence'] }),
    plannedStep('restart', { title: 'Restart', needs: ['promote'] }),
  ]);
  const fenced = [declared, created(fencing), approved, runStarted, started('fence')];
  const stopped = 'Writes on the old primary, chatbot-prod in us-east-1, are still stopped.';
  const proven = succeeded('fence', { fenced: true });

  test('an aborted run says first, and once, that writes are stopped, and the SQL that allows them', () => {
    const message = board(stateAfter(...fenced, proven, ...aborted), {}, NOW);

    expect(sectionTexts(message)[0]).toContain(`${stopped}*\n*First press “Allow writes again…”*`);
    expect(sectionTexts(message)[0]).toContain('by hand, run `ALTER ROLE chatbot_app LOGIN` there.');
    expect(buttonsOf(message)[0]).toBe('dr:undo:INC-1');
    expect(textOf(message).split(stopped)).toHaveLength(2);
  });

  test('once it is resolved, too', () => {
    const message = board(
      stateAfter(...fenced, proven, ...aborted, { type: 'incident.resolved', by: 'U0COMMANDER' }),
      {},
      NOW,
    );

    expect(textOf(message)).toContain(stopped);
  });

  test('a paused run says so before anybody aborts it, on the board and in the dialog', () => {
    const state = stateAfter(...fenced, proven, started('promote'), failed('promote', 'The quota is used up.'));

    const message = board(state, {}, NOW);

    expect(message.text).toContain('*Writes on the old primary are stopped*, and an abort leaves them so');
    expect(textOf(message)).toContain('Writes on the old primary stay stopped');
  });

  test('after a promotion that failed, it is to be looked at first', () => {
    const state = stateAfter(...fenced, proven, started('promote'), failed('promote', 'x'), ...aborted);

    const message = board(state, {}, NOW);

    expect(message.text).toContain('once you have seen that chatbot-prod-replica-west was not promoted');
  });

  test.each([
    ['the fence could not be set', [succeeded('fence', { fenced: false })]],
    ['the replica was promoted', [proven, started('promote'), succeeded('promote')]],
  ])('nothing is said of it when %s', (_case, events) => {
    const message = board(stateAfter(...fenced, ...events, ...aborted), {}, NOW);

    expect(textOf(message)).not.toContain('Writes on the old primary');
  });

  test('a fence that was not proven may stand: the report, the SQL and the way back are there', () => {
    const noted = [{ what: 'Sign-in of chatbot_app', before: 'allowed', after: 'taken away' }];
    const lost = succeeded('fence', { fenced: false }, ['unfenced'], noted);
    const promoting = planWith(
      fencing.steps.map((step) => (step.id === 'promote' ? { ...step, effect: 'irreversible' } : step)),
    );
    const begun = [started('fence'), lost, started('promote'), failed('promote', 'x')];
    const failure = [declared, created(promoting), approved, runStarted, ...begun];

    const paused = board(stateAfter(...failure), {}, NOW);
    const ended = board(stateAfter(...failure, ...aborted), {}, NOW);

    expect(buttonsOf(paused)[0]).toBe('dr:undo:INC-1');
    expect(textOf(paused)).toContain('Not proven: Stop writes');
    expect(paused.text).toContain('writes on the old primary may be stopped');
    expect(textOf(ended)).toContain('may be stopped');
    expect(textOf(ended)).toContain('ALTER ROLE chatbot_app LOGIN');
    expect(textOf(ended)).toContain('may be half done (can be undone): ');
  });

  test('once an undo saw that the replica was promoted, nothing offers to allow writes on the old primary', () => {
    const done = { outputs: { fenced: true }, changes: [], unsettledSince: 1 };
    const undoing = planWith(
      [
        plannedStep('undo-fence', { uses: 'postgres.fence', undoes: { runId: 'INC-0.r1', step: 'fence', done } }),
        plannedStep('undo-scale', { undoes: { runId: 'INC-0.r1', step: 'scale', done: { outputs: {}, changes: [] } } }),
      ],
      { undoOf: 'INC-0.r1' },
    );
    const refused: IncidentEvent = {
      type: 'step.failed',
      runId: run,
      step: 'undo-fence',
      attempt: 1,
      error: { code: 'unfence.two-primaries', message: 'It was promoted.' },
      changes: [],
    };
    const begun = [declared, created(undoing), approved, runStarted, started('undo-fence')];
    const paused = board(stateAfter(...begun, refused), {}, NOW);
    const ended = board(stateAfter(...begun, refused, ...aborted), {}, NOW);

    const only = 'us-west-2 holds the only database that may take writes:';
    expect(paused.text).toContain(`${only} abort this undo, then finish the failover with \`/dr failover chatbot\`.`);
    expect(ended.text).toContain(`${only} finish the failover with \`/dr failover chatbot\`.`);
    for (const message of [paused, ended]) {
      expect(textOf(message)).not.toMatch(/ALTER ROLE|Allow writes again|allows? them again|half done/);
      expect(buttonsOf(message).filter((button) => /^dr:(undo|skip)/.test(button))).toEqual([]);
    }
  });

  test('a fence that was cut short may stand', () => {
    const message = board(stateAfter(...fenced, ...aborted), {}, NOW);

    expect(textOf(message)).toContain('may be stopped');
  });
});
