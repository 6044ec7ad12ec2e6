import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import { threadLines } from '../../src/blocks/thread.ts';
import { usersWords } from '../../src/blocks/users.ts';
import { abortWarnings, sentencesWithin } from '../../src/domain/abort.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { recoveryFigures } from '../../src/domain/recovery.ts';
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
import { aborted, created, NOW, run, started, succeeded, textOf } from './support.ts';

const plan = planWith([
  plannedStep('loss', { uses: 'postgres.predicted-loss', effect: 'read' }),
  plannedStep('promote', { title: 'Promote', uses: 'rds.promote-replica', effect: 'irreversible', needs: ['loss'] }),
  plannedStep('probe', { title: 'The new primary accepts writes', uses: 'postgres.write-probe', needs: ['promote'] }),
  plannedStep('restart', { title: 'Restart', needs: ['promote'] }),
  plannedStep('scale', { title: 'Scale', needs: ['promote'] }),
]);
const seen = (served: boolean, seconds: number): IncidentEvent => ({
  type: 'users.seen',
  served,
  since: DETECTED + seconds * 1000,
});
const promoted = [
  ...[declared, created(plan), approved, runStarted],
  started('loss'),
  succeeded('loss', { lossSeconds: 25 }),
  started('promote'),
  { type: 'step.cleared', runId: run, step: 'promote', attempt: 1 } as IncidentEvent,
  succeeded('promote'),
];
const second = planWith(plan.steps, { id: 'INC-1.p2' });
const inSecond = (event: IncidentEvent) => ({ ...event, runId: 'INC-1.r2' }) as IncidentEvent;
const secondRun: IncidentEvent[] = [
  created(second),
  { ...approved, planId: 'INC-1.p2' } as IncidentEvent,
  { ...runStarted, runId: 'INC-1.r2', planId: 'INC-1.p2' } as IncidentEvent,
];
const secondDone = (promotion: IncidentEvent[]) => [
  ...secondRun,
  ...[started('loss'), succeeded('loss', { lossSeconds: 5 }), started('promote')].map(inSecond),
  ...promotion.map(inSecond),
  ...['probe', 'restart', 'scale'].flatMap((id) => [started(id), succeeded(id)]).map(inSecond),
  inSecond({ type: 'run.finished', runId: run, outcome: 'recovered', exceptions: [] }),
];

describe('after an abort', () => {
  test.each([
    ['never seen', [], 'Whether users are served is not known.', 'RTO: 12 min 50 s left'],
    ['cut off', [seen(false, 0)], 'Users are cut off since 03:00 UTC.', 'RTO: 12 min 50 s left'],
    [
      'served again in time',
      [seen(false, 0), seen(true, 120)],
      'Users are served (seen 03:02 UTC).',
      '*Users are served again* since 03:02 UTC, 2 min after detection: *RTO 15 min met*',
    ],
    [
      'served again too late',
      [seen(false, 0), seen(true, 960)],
      'Users are served (seen 03:16 UTC).',
      '16 min after detection: *RTO 15 min missed by 1 min*',
    ],
    ['served all the time', [seen(true, -600)], 'Users are served (seen 03:00 UTC).', 'were not seen cut off'],
  ])('the board and its clock say what was seen of users: %s', (_case, events, words, clock) => {
    const state = stateAfter(...promoted, ...aborted, ...events);

    const message = board(state, {}, NOW);

    expect(usersWords(state)).toBe(words);
    expect(message.text).toContain(words);
    expect(textOf(message)).toContain(clock);
    expect(message.text).not.toContain('may still be cut off');
  });

  test('no probe counts as a change, nothing that was so already, and what is alike is said once', () => {
    const pods = ['api', 'auth'].map((name) => ({
      what: `Pods of ${name} in us-west-2`,
      before: 'never',
      after: 'now',
    }));
    const state = stateAfter(
      ...promoted,
      ...[started('probe'), succeeded('probe'), started('scale'), succeeded('scale', {}, [], [])],
      ...[started('restart'), succeeded('restart', {}, [], pods)],
      ...aborted,
    );

    const text = textOf(board(state, {}, NOW));

    expect(text).toContain('Restart: Pods of api, auth in us-west-2: never → now');
    expect(text).not.toMatch(/accepts writes|changed[^•]*: Scale/);
  });

  test('what is not undone takes one line for each reason', () => {
    const all = ['probe', 'restart', 'scale'].flatMap((id) => [started(id), succeeded(id)]);

    const text = textOf(board(stateAfter(...promoted, ...all, ...aborted), {}, NOW));

    expect(text.match(/not undone/g)).toHaveLength(1);
    expect(text).toContain('(not undone: it came after “Promote”, which stays): Restart; Scale');
  });
});

test('the board of a run that is held says it, too', () => {
  const paused = stateAfter(
    ...promoted,
    { type: 'run.pause-requested', runId: run, by: 'U0COMMANDER' },
    seen(true, 90),
  );

  expect(board(paused, {}, NOW).text).toContain('Users are served (seen 03:01 UTC).');
});

test('the thread says when it flips, and since when', () => {
  const told = [...promoted, seen(false, 0), seen(true, 120)];
  const entries = entriesOf(told);
  const lines = entries.slice(1).flatMap((entry, index) => {
    const before = stateAfter(...told.slice(0, index + 1));
    return threadLines(before, stateAfter(...told.slice(0, index + 2)), entry);
  });

  expect(lines.filter((line) => line.includes('Users'))).toEqual([
    expect.stringContaining('🔻 Users are cut off, seen since 03:00:00 UTC'),
    expect.stringContaining('🟢 Users are served again, seen since 03:02:00 UTC'),
  ]);
});

describe('the data loss', () => {
  test('is that of the run that promoted, and not what a later one predicts', () => {
    const state = stateAfter(...promoted, ...aborted, ...secondDone([succeeded('promote', {}, [], [])]));

    expect(recoveryFigures(state)).toMatchObject({ lossSeconds: 25, promotedBy: run });
    expect(textOf(board(state, {}, NOW))).toContain('Data loss at most 25 s');
    expect(textOf(board(state, {}, NOW))).toContain(`It was ${run} that promoted.`);
  });

  test('is that of the later run where it promoted', () => {
    const first = promoted.slice(0, -2);
    const state = stateAfter(...first, ...aborted, ...secondDone([succeeded('promote')]));

    expect(recoveryFigures(state)).toMatchObject({ lossSeconds: 5 });
    expect(recoveryFigures(state)).not.toHaveProperty('promotedBy');
  });

  test('is not known where nothing was promoted by Lifeboat', () => {
    const state = stateAfter(declared, ...secondDone([succeeded('promote', {}, [], [])]));

    expect(recoveryFigures(state)).not.toHaveProperty('lossSeconds');
    expect(textOf(board(state, {}, NOW))).toContain('RPO 5 min: not known.');
  });
});

test('a plan that is refused after the recovery does not take the recovery off the board', () => {
  const refused = planWith(plan.steps, { id: 'INC-1.p3', verdict: 'refused' });
  const state = stateAfter(declared, ...secondDone([succeeded('promote')]), created(refused));

  const { text } = board(state, {}, NOW);

  expect(text).toContain('🟢 *Recovered');
  expect(text).toContain('Plan INC-1.p3, asked for since, cannot be approved, see its own message.');
});

test('the dialog of an abort begins with what is always true, in whole sentences', () => {
  const warnings = abortWarnings(stateAfter(...promoted));

  expect(warnings[0]).toMatch(/^Nothing is undone by itself/);
  expect(sentencesWithin(['One.', 'Far too long.', 'Two.'], 10)).toBe('One. Two.');
});
