import { describe, expect, test } from '@jest/globals';
import { validateBlocks } from '../../sandbox/slack/blocks/validate.ts';
import { board, type ProgressLines } from '../../src/blocks/board.ts';
import type { Message } from '../../src/blocks/message.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { card, created, failed, NOW, plansOf, run, started, succeeded, textOf } from './support.ts';

/** Names as long, and as hostile, as somebody could make them. */
const PLAIN = 'A step with a title of ordinary length';
const HOSTILE = `<!channel> & *bold* \`code\` <https://evil.example|click> 🦊${'very '.repeat(60)}long`;

/** A run of `count` steps, `perPhase` to a phase. */
function planOf(count: number, perPhase: number, title: string) {
  const steps = Array.from({ length: count }, (_, index) =>
    plannedStep(`step-${index}`, { title, phase: `phase-${Math.floor(index / perPhase)}` }),
  );
  return planWith(steps);
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `step-${index}`);
const words = `${HOSTILE} and so on`;
const progressOf = (count: number): ProgressLines =>
  Object.fromEntries(ids(count).map((id) => [id, { sentence: words, at: NOW }]));

/** As many and as long as somebody could make them. */
const DIFFERENCES = Array.from({ length: 20 }, (_, index) => ({ key: `fact:${index}`, sentence: HOSTILE }));

