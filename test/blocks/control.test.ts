import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { aborted, buttonsOf, created, failed, NOW, run, sectionTexts, started, succeeded, textOf } from './support.ts';

const plan = planWith(
  [
    plannedStep('fence', { title: 'Stop writes', uses: 'postgres.fence' }),
    plannedStep('promote', {
      title: 'Promote',
      uses: 'rds.promote-replica',
      effect: 'irreversible',
      needs: ['fence'],
      withoutUndo: 'a promotion cannot be taken back',
    }),
    plannedStep('scale', { title: 'Scale', graceful: true }),
  ],
  { abortWindowSeconds: 10 },
);
const running = [declared, created(plan), approved, runStarted];
const held: IncidentEvent = { type: 'run.pause-requested', runId: run, by: 'U0COMMANDER', reason: 'the <!here> rack' };
const opened: IncidentEvent = {
  type: 'run.abort-window-opened',
  runId: run,
  step: 'promote',
  until: DETECTED + 140_000,
};
const fenced = [started('fence'), succeeded('fence', { fenced: true })];
const drift: IncidentEvent = {
  type: 'step.failed',
  runId: run,
  step: 'promote',
  attempt: 1,
  error: { code: 'approval.void', message: 'The approval no longer covers it.' },
  changes: [],
  differences: [{ key: 'guard:loss', sentence: 'Loss: no (lossSeconds 612; needed <= 300).' }],
};
const asked: IncidentEvent = {
  type: 'step.override-requested',
  runId: run,
  step: 'promote',
  by: 'U0COMMANDER',
  reason: 'staying <down> is worse',
  accepts: [{ key: 'guard:loss', sentence: 'Loss: no (lossSeconds 612; needed <= 300).' }],
};
const show = (...events: IncidentEvent[]) => board(stateAfter(...running, ...events), {}, NOW);

