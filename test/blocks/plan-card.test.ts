import { describe, expect, test } from '@jest/globals';
import { validateBlocks } from '../../sandbox/slack/blocks/validate.ts';
import { planCard } from '../../src/blocks/plan-card.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { PlanState } from '../../src/domain/incident-state.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { aborted, buttonsOf, card, created, NOW, sectionTexts, textOf } from './support.ts';

const promote = plannedStep('promote', {
  title: 'Promote the replica',
  effect: 'irreversible',
  changes: [{ what: 'chatbot-prod-replica-west', before: 'read replica', after: 'standalone primary' }],
});
const begun: IncidentEvent = { type: 'plan.approval-begun', planId: 'INC-1.p1', by: 'U0APPROVER' };

describe('a plan that waits', () => {
  test('shows each change, what cannot be taken back, loss against RPO, duration and until when it is in time', () => {
    const message = card(stateAfter(declared, created(planWith([promote]))));

    expect(textOf(message)).toContain('chatbot-prod-replica-west: read replica → standalone primary');
    expect(textOf(message)).toContain('cannot be taken back');
    expect(textOf(message)).toContain('at most 7 s (RPO 5 min)');
    expect(textOf(message)).toContain('7 min; in time if approved by 03:08 UTC (RTO ends 03:15 UTC)');
    expect(buttonsOf(message)).toEqual(['dr:approve:INC-1.p1', 'dr:reject:INC-1.p1']);
  });

  test('says that the RTO cannot be kept any more', () => {
    const predicted = { durationSeconds: 1200, criticalPath: [] };

    const message = card(stateAfter(declared, created(planWith([promote], { predicted }))));

    expect(textOf(message)).toContain('20 min; too long for the RTO, which ends 03:15 UTC');
    expect(textOf(message)).toContain('not known (RPO 5 min)');
  });

  test('names what the approval signs for, before everything else and in the confirm dialog', () => {
    const signatures = [
      { kind: 'unfenced' as const, subject: 'chatbot-prod in us-east-1', sentence: 'It does not answer.' },
    ];

    const message = card(stateAfter(declared, created(planWith([promote], { signatures }))));

    expect(sectionTexts(message)[1]).toContain('unfenced: chatbot-prod in us-east-1');
    expect(textOf(message)).toContain('You sign *unfenced* for chatbot-prod in us-east-1. It starts at once.');
  });

  test('says which guards hold, with what was measured', () => {
    const guards = [
      { step: 'a', title: 'Users are cut off', expression: 'x', passed: true, measured: 'healthy false' },
    ];

    const message = card(stateAfter(declared, created(planWith([promote], { guards }))));

    expect(textOf(message)).toContain('*The guard holds:* Users are cut off (healthy false)');
  });

  test('while somebody approves, says who, and offers no buttons', () => {
    const message = card(stateAfter(declared, created(planWith([promote])), begun));

    expect(message.text).toContain('*<@U0APPROVER> is approving*, since 03:00:22 UTC');
    expect(buttonsOf(message)).toEqual([]);
  });

  test('after an approval that failed, says why, and offers the buttons again', () => {
    const failure: IncidentEvent = {
      type: 'plan.approval-failed',
      planId: 'INC-1.p1',
      by: 'U0APPROVER',
      error: { code: 'aws.denied', message: 'AWS refuses <the> credentials.' },
    };

    const message = card(stateAfter(declared, created(planWith([promote])), begun, failure));

    expect(message.text).toContain('*Not approved:* <@U0APPROVER> tried at 03:00:23 UTC');
    expect(message.text).toContain('AWS refuses &lt;the&gt; credentials.');
    expect(buttonsOf(message)).toContain('dr:approve:INC-1.p1');
  });

  test('offers the buttons again when nothing came of an approval', () => {
    const message = card(stateAfter(declared, created(planWith([promote])), begun), NOW + 15 * 60_000);

    expect(message.text).toContain('did not end');
    expect(buttonsOf(message)).toContain('dr:approve:INC-1.p1');
  });
});