/** What may have become of the steps of a run. */
const STATES: Record<string, (count: number) => IncidentEvent[]> = {
  'nothing begun': () => [],
  'all running at once': (count) => ids(count).map(started),
  'half done, the next one running': (count) => [
    ...ids(count)
      .slice(0, Math.floor(count / 2))
      .flatMap((id) => [started(id), succeeded(id)]),
    started(`step-${Math.floor(count / 2)}`),
  ],
  'all failed': (count) => ids(count).flatMap((id) => [started(id), failed(id, words)]),
  'all skipped but the last': (count) => [
    ...ids(count)
      .slice(0, -1)
      .flatMap((step): IncidentEvent[] => [
        started(step),
        failed(step, words),
        { type: 'step.skipped', runId: run, step, by: 'U0COMMANDER', reason: HOSTILE },
      ]),
    started(`step-${count - 1}`),
  ],
  'every fence impossible, the last one running': (count) => [
    ...ids(count)
      .slice(0, -1)
      .flatMap((id) => [started(id), succeeded(id, { fenced: false }, ['unfenced'])]),
    started(`step-${count - 1}`),
  ],
  'all tried again by themselves': (count) =>
    ids(count).flatMap((step) => [
      started(step),
      { type: 'step.attempt-failed', runId: run, step, attempt: 1, error: { code: 'x', message: words }, retryAt: NOW },
    ]),
  'all waiting for a second name': (count) =>
    ids(count).flatMap((step): IncidentEvent[] => [
      started(step),
      { ...(failed(step, words) as IncidentEvent & { type: 'step.failed' }), differences: DIFFERENCES },
      {
        type: 'step.override-requested',
        runId: run,
        step,
        by: 'U0COMMANDER',
        reason: HOSTILE,
        accepts: DIFFERENCES,
      },
    ]),
  'all overridden, held, and watched for long': (count) => [
    ...ids(count).flatMap((step): IncidentEvent[] => [
      started(step),
      { ...(failed(step, words) as IncidentEvent & { type: 'step.failed' }), differences: DIFFERENCES },
      {
        type: 'step.override-requested',
        runId: run,
        step,
        by: 'U0COMMANDER',
        reason: HOSTILE,
        accepts: DIFFERENCES,
      },
      { type: 'step.overridden', runId: run, step, by: 'U0APPROVER' },
      started(step),
      succeeded(step, { fenced: false }, ['unfenced']),
    ]),
    { type: 'run.pause-requested', runId: run, by: 'U0COMMANDER', reason: HOSTILE },
    ...ids(10).flatMap((id): IncidentEvent[] => [
      { type: 'watch.started', watch: id, runId: run, step: 'step-0', kind: 'unfenced', subject: HOSTILE },
      { type: 'watch.failed', watch: id, error: { code: 'x', message: words } },
    ]),
    { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER', reason: HOSTILE },
    { type: 'run.finished', runId: run, outcome: 'failed', exceptions: ids(count).map((id) => `overridden ${id}`) },
    ...ids(10).map((id): IncidentEvent => ({ type: 'start.held-back', trigger: `${id} ${HOSTILE}`, until: NOW })),
  ],
  'being aborted': (count) => [
    ...ids(count).map(started),
    { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER', reason: HOSTILE },
  ],
  aborted: (count) => [
    ...ids(count).flatMap((id) => [started(id), succeeded(id)]),
    { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
    { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: ['unfenced', 'unprotected'] },
  ],
  recovered: (count) => [
    ...ids(count).flatMap((id) => [started(id), succeeded(id)]),
    { type: 'run.finished', runId: run, outcome: 'recovered', exceptions: [] },
  ],
  'resolved after an abort': (count) => [
    ...ids(count).map(started),
    { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
    { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: [] },
    { type: 'incident.resolved', by: 'U0COMMANDER' },
  ],
};

/** Every rung of a message that Slack would refuse, with what it says. */
function refusals(message: Message): unknown[] {
  return [message.blocks, ...(message.fallbacks ?? []).map(({ blocks }) => blocks)]
    .map((blocks) => validateBlocks(blocks, 'message'))
    .filter((verdict) => !verdict.ok);
}

function stateOf(count: number, perPhase: number, title: string, events: IncidentEvent[]): IncidentState {
  return stateAfter(
    { ...declared, reason: HOSTILE } as IncidentEvent,
    created(planOf(count, perPhase, title)),
    approved,
    runStarted,
    ...events,
  );
}

describe.each([1, 12, 60, 200])('a board of %i steps', (count) => {
  describe.each([
    ['in one phase', count],
    ['in phases of twelve', 12],
    ['in phases of one', 1],
  ])('%s', (_phases, perPhase) => {
    test.each(Object.keys(STATES))('%s, is taken by Slack on every rung', (name) => {
      const events = STATES[name]?.(count) ?? [];

      const found = [PLAIN, HOSTILE].flatMap((title) =>
        refusals(board(stateOf(count, perPhase, title, events), progressOf(count), NOW)),
      );

      expect(found).toEqual([]);
    });
  });
});

describe('a thousand nested steps', () => {
  const nested = Array.from({ length: 1000 }, (_, index) =>
    plannedStep(`shards-${index}-restore`, {
      title: HOSTILE,
      scope: `shards-${index}`,
      item: index,
      group: { id: 'shards', limit: 20 },
      expect: 'true',
    }),
  );
  const gathered = plannedStep('shards', {
    title: 'What the shards gave',
    effect: 'read',
    changes: [],
    gathers: { kind: 'list', steps: nested.map(({ id }) => id) },
  });
  const plan = planWith([...nested, gathered], {
    guards: nested.map(({ id, title }) => ({
      step: id,
      title,
      expression: HOSTILE,
      passed: false,
      measured: HOSTILE,
      reason: HOSTILE,
    })),
    warnings: nested.map(() => HOSTILE),
    verdict: 'refused',
  });
  const passed = nested.map(
    ({ id }): IncidentEvent => ({
      type: 'plan.guard-overridden',
      planId: 'INC-1.p1',
      step: id,
      by: 'U0COMMANDER',
      reason: HOSTILE,
      measured: HOSTILE,
      limit: HOSTILE,
    }),
  );
  const begun = [declared, created(plan)];

  test.each([
    ['are refused', begun],
    ['are overridden and wait', [...begun, ...passed]],
    ['are overridden and approved', [...begun, ...passed, approved, runStarted]],
  ])('on a card, when they %s, are taken by Slack', (_case, events) => {
    expect(refusals(card(stateAfter(...events)))).toEqual([]);
  });

  test.each([
    ['none begun', []],
    ['all running', nested.map(({ id }) => started(id))],
    ['all failed', nested.flatMap(({ id }) => [started(id), failed(id, words)])],
  ])('on a board, %s, are taken by Slack on every rung', (_case, events) => {
    expect(refusals(board(stateAfter(...begun, ...passed, approved, runStarted, ...events), {}, NOW))).toEqual([]);
  });

  test('are counted without what only gathers their outputs', () => {
    const [first] = nested;
    const message = board(stateAfter(...begun, approved, runStarted, started(first?.id ?? '')), {}, NOW);

    expect(plansOf(message)[0]?.title).toContain('0 of 1000 done');
  });
});

describe('a board of 200 steps', () => {
  const running = (perPhase: number) =>
    board(stateOf(200, perPhase, PLAIN, STATES['half done, the next one running']?.(200) ?? []), {}, NOW);

  test('counts those of a phase and shows what runs and what comes next', () => {
    const [plan] = plansOf(running(200));

    expect(plan?.title).toContain('100 of 200 done');
    expect(plan?.tasks).toHaveLength(12);
    expect(plan?.tasks?.[0]).toMatchObject({ task_id: 'step-100', status: 'in_progress' });
  });

  test('folds what is over and what is to come into a line each', () => {
    const message = running(10);

    expect(textOf(message)).toContain('*10 phases done*, the last:');
    expect(textOf(message)).toContain('▫️ To come: ');
    expect(textOf(message)).toContain('and 4 more');
    expect(plansOf(message)).toHaveLength(1);
  });
});
