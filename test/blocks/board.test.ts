import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import {
  aborted,
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
  succeeded,
  textOf,
} from './support.ts';

const recovered: IncidentEvent = {
  type: 'run.finished',
  runId: run,
  outcome: 'recovered with exceptions',
  exceptions: ['unfenced', 'unprotected'],
};

describe('before a run', () => {
  test('says that nothing has been changed while there is no plan', () => {
    const message = board(stateAfter(declared), {}, NOW);

    expect(message.text).toContain('Planning');
    expect(message.text).toContain('Nothing has been changed.');
    expect(textOf(message)).toContain('Paging now: tier 1, SRE rotation');
    expect(message.fallbacks).toBeUndefined();
  });

  test('offers another plan as the last one was asked for', () => {
    const state = stateAfter(declared, created(planWith(plan.steps, { mode: 'planned', reason: 'the "new" rack' })), {
      type: 'plan.rejected',
      planId: 'INC-1.p1',
      by: 'U0APPROVER',
    });

    const message = board(state, {}, NOW);

    expect(message.text).toContain('<@U0APPROVER> rejected plan INC-1.p1');
    expect(buttonsOf(message)[0]).toBe(`dr:failover:chatbot --mode planned --to us-west-2 --reason "the 'new' rack"`);
  });

  test('says who approves while the live state is compared', () => {
    const state = stateAfter(declared, created(plan), {
      type: 'plan.approval-begun',
      planId: 'INC-1.p1',
      by: 'U0APPROVER',
    });

    expect(board(state, {}, NOW).text).toContain('<@U0APPROVER> is approving plan INC-1.p1');
  });

  test('tells whom to call when a page did not get through, next to what else is to be done', () => {
    const state = stateAfter(
      declared,
      created(plan),
      { type: 'escalation.reached', tier: 1, action: 'a', contact: 'SRE rotation' },
      { type: 'page.failed', tier: 1, error: { code: 'x', message: 'PagerDuty did not answer.' } },
    );

    const message = board(state, {}, NOW);

    expect(message.text).toContain('*Call tier 1, SRE rotation:*');
    expect(sectionTexts(message)[0]).toContain('*Call tier 1, SRE rotation:*');
  });
});

describe('a plan that could not be made', () => {
  const planFailed: IncidentEvent = {
    type: 'plan.failed',
    planId: 'INC-1.p2',
    by: 'U0REQUESTER',
    error: { code: 'aws.denied', message: 'AWS refuses.' },
    asked: { mode: 'planned', to: 'us-west-2' },
  };
  const rejected: IncidentEvent = { type: 'plan.rejected', planId: 'INC-1.p1', by: 'U0APPROVER' };

  test.each([
    ['the first one', [declared, planFailed]],
    ['after one that was rejected', [declared, created(plan), rejected, planFailed]],
    ['after a run that was aborted', [...running, ...aborted, planFailed]],
  ])('%s, is what the board says, and can be asked for again as it was asked for', (_case, events) => {
    const message = board(stateAfter(...events), {}, NOW);

    expect(message.text).toContain('*No plan could be made.* AWS refuses.');
    expect(buttonsOf(message)).toEqual(['dr:failover:chatbot --mode planned --to us-west-2', 'dr:resolve:INC-1']);
  });

  test('does not hide one that waits for its decision, or was made since', () => {
    const made = created(planWith(plan.steps, { id: 'INC-1.p3' }));

    for (const events of [
      [declared, created(plan), planFailed],
      [declared, planFailed, made],
    ]) {
      expect(board(stateAfter(...events), {}, NOW).text).toContain('waits for approval');
    }
  });
});