describe('a plan with many changes', () => {
  const longChanges = (step: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      what: `change ${step}.${index} of a database with <quite> a long name & more`,
      before: `before "${'o'.repeat(35)}"`,
      after: `after ${'n'.repeat(35)}`,
    }));

  test('of sixty long ones shows all, over several sections that Slack takes', () => {
    const steps = Array.from({ length: 15 }, (_, step) =>
      plannedStep(`step-${step}`, { title: `Step ${step}`, changes: longChanges(step, 4), owner: 'the team' }),
    );

    const message = card(stateAfter(declared, created(planWith(steps))));

    expect(validateBlocks(message.blocks, 'message')).toMatchObject({ ok: true });
    expect(textOf(message).match(/change \d+\.\d/g)).toHaveLength(60);
    expect(textOf(message)).not.toContain('shows all');
    for (const section of sectionTexts(message)) expect(section).not.toMatch(/\*Step \d+\*$/);
  });

  test('beyond what Slack takes says how many are not shown, and where they are', () => {
    const steps = Array.from({ length: 30 }, (_, step) =>
      plannedStep(`step-${step}`, { title: `Step ${step}`, changes: longChanges(step, 10) }),
    );
    const signatures = [{ kind: 'unfenced' as const, subject: 'chatbot-prod', sentence: 'x '.repeat(1200) }];

    const message = card(stateAfter(declared, created(planWith(steps, { signatures }))));

    const shown = textOf(message).match(/change \d+\.\d/g)?.length ?? 0;
    expect(validateBlocks(message.blocks, 'message')).toMatchObject({ ok: true });
    expect(shown).toBeGreaterThan(30);
    expect(textOf(message)).toContain(
      `… and ${300 - shown} more changes. \`lifeboat plan chatbot/region-failover\` shows all.`,
    );
    expect(buttonsOf(message)).toContain('dr:approve:INC-1.p1');
  });

  test('lets a line too long for one section go on in the next, whole', () => {
    const before = `${'<'.repeat(1500)} end`;

    const message = card(
      stateAfter(declared, created(planWith([plannedStep('x', { changes: [{ what: 'w', before, after: 'a' }] })]))),
    );

    expect(validateBlocks(message.blocks, 'message')).toMatchObject({ ok: true });
    expect(sectionTexts(message).join('').match(/&lt;/g)).toHaveLength(1500);
    for (const section of sectionTexts(message)) expect(section).not.toMatch(/&(?!lt;|gt;|amp;)/);
  });
});

describe('a guard that does not hold', () => {
  const guards = ['loss', 'capacity'].map((step) => ({
    step,
    title: `The ${step} is fine`,
    expression: `${step} <= 300`,
    passed: false,
    measured: `${step} 612`,
    reason: `Needed: ${step} <= 300. Wait.`,
  }));
  const steps = [...guards.map(({ step }) => plannedStep(step, { effect: 'read', expect: 'x' })), promote];
  const refused = created(planWith(steps, { guards, verdict: 'refused' }));
  const override = (step: string): IncidentEvent => ({
    type: 'plan.guard-overridden',
    planId: 'INC-1.p1',
    step,
    by: 'U0COMMANDER',
    reason: 'staying <down> is worse',
    measured: `${step} 612`,
    limit: `${step} <= 300`,
  });

  test('may be overridden by a commander, one by one, and says that it takes a second name', () => {
    const message = card(stateAfter(declared, refused));

    expect(buttonsOf(message)).toEqual(['dr:override:INC-1.p1 loss', 'dr:override:INC-1.p1 capacity']);
    expect(textOf(message)).toContain('It needs a second name: whoever approves the plan then.');
  });

  test('that is overridden leaves the other, and is shown with who and why', () => {
    const message = card(stateAfter(declared, refused, override('loss')));

    expect(buttonsOf(message)).toEqual(['dr:override:INC-1.p1 capacity']);
    expect(message.text).toContain('Overridden already, for this plan only');
    expect(message.text).toContain('<@U0COMMANDER>: staying &lt;down&gt; is worse');
  });

  test('stands loudly above the approval once all are overridden', () => {
    const message = card(stateAfter(declared, refused, override('loss'), override('capacity')));

    expect(sectionTexts(message)[1]).toContain('⚠️ *Overridden. Approving is the second name under this:*');
    expect(sectionTexts(message)[1]).toContain('*The loss is fine*: no (loss 612; needed loss &lt;= 300).');
    expect(message.text).toContain('not <@U0REQUESTER>, who asked for it, nor <@U0COMMANDER>, who overrode a guard');
    expect(textOf(message)).toContain(
      'You are the second name under the override of loss (loss 612; needed loss &lt;= 300), capacity (',
    );
    expect(buttonsOf(message)).toEqual(['dr:approve:INC-1.p1', 'dr:reject:INC-1.p1']);
  });

  test.each([
    [
      'of a step that itself says that it cannot work',
      created(planWith([promote], { guards, verdict: 'refused' })),
      NOW,
    ],
    ['of a plan too old to be signed for', refused, NOW + 2 * 3600_000],
  ])('%s offers no override', (_case, event, now) => {
    expect(buttonsOf(card(stateAfter(declared, event), now))).toEqual([]);
  });
});