describe('a run that somebody holds', () => {
  test('says who holds it and why, what still ends, and how to go on', () => {
    const message = show(started('scale'), held);

    expect(message.text).toContain('*<@U0COMMANDER> holds the run* since 03:00:25 UTC: the &lt;!here&gt; rack.');
    expect(message.text).toContain('Still ending by itself: Scale. *To go on, press Resume*; or abort.');
    expect(buttonsOf(message)).toEqual([`dr:resume:${run}`, 'dr:abort:INC-1 --yes']);
  });

  test('warns before a resume that begins what cannot be taken back, also in the dialog', () => {
    const message = show(...fenced, opened, held, { type: 'run.abort-window-closed', runId: run });

    expect(message.text).toContain('When it is resumed, “Promote” begins at once, and cannot be taken back.');
    expect(textOf(message)).toContain(`Resume ${run}?`);
  });

  test('asks for the failed step first, and keeps the button that resumes', () => {
    const message = show(started('scale'), held, failed('scale', 'It failed.'));

    expect(message.text).toContain('*Paused: Scale failed.* <@U0COMMANDER> holds the run, too: resume it afterwards.');
    expect(buttonsOf(message)).toEqual([
      `dr:retry:${run} scale`,
      `dr:skip:${run} scale`,
      `dr:resume:${run}`,
      'dr:abort:INC-1 --yes',
    ]);
  });

  test('offers a pause beside the abort while it runs, and none while it is being aborted', () => {
    expect(buttonsOf(show(started('scale')))).toEqual([`dr:pause:${run}`, 'dr:abort:INC-1 --yes']);
    expect(buttonsOf(show({ type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' }))).toEqual([]);
  });
});

describe('the last moment before what cannot be taken back', () => {
  test('says when it begins, and puts the abort where people press', () => {
    const message = show(...fenced, opened);

    expect(message.text).toContain('*“Promote” begins at 03:02:20 UTC*, and cannot be taken back.');
    expect(message.text).toContain('To stop it, press *Abort*.');
    expect(buttonsOf(message)).toEqual(['dr:abort:INC-1 --yes', `dr:pause:${run}`]);
    expect(message.blocks.findIndex(({ type }) => type === 'actions')).toBe(2);
  });

  test('is over when its timer has fired', () => {
    const message = show(...fenced, opened, { type: 'run.abort-window-closed', runId: run }, started('promote'));

    expect(message.text).toContain('Nobody has to do anything now. Now: Promote.');
    expect(buttonsOf(message)).toEqual([`dr:pause:${run}`, 'dr:abort:INC-1 --yes']);
  });
});

test('a step that is tried again by itself says which attempt failed, why, and when the next one begins', () => {
  const retried = planWith([plannedStep('dns', { title: 'Move', retry: { attempts: 5, backoffSeconds: 10 } })]);
  const message = board(
    stateAfter(declared, created(retried), approved, runStarted, started('dns'), {
      type: 'step.attempt-failed',
      runId: run,
      step: 'dns',
      attempt: 1,
      error: { code: 'aws.throttled', message: 'Route 53 <asks> to wait.' },
      retryAt: NOW + 10_000,
    }),
    {},
    NOW,
  );

  expect(message.text).toContain('Nobody has to do anything now.');
  expect(message.text).toContain('Move: attempt 1 of 5 failed, next at 03:02:20 UTC. Route 53 &lt;asks&gt; to wait.');
  expect(textOf({ blocks: message.fallbacks?.[0]?.blocks ?? [] })).toContain('tried again: Move');
});

describe('a step that the approval no longer covers', () => {
  test('names each difference, and offers another look and an override', () => {
    const message = show(...fenced, started('promote'), drift);

    expect(message.text).toContain('*Paused before “Promote”: the approval no longer covers this.*');
    expect(sectionTexts(message)[0]).toContain('\n• Loss: no (loss 10 min 12 s; needed &lt;= 300).\n');
    expect(buttonsOf(message)).toEqual([
      `dr:retry:${run} promote`,
      `dr:override:${run} promote`,
      'dr:undo:INC-1',
      'dr:abort:INC-1 --yes',
    ]);
  });

  test('asks for the second name under an override: who asked, why, and what exactly is accepted', () => {
    const message = show(...fenced, started('promote'), drift, asked);

    expect(message.text).toContain('*Paused: an override waits for a second name.*');
    expect(sectionTexts(message)[0]).toContain(
      '<@U0COMMANDER> wants to go on with *Promote* although:\n• Loss: no (loss 10 min 12 s; needed &lt;= 300).\nBecause: staying &lt;down&gt; is worse',
    );
    expect(message.text).toContain('*Somebody else who may approve signs it*, not <@U0COMMANDER>');
    expect(buttonsOf(message)[0]).toBe(`dr:override:${run} promote --sign`);
    expect(textOf(message)).toContain('You and <@U0COMMANDER> accept, in this run: Loss: no');
  });

  test('stands in the outcome once it was overridden, with both names', () => {
    const message = show(
      ...fenced,
      started('promote'),
      drift,
      asked,
      { type: 'step.overridden', runId: run, step: 'promote', by: 'U0APPROVER' },
      started('promote'),
      succeeded('promote'),
      { type: 'run.finished', runId: run, outcome: 'recovered with exceptions', exceptions: ['overridden promote'] },
    );

    expect(message.text).toContain('with exceptions: overridden promote.');
    expect(textOf(message)).toContain(
      '• *overridden*: Promote: Loss: no (loss 10 min 12 s; needed &lt;= 300). (<@U0COMMANDER>: staying &lt;down&gt; is worse; signed by <@U0APPROVER>)',
    );
  });
});

test('a promotion that failed behind a fence offers first to allow writes again', () => {
  const message = show(...fenced, started('promote'), failed('promote', 'The quota is used up.'));

  expect(message.text).toContain('*Nobody can write: writes on the old primary are stopped.*');
  expect(buttonsOf(message)[0]).toBe('dr:undo:INC-1');
  expect(textOf(message).match(/"style":"primary"/g)).toHaveLength(1);
});

describe('a fence that failed', () => {
  const unreachable = [started('fence'), failed('fence', 'It cannot be reached.', 'fence.unreachable')];
  const signedFor = { ...approved, signed: ['unfenced:chatbot-prod in us-east-1'] } as IncidentEvent;

  test.each([
    ['emergency', 'ask for a new plan that signs for that'],
    ['planned', 'go on as an emergency, which signs for that'],
  ] as const)('of a run in mode %s is not offered to be skipped: “%s”', (mode, way) => {
    const message = board(
      stateAfter(declared, created({ ...plan, mode }), approved, runStarted, ...unreachable),
      {},
      NOW,
    );

    expect(buttonsOf(message)).toContain(`dr:retry:${run} fence`);
    expect(buttonsOf(message)).not.toContain(`dr:skip:${run} fence`);
    expect(message.text).toContain(way);
  });

  test('may be skipped once the approval has signed for it', () => {
    const message = board(stateAfter(declared, created(plan), signedFor, runStarted, ...unreachable), {}, NOW);

    expect(buttonsOf(message)).toContain(`dr:skip:${run} fence`);
  });
});

describe('a planned run', () => {
  const planned = [declared, created({ ...plan, mode: 'planned' as const }), approved, runStarted];
  const changed: IncidentEvent = {
    type: 'run.mode-changed',
    runId: run,
    to: 'emergency',
    by: 'U0COMMANDER',
    reason: 'the region is <gone>',
    signed: [],
  };

  test('may become an emergency, once', () => {
    const before = board(stateAfter(...planned, started('fence')), {}, NOW);
    const after = board(stateAfter(...planned, started('fence'), changed), {}, NOW);

    expect(buttonsOf(before)).toEqual([`dr:pause:${run}`, `dr:emergency:${run}`, 'dr:abort:INC-1 --yes']);
    expect(buttonsOf(after)).not.toContain(`dr:emergency:${run}`);
    expect(buttonsOf(show(started('fence')))).not.toContain(`dr:emergency:${run}`);
  });

  test('that became one says who made it so, why, and what is left out', () => {
    const left: IncidentEvent = { type: 'step.left-out', runId: run, step: 'scale', reason: 'an emergency' };
    const message = board(stateAfter(...planned, started('fence'), changed, left), {}, NOW);

    expect(message.text).toContain('by <@U0COMMANDER>: the region is &lt;gone&gt;. Left out: Scale.');
  });
});

test('a run that another one replaces says which, and who approved that', () => {
  const message = show(
    started('scale'),
    created({ ...plan, id: 'INC-1.p2' }),
    { type: 'plan.approved', planId: 'INC-1.p2', hash: 'x', by: 'U0OTHER', signed: [], replaces: run },
    { type: 'run.abort-requested', runId: run, by: 'U0OTHER' },
  );

  expect(message.text).toContain(`*${run} stops, then INC-1.r2 starts* by itself, approved by <@U0OTHER>.`);
});

test('a plan that waits beside a run says that approving it aborts the run', () => {
  const message = show(started('scale'), created({ ...plan, id: 'INC-1.p2' }));

  expect(message.text).toContain(`Plan INC-1.p2 waits for approval: *approving it aborts ${run} first*.`);
});

test('a run that failed says where, what can be undone, what cannot and what was not touched', () => {
  const message = show(
    started('scale'),
    succeeded('scale'),
    started('fence'),
    succeeded('fence'),
    started('promote'),
    failed('promote', 'It failed.'),
    aborted[0] as IncidentEvent,
    { type: 'run.finished', runId: run, outcome: 'failed', exceptions: ['failed promote'] },
  );

  expect(message.text).toContain('*Failed at “Promote”.*');
  expect(textOf(message)).toContain('• changed (can be undone): Scale');
  expect(textOf(message)).toContain('• may be half done (cannot be taken back): Promote');
  expect(textOf(message)).toContain('• everything else was not touched');
  expect(textOf(show(...fenced, ...aborted))).toContain('• not touched: Promote; Scale');
});

describe('an undo', () => {
  const undoes = (step: string): Partial<PlannedStep> => ({
    uses: 'postgres.fence',
    undoes: { runId: run, step, done: { outputs: { fenced: true }, changes: [] } },
  });
  const undo = planWith([plannedStep('undo-fence', { title: 'Allow writes', ...undoes('fence') })], {
    id: 'INC-1.p2',
    undoOf: run,
  });
  const waiting = [...fenced, ...aborted, created(undo)];
  const second = { runId: 'INC-1.r2' };
  const begun: IncidentEvent[] = [
    ...waiting,
    { ...(approved as IncidentEvent & { type: 'plan.approved' }), planId: 'INC-1.p2' },
    { type: 'run.started', ...second, planId: 'INC-1.p2', locks: [] },
    { ...(started('undo-fence') as IncidentEvent & { type: 'step.started' }), ...second },
  ];

  test('that waits says what it undoes', () => {
    expect(show(...waiting).text).toContain(`*Plan INC-1.p2, which undoes ${run}, waits for approval.*`);
  });

  test('under way is no recovery', () => {
    const message = show(...begun);

    expect(message.text).toContain(`*Undoing what ${run} changed.*`);
    expect(textOf(message)).not.toContain('Recover');
  });

  test('that is done never says that anything recovered, and offers a new plan', () => {
    const message = show(
      ...begun,
      { ...(succeeded('undo-fence') as IncidentEvent & { type: 'step.succeeded' }), ...second },
      { type: 'run.finished', ...second, outcome: 'recovered', exceptions: [] },
    );

    expect(message.text).toContain(`*Undo of ${run} done.* Whether users are served is not known.`);
    expect(textOf(message)).not.toMatch(/[Rr]ecovered|Users can work again|Nobody else is paged/);
    expect(buttonsOf(message)).toEqual(['dr:failover:chatbot --mode emergency --to us-west-2', 'dr:resolve:INC-1']);
  });

  test('that failed reports it, and offers the rest', () => {
    const message = show(
      ...begun,
      { ...(failed('undo-fence', 'Refused.') as IncidentEvent & { type: 'step.failed' }), ...second },
      { type: 'run.abort-requested', ...second, by: 'U0COMMANDER' },
      { type: 'run.finished', ...second, outcome: 'failed', exceptions: ['failed undo-fence'] },
    );

    expect(message.text).toContain(`*Undo of ${run} failed at “Allow writes”.* 1 change is not taken back.`);
    expect(buttonsOf(message)[0]).toBe('dr:undo:INC-1');
  });
});
