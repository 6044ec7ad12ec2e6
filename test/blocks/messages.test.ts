import { describe, expect, test } from '@jest/globals';
import { validateBlocks } from '../../sandbox/slack/blocks/validate.ts';
import { board } from '../../src/blocks/board.ts';
import type { Message } from '../../src/blocks/message.ts';
import { planCard } from '../../src/blocks/plan-card.ts';
import { threadLines } from '../../src/blocks/thread.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import {
  approved,
  DETECTED,
  declared,
  entriesOf,
  plannedStep,
  planWith,
  runStarted,
  stateAfter,
} from '../support/incident.ts';

const NOW = DETECTED + 130_000;
const run = 'INC-1.r1';
const started = (step: string): IncidentEvent => ({
  type: 'step.started',
  runId: run,
  step,
  attempt: 1,
  operationId: `${run}.${step}`,
});
const succeeded = (step: string, outputs = {}, exceptions: ('unfenced' | 'unprotected')[] = []): IncidentEvent => ({
  type: 'step.succeeded',
  runId: run,
  step,
  attempt: 1,
  outputs,
  changes: [{ what: step, before: 'a', after: 'b' }],
  exceptions,
});
const failed = (step: string, message: string): IncidentEvent => ({
  type: 'step.failed',
  runId: run,
  step,
  attempt: 1,
  error: { code: 'test.failed', message },
  changes: [],
});
const created = (plan: Plan): IncidentEvent => ({ type: 'plan.created', plan });

const textOf = ({ blocks }: Message) => JSON.stringify(blocks);
const sectionTexts = ({ blocks }: Message) =>
  blocks.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : []));
const buttonsOf = ({ blocks }: Message) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .map((element) => ('action_id' in element ? element.action_id : ''));
const card = (state: IncidentState): Message => {
  const entry = state.plans.at(-1);
  if (!entry) throw new Error('no plan');
  return planCard(state, entry);
};

describe('the plan card', () => {
  const promote = plannedStep('promote', {
    title: 'Promote the replica',
    effect: 'irreversible',
    changes: [{ what: 'chatbot-prod-replica-west', before: 'read replica', after: 'standalone primary' }],
  });

  test('shows each change, what cannot be taken back, loss against RPO and duration', () => {
    const message = card(stateAfter(declared, created(planWith([promote]))));

    expect(textOf(message)).toContain('chatbot-prod-replica-west: read replica → standalone primary');
    expect(textOf(message)).toContain('cannot be taken back');
    expect(textOf(message)).toContain('at most 7 s (RPO 5 min)');
    expect(textOf(message)).toContain('7 min after approval');
    expect(textOf(message)).toContain('ends 03:15:00 UTC');
    expect(buttonsOf(message)).toEqual(['dr:approve:INC-1.p1', 'dr:reject:INC-1.p1']);
  });

  test('names what the approval signs for, in the card and in the confirm dialog', () => {
    const signatures = [
      { kind: 'unfenced' as const, subject: 'chatbot-prod in us-east-1', sentence: 'It does not answer.' },
    ];

    const message = card(stateAfter(declared, created(planWith([promote], { signatures }))));

    expect(textOf(message)).toContain('unfenced: chatbot-prod in us-east-1');
    expect(textOf(message)).toContain('You sign *unfenced* for chatbot-prod in us-east-1');
  });

  test('a refused plan says why with the measured value, and offers no approval', () => {
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

    expect(message.text).toContain('Refused');
    expect(textOf(message)).toContain('lossSeconds 612');
    expect(textOf(message)).toContain('Bring the primary back.');
    expect(buttonsOf(message)).toEqual([]);
  });

  const longChanges = (step: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      what: `change ${step}.${index} of a database with <quite> a long name & more`,
      before: `before "${'o'.repeat(35)}"`,
      after: `after ${'n'.repeat(35)}`,
    }));

  test('sixty long changes are all shown, over several sections that Slack takes', () => {
    const steps = Array.from({ length: 15 }, (_, step) =>
      plannedStep(`step-${step}`, { title: `Step ${step}`, changes: longChanges(step, 4), owner: 'the team' }),
    );

    const message = card(stateAfter(declared, created(planWith(steps))));

    expect(validateBlocks(message.blocks, 'message')).toMatchObject({ ok: true });
    expect(textOf(message).match(/change \d+\.\d/g)).toHaveLength(60);
    expect(textOf(message)).not.toContain('shows all');
    for (const section of sectionTexts(message)) expect(section).not.toMatch(/\*Step \d+\*$/);
  });

  test('beyond what Slack takes it says how many changes are not shown, and where they are', () => {
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

  test('a line too long for one section goes on in the next, whole', () => {
    const before = `${'<'.repeat(1500)} end`;

    const message = card(
      stateAfter(declared, created(planWith([plannedStep('x', { changes: [{ what: 'w', before, after: 'a' }] })]))),
    );

    expect(validateBlocks(message.blocks, 'message')).toMatchObject({ ok: true });
    expect(sectionTexts(message).join('').match(/&lt;/g)).toHaveLength(1500);
    for (const section of sectionTexts(message)) expect(section).not.toMatch(/&(?!lt;|gt;|amp;)/);
  });

  test('after the decision the buttons give way to who and when', () => {
    const message = card(stateAfter(declared, created(planWith([promote])), approved));

    expect(buttonsOf(message)).toEqual([]);
    expect(textOf(message)).toContain('*Approved* by <@U0APPROVER> at 03:00:22 UTC');
  });

  test('what people typed or infrastructure named cannot become a mention or a link', () => {
    const plan = planWith(
      [plannedStep('x', { changes: [{ what: '<!channel>', before: '<https://evil|a>', after: '&' }] })],
      { reason: '<!here> now' },
    );

    const message = card(stateAfter(declared, created(plan)));

    expect(textOf(message)).not.toMatch(/<!|<https/);
    expect(textOf(message)).toContain('&lt;!here&gt; now');
  });
});

