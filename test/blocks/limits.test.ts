import { describe, expect, test } from '@jest/globals';
import { validateBlocks } from '../../sandbox/slack/blocks/validate.ts';
import { board, type ProgressLines } from '../../src/blocks/board.ts';
import type { Message } from '../../src/blocks/message.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { created, failed, NOW, plansOf, run, started, succeeded, textOf } from './support.ts';

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