test('a plan warns of what to know, and says until when an abort still stops it', () => {
  const plan = planWith([promote], { warnings: ['INC-0.r1 ended <now>.'], abortWindowSeconds: 10 });

  const message = card(stateAfter(declared, created(plan)));

  expect(sectionTexts(message)).toContain('⚠️ INC-0.r1 ended &lt;now&gt;.');
  expect(textOf(message)).toContain('*Last moment to stop it*\\n10 s before “Promote the replica”');
});

test('a plan that takes the place of a run says so, in the dialog, too, and who decides', () => {
  const message = card(
    stateAfter(
      declared,
      created(planWith([promote])),
      approved,
      runStarted,
      created(planWith([promote], { id: 'INC-1.p2' })),
    ),
  );

  expect(message.text).toContain('Approve or reject it below');
  expect(textOf(message)).toContain(
    '*Approving this aborts INC-1.r1 first*, so one of the two, who asked for it and who approves it, must be a commander.',
  );
  expect(textOf(message)).toContain('INC-1.r1 is aborted first. “Promote the replica” cannot be taken back.');
});

test('the plan of an undo says what it undoes, and how to ask for it again', () => {
  const undo = planWith([plannedStep('undo-x')], { undoOf: 'INC-1.r1' });
  const expired: IncidentEvent = { type: 'plan.expired', planId: 'INC-1.p1' };

  expect(card(stateAfter(declared, created(undo))).text).toContain('Plan INC-1.p1 · Undo of INC-1.r1');
  expect(card(stateAfter(declared, created(undo), expired)).text).toContain('`/dr undo INC-1` makes a new plan.');
});

describe('a plan that is decided', () => {
  test('when refused says why with the measured value, and offers no approval', () => {
    const guards = [
      {
        step: 'loss',
        title: 'Loss is within the RPO',
        expression: 'x',
        passed: false,
        measured: 'lossSeconds 612',
        reason: 'Bring the primary back.',
      },
    ];

    const message = card(stateAfter(declared, created(planWith([promote], { guards, verdict: 'refused' }))));

    expect(message.text).toContain('Cannot be approved');
    expect(message.text).toContain('*Loss is within the RPO*: no (loss 10 min 12 s). Bring the primary back.');
    expect(buttonsOf(message)).toEqual([]);
  });

  test('gives its buttons and changes up for who and when', () => {
    const message = card(stateAfter(declared, created(planWith([promote])), approved));

    expect(buttonsOf(message)).toEqual([]);
    expect(textOf(message)).toContain('*Approved by <@U0APPROVER>* at 03:00:22 UTC');
    expect(textOf(message)).not.toContain('read replica →');
  });

  test('when no longer valid says what differs and what to decide on instead', () => {
    const state = stateAfter(
      declared,
      created(planWith([promote])),
      { type: 'plan.voided', planId: 'INC-1.p1', difference: ['The replica <was> promoted.'] },
      created(planWith([promote], { id: 'INC-1.p2' })),
    );

    const message = planCard(state, state.plans[0] as PlanState, NOW);

    expect(message.text).toContain('The replica &lt;was&gt; promoted.');
    expect(message.text).toContain('*Decide on plan INC-1.p2 instead*');
  });

  test('when the plan in its place is refused says where to look', () => {
    const state = stateAfter(
      declared,
      created(planWith([promote])),
      { type: 'plan.voided', planId: 'INC-1.p1', difference: ['The replica was promoted.'] },
      created(planWith([promote], { id: 'INC-1.p2', verdict: 'refused' })),
    );

    const message = planCard(state, state.plans[0] as PlanState, NOW);

    expect(message.text).toContain('Plan INC-1.p2 took its place, but cannot be approved: *see there');
  });

  test('after a run that changed something claims only that itself changed nothing', () => {
    const state = stateAfter(
      declared,
      created(planWith([promote])),
      approved,
      runStarted,
      ...aborted,
      created(planWith([promote], { id: 'INC-1.p2' })),
    );

    const message = card(state);

    expect(message.text).toContain('This plan has changed nothing.');
    expect(message.text).not.toContain('Nothing has been changed.');
  });
});

test('what people typed or infrastructure named cannot become a mention or a link', () => {
  const plan = planWith(
    [plannedStep('x', { changes: [{ what: '<!channel>', before: '<https://evil|a>', after: '&' }] })],
    { reason: '<!here> now' },
  );

  const message = card(stateAfter(declared, created(plan)));

  expect(textOf(message)).not.toMatch(/<!|<https/);
  expect(textOf(message)).toContain('&lt;!here&gt; now');
  // An address, too, that Slack would make a link of.
  expect(textOf(message).match(/"mrkdwn"/g)).toHaveLength(textOf(message).match(/"verbatim":true/g)?.length ?? 0);
});
