import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { Message } from '../../src/blocks/message.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import {
  aborted,
  buttonsOf,
  created,
  failed,
  NOW,
  plansOf,
  run,
  sectionTexts,
  started,
  succeeded,
  textOf,
} from './support.ts';

const plan = planWith([
  plannedStep('fence', { title: 'Stop writes' }),
  plannedStep('promote', { title: 'Promote', effect: 'irreversible', needs: ['fence'] }),
  plannedStep('sign-in', {
    title: 'Sign in',
    uses: 'manual.confirm',
    effect: 'read',
    phase: 'check',
    needs: ['promote'],
    with: { question: 'Does sign-in work?' },
  }),
]);
const running = [declared, created(plan), approved, runStarted];
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