describe('while a run is under way', () => {
  const state = stateAfter(
    ...running,
    { type: 'escalation.reached', tier: 1, action: 'a', contact: 'SRE rotation' },
    started('fence'),
  );
  const progress = { fence: { sentence: 'two sessions <left>', at: NOW } };

  test('shows RTO left, what runs with its last words, and the next tier', () => {
    const message = board(state, progress, NOW);

    expect(textOf(message)).toContain('*RTO: 12 min 50 s left*, until 03:15 UTC · 2 min 10 s since detection');
    expect(textOf(message)).toContain('Next 03:15 UTC: tier 2, SRE manager');
    expect(message.text).toContain(
      '*Recovering.* Nobody has to do anything now. Now: Stop writes (two sessions &lt;left&gt;).',
    );
  });

  test('draws the phase under way as a plan, its steps as tasks, and the others as lines', () => {
    const message = board(state, progress, NOW);

    expect(plansOf(message)).toMatchObject([
      {
        block_id: 'phase-data',
        title: 'Phase data: 0 of 2 done · 1 min 45 s of 10 min',
        tasks: [
          {
            task_id: 'fence',
            title: 'Stop writes · 1 min 45 s',
            status: 'in_progress',
            details: { elements: [{ elements: [{ type: 'text', text: 'two sessions <left>' }] }] },
          },
          { task_id: 'promote', title: 'Promote', status: 'pending' },
        ],
      },
    ]);
    expect(sectionTexts(message)).toContain('▫️ To come: *Phase check*');
  });

  test('says the same in sections where Slack does not know plans', () => {
    const [fallback] = board(state, progress, NOW).fallbacks ?? [];

    expect(fallback?.name).toBe('sections');
    expect(textOf({ blocks: fallback?.blocks ?? [] })).not.toContain('"plan"');
    expect(textOf({ blocks: fallback?.blocks ?? [] })).toContain('🔄 running: Stop writes · 1 min 45 s · two sessions');
  });

  test('folds what is over into one line, and keeps what went wrong in it', () => {
    const message = board(
      stateAfter(
        ...running,
        started('fence'),
        succeeded('fence', { fenced: false }, ['unfenced']),
        started('promote'),
        failed('promote', 'It failed.'),
        { type: 'step.skipped', runId: run, step: 'promote', by: 'U0COMMANDER', reason: 'by hand' },
        started('sign-in'),
      ),
      {},
      NOW,
    );

    expect(sectionTexts(message)).toContain(
      [
        '✅ Done: *Phase data* 4 s',
        '      ⚠️ Stop writes: not possible, it did not answer',
        '      ⏭️ Promote: skipped by <@U0COMMANDER> (by hand)',
      ].join('\n'),
    );
  });

  test('asks the person whom a manual step waits for', () => {
    const asking = stateAfter(
      ...running,
      started('fence'),
      succeeded('fence'),
      started('promote'),
      succeeded('promote'),
      started('sign-in'),
    );

    const message = board(asking, {}, NOW);

    expect(sectionTexts(message)[0]).toBe('🙋 *A person must check:* Does sign-in work?');
    expect(textOf(message)).toContain('*Users can work again* since 03:00 UTC, 27 s after detection');
    expect(buttonsOf(message)).toEqual([
      `dr:confirm:${run} sign-in`,
      `dr:decline:${run} sign-in`,
      `dr:pause:${run}`,
      'dr:abort:INC-1 --yes',
    ]);
  });
});

describe('after a run', () => {
  test('says how it ended: what to see to, time, loss, and that nobody else is paged', () => {
    const loss = plannedStep('loss', { uses: 'postgres.predicted-loss', effect: 'read' });
    const state = stateAfter(
      ...[declared, created(planWith([loss, ...plan.steps])), approved, runStarted],
      started('loss'),
      succeeded('loss', { lossSeconds: 6 }),
      started('fence'),
      succeeded('fence', {}, ['unfenced']),
      started('promote'),
      succeeded('promote', {}, ['unprotected']),
      recovered,
    );

    const message = board(state, {}, NOW);

    expect(message.text).toContain('Recovered 29 s after detection, with exceptions: unfenced, unprotected');
    expect(textOf(message)).toContain('RTO 15 min: met');
    expect(textOf(message)).toContain('RPO 5 min: met. Data loss at most 6 s');
    expect(textOf(message)).toContain('Nobody else is paged');
    expect(buttonsOf(message)).toEqual(['dr:resolve:INC-1']);
  });

  test('that was aborted untouched says so, and offers a new plan', () => {
    const message = board(stateAfter(...running, ...aborted), {}, NOW);

    expect(message.text).toContain('*Aborted.* Nothing was changed.');
    expect(buttonsOf(message)).toEqual(['dr:failover:chatbot --mode emergency --to us-west-2', 'dr:resolve:INC-1']);
  });

  test('that was aborted says what was changed, what may be half done, and to look at that first', () => {
    const state = stateAfter(...running, started('fence'), succeeded('fence'), started('promote'), ...aborted);

    const message = board(state, {}, NOW);

    expect(message.text).toContain('*Look first whether this came through: Promote.*');
    expect(textOf(message)).toContain('may be half done (cannot be taken back): Promote');
    expect(textOf(message)).toContain(
      'changed (not undone: it came before “Promote”, which stays): Stop writes: fence: a → b',
    );
  });

  test('that was aborted before the promotion asks nobody to keep clients away from the only primary', () => {
    const left = [started('fence'), succeeded('fence', { fenced: false }, ['unfenced'])];
    const [requested] = aborted;
    const ended: IncidentEvent = { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: ['unfenced'] };

    const before = board(stateAfter(...running, ...left, requested as IncidentEvent, ended), {}, NOW);
    const during = board(
      stateAfter(...running, ...left, started('promote'), requested as IncidentEvent, ended),
      {},
      NOW,
    );

    expect(before.text).toContain('*Aborted.*');
    expect(textOf(before)).not.toContain('unfenced');
    expect(during.text).toContain(
      'If it did, a new plan goes on from there, and a commander overrides its first guard. `/dr failover chatbot` makes',
    );
    expect(textOf(during)).toContain('*unfenced*');
  });

  test('that was aborted after what cannot be taken back offers a plan that goes on from there', () => {
    const state = stateAfter(...running, started('promote'), succeeded('promote'), ...aborted);

    const message = board(state, {}, NOW);

    expect(message.text).toContain('It goes on from there; a commander may have to override a guard');
    expect(buttonsOf(message)).toEqual(['dr:failover:chatbot --mode emergency --to us-west-2', 'dr:resolve:INC-1']);
  });
});