describe('the board', () => {
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

  test('before a plan exists it says that nothing has been changed', () => {
    const message = board(stateAfter(declared), {}, NOW);

    expect(message.text).toContain('Planning');
    expect(textOf(message)).toContain('paging now: tier 1, SRE rotation');
  });

  test('shows elapsed time, RTO left, running step with its last words, and the next tier', () => {
    const state = stateAfter(
      ...running,
      { type: 'escalation.reached', tier: 1, action: 'a', contact: 'SRE rotation' },
      started('fence'),
    );

    const message = board(state, { fence: { sentence: 'two sessions left', at: NOW } }, NOW);

    expect(textOf(message)).toContain('2 min 10 s');
    expect(textOf(message)).toContain('12 min 50 s left, until 03:15:00 UTC');
    expect(textOf(message)).toContain('two sessions left');
    expect(textOf(message)).toContain('next: tier 2, SRE manager at 03:15:00 UTC');
    expect(message.text).toContain('Now: Stop writes');
  });

  test('a failed step pauses the run and offers retry, skip and abort', () => {
    const message = board(stateAfter(...running, started('fence'), failed('fence', 'The database refused.')), {}, NOW);

    expect(message.text).toContain('Paused: Stop writes failed');
    expect(message.text).toContain('The database refused.');
    expect(buttonsOf(message)).toEqual([`dr:retry:${run} fence`, `dr:skip:${run} fence`, 'dr:abort:INC-1']);
  });

  test('asks the person whom a manual step waits for', () => {
    const state = stateAfter(
      ...running,
      started('fence'),
      succeeded('fence'),
      started('promote'),
      succeeded('promote'),
      started('sign-in'),
    );

    const message = board(state, {}, NOW);

    expect(message.text).toContain('Does sign-in work?');
    expect(buttonsOf(message)).toContain(`dr:confirm:${run} sign-in`);
  });

  test('says how it ended: time, loss, exceptions, and that escalation is held', () => {
    const finished: IncidentEvent = {
      type: 'run.finished',
      runId: run,
      outcome: 'recovered with exceptions',
      exceptions: ['unfenced', 'unprotected'],
    };
    const loss = plannedStep('loss', { uses: 'postgres.predicted-loss', effect: 'read' });
    const withLoss = planWith([loss, ...plan.steps]);
    const state = stateAfter(
      declared,
      created(withLoss),
      approved,
      runStarted,
      started('loss'),
      succeeded('loss', { lossSeconds: 6 }),
      started('fence'),
      succeeded('fence', {}, ['unfenced']),
      started('promote'),
      succeeded('promote', {}, ['unprotected']),
      finished,
    );

    const message = board(state, {}, NOW);

    expect(message.text).toContain('Recovered 29 s after detection, with exceptions: unfenced, unprotected');
    expect(textOf(message)).toContain('RTO 15 min: met');
    expect(textOf(message)).toContain('data loss: at most 6 s');
    expect(textOf(message)).toContain('held: the run has recovered');
    expect(buttonsOf(message)).toEqual(['dr:resolve:INC-1']);
  });

  test('an aborted run says what was changed, what may be half done, and what cannot be taken back', () => {
    const state = stateAfter(
      ...running,
      started('fence'),
      succeeded('fence'),
      started('promote'),
      { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
      { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: [] },
    );

    const message = board(state, {}, NOW);

    expect(textOf(message)).toContain('changed: Stop writes: fence: a → b');
    expect(textOf(message)).toContain('may be half done (cannot be taken back): Promote');
  });

  describe('while the fence stands and nothing was promoted', () => {
    const fencing = planWith([
      plannedStep('fence', { title: 'Stop writes', uses: 'postgres.fence' }),
      plannedStep('promote', { title: 'Promote', uses: 'rds.promote-replica', needs: ['fence'] }),
      plannedStep('restart', { title: 'Restart', needs: ['promote'] }),
    ]);
    const fenced = [declared, created(fencing), approved, runStarted, started('fence')];
    const aborted: IncidentEvent[] = [
      { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
      { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: [] },
    ];
    const stopped = 'Writes on the old primary, chatbot-prod in us-east-1, are still stopped.';
    const proven = succeeded('fence', { fenced: true });

    test('an aborted run says that writes are stopped, and the SQL that allows them', () => {
      const message = board(stateAfter(...fenced, proven, ...aborted), {}, NOW);

      expect(textOf(message)).toContain(`${stopped}* To allow them again, run \`ALTER ROLE chatbot_app LOGIN\` there.`);
    });

    test('a paused run says so in its headline', () => {
      const state = stateAfter(...fenced, proven, started('promote'), failed('promote', 'The quota is used up.'));

      const message = board(state, {}, NOW);

      expect(message.text).toContain(`After an abort: *${stopped}`);
      expect(message.text).toContain('once you have seen that chatbot-prod-replica-west was not promoted');
    });

    test.each([
      ['the fence could not be set', [succeeded('fence', { fenced: false })]],
      ['the replica was promoted', [proven, started('promote'), succeeded('promote')]],
    ])('nothing is said of it when %s', (_case, events) => {
      const message = board(stateAfter(...fenced, ...events, ...aborted), {}, NOW);

      expect(textOf(message)).not.toContain('Writes on the old primary');
    });

    test('a fence that was cut short may stand', () => {
      const message = board(stateAfter(...fenced, ...aborted), {}, NOW);

      expect(textOf(message)).toContain('may be stopped');
    });
  });

  test('a run of 200 steps still fits one Slack message', () => {
    const many = planWith(
      Array.from({ length: 200 }, (_, index) =>
        plannedStep(`step-${index}`, { title: 'A step with a title of ordinary length' }),
      ),
    );

    const message = board(stateAfter(declared, created(many), approved, runStarted, started('step-0')), {}, NOW);

    expect(textOf(message)).toContain('0 of 200 steps done');
    expect(message.blocks.length).toBeLessThanOrEqual(50);
    expect(textOf(message).length).toBeLessThan(13_200);
  });
});

describe('the thread', () => {
  test('tells phase changes in order, once, with the time', () => {
    const plan = planWith([plannedStep('a'), plannedStep('b', { phase: 'traffic', needs: ['a'] })]);
    const entries = entriesOf([
      declared,
      created(plan),
      approved,
      runStarted,
      started('a'),
      succeeded('a'),
      started('b'),
    ]);

    const lines: string[] = [];
    let before: IncidentState | undefined;
    for (const entry of entries) {
      const after = foldIncident([entry], before);
      if (before && after) lines.push(...threadLines(before, after, entry));
      before = after;
    }

    expect(lines).toEqual([
      '03:00:21 UTC  📋 Plan INC-1.p1 is ready and waits for approval',
      '03:00:22 UTC  ✅ Plan INC-1.p1 approved by <@U0APPROVER>',
      '03:00:24 UTC  ▶️ *Phase data* began (target 10 min)',
      '03:00:25 UTC  ✅ *Phase data* done in 1 s (target 10 min)',
      '03:00:26 UTC  ▶️ *Phase traffic* began (target 10 min)',
    ]);
  });
});
