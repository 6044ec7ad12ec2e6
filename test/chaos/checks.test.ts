import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { violationsOf } from '../../tools/chaos/checks/check.ts';
import { CHECKS } from '../../tools/chaos/checks/index.ts';
import type { Evidence } from '../../tools/chaos/evidence.ts';
import { EVENTS, HOLDER, recovered } from './recovered.ts';

const RUN = 'INC-1.r1';

/** What is changed of a recovery with which nothing is wrong, by what is wrong then. */
type Falsified = [wrong: string, falsify: (evidence: Evidence) => Evidence, sentence: string];

const rows = (evidence: Evidence, change: Partial<Evidence['rows']>): Evidence => ({
  ...evidence,
  rows: { ...evidence.rows, ...change },
});

/** The events with one more before the last. */
const withEvent = (event: IncidentEvent) => recovered([...EVENTS.slice(0, -1), event, ...EVENTS.slice(-1)]);

const stepFailed: IncidentEvent = {
  ...{ type: 'step.failed', runId: RUN, step: 'promote', attempt: 1, changes: [] },
  error: { code: 'aws.throttled', message: 'Rate exceeded' },
};

const FALSIFIED: Record<string, Falsified[]> = {
  'the run reaches its proper end without help': [
    ['the run has not ended', () => recovered(EVENTS.slice(0, -2)), 'The run INC-1.r1 did not end: it is running'],
    ['no run was started', () => recovered(EVENTS.slice(0, 4)), 'No run was started: its plans are awaiting approval.'],
    ['a step asked for help', () => withEvent(stepFailed), 'The step promote failed and asked for a person (event 9)'],
    ['nobody can write', (evidence) => ({ ...evidence, usersWrite: false }), 'users cannot write'],
    [
      'a step was skipped',
      () =>
        recovered([
          ...EVENTS.slice(0, -1),
          { type: 'run.finished', runId: RUN, outcome: 'recovered with exceptions', exceptions: ['skipped dns'] },
        ]),
      'The run ended with exceptions: skipped dns.',
    ],
    [
      'the run was aborted',
      () =>
        recovered([...EVENTS.slice(0, -1), { type: 'run.finished', runId: RUN, outcome: 'aborted', exceptions: [] }]),
      'The run INC-1.r1 ended as aborted.',
    ],
  ],
  'what was acknowledged to a person is done': [
    ['a click came to nothing', (evidence) => ({ ...evidence, broken: ['the approval was lost'] }), 'the approval'],
  ],
  'each fault is overcome in time': [
    ['nobody took over', (evidence) => ({ ...evidence, faultFailures: ['Nobody took over.'] }), 'Nobody took over.'],
  ],
  'no call that must not be repeated was carried out twice': [
    [
      'the replica was promoted twice',
      (evidence) => ({ ...evidence, calls: [...evidence.calls, ...evidence.calls.slice(0, 1)] }),
      'PromoteReadReplica was carried out 2 times.',
    ],
  ],
  'each call that a recovery needs was carried out': [
    [
      'the record was not changed',
      (evidence) => ({ ...evidence, calls: evidence.calls.slice(0, 2) }),
      'ChangeResourceRecordSets was never carried out.',
    ],
  ],
  'each tier is paged at most once, and none is lost': [
    [
      'a telephone rang twice',
      (evidence) => ({ ...evidence, pages: [...evidence.pages, ...evidence.pages] }),
      '/tier/1 was paged 2 times.',
    ],
    [
      'a timer fired twice',
      () => withEvent({ type: 'escalation.reached', tier: 1, action: 'page', contact: 'SRE' }),
      'Tier 1 was reached 2 times.',
    ],
    [
      'a page was lost',
      () => {
        const evidence = recovered();
        const entries = evidence.entries.map((entry) =>
          entry.event.type === 'run.finished' ? { ...entry, at: entry.at + 3_600_000 } : entry,
        );
        return { ...evidence, entries, pages: [] };
      },
      'Tier 1 was never paged.',
    ],
  ],
  "the journal's chain is valid": [
    [
      'somebody changed an event',
      (evidence) => ({ ...evidence, journal: { events: 9, chain: 'broken' } }),
      'The chain of 9 events is broken.',
    ],
    [
      'an event is missing',
      (evidence) => ({ ...evidence, entries: evidence.entries.slice(1) }),
      '8 of 9 events can be read.',
    ],
  ],
  'execution is recorded by the holder of the lease alone': [
    [
      'a process that woke up appended',
      (evidence) =>
        rows(evidence, {
          appends: evidence.rows.appends.map((append) => ({ ...append, process: 'B' })),
        }),
      `Event 7 (step.started) was appended by B while ${HOLDER} held the run's lease (epoch 1).`,
    ],
    [
      'the lease had expired',
      (evidence) => rows(evidence, { appends: evidence.rows.appends.map((append) => ({ ...append, live: false })) }),
      'expired',
    ],
  ],
  'no step succeeds twice, and none is started after its success': [
    [
      'a step was done again',
      () => withEvent({ type: 'step.started', runId: RUN, step: 'promote', attempt: 2, operationId: 'x' }),
      'Event 9: promote had succeeded before, and there is step.started.',
    ],
  ],
  'the board tells how it ended': [
    [
      'the board stands still',
      (evidence) => ({ ...evidence, messages: evidence.messages.map((message) => ({ ...message, text: 'running' })) }),
      'The board says "running"',
    ],
    [
      'the board has other blocks',
      (evidence) => ({ ...evidence, messages: evidence.messages.map((message) => ({ ...message, blocks: [] })) }),
      'The blocks of the board are not those of the state at the end.',
    ],
    ['there is none', (evidence) => ({ ...evidence, messages: [] }), 'There is no board in the channel.'],
  ],
  'every message stands once, and the thread tells everything': [
    [
      'the board was posted twice',
      (evidence) => ({ ...evidence, messages: [...evidence.messages, ...evidence.messages] }),
      'The message slack/board/INC-1 stands there more than once.',
    ],
    ['the thread stopped', (evidence) => rows(evidence, { cursors: [] }), 'The thread has told 0 of 9 events.'],
  ],
  'every message is delivered': [
    [
      'a card was not',
      (evidence) =>
        rows(evidence, { deliveries: [{ key: 'slack/plan/INC-1.p1', state: 'intended', lastError: 'ratelimited' }] }),
      'slack/plan/INC-1.p1 was not delivered (ratelimited).',
    ],
  ],
  'no lease is left': [
    [
      "the run's is held",
      (evidence) => rows(evidence, { leases: [{ name: RUN, holder: HOLDER, epoch: 1, live: true }] }),
      `${HOLDER} still holds the lease INC-1.r1.`,
    ],
    [
      'one of a watch that was released is held',
      (evidence) => rows(evidence, { leases: [{ name: 'watch/x', holder: HOLDER, epoch: 1, live: true }] }),
      'watch/x',
    ],
  ],
  'no timer is armed': [
    [
      'a tier waits',
      (evidence) => rows(evidence, { timers: [{ id: 'INC-1/tier/2', state: 'armed' }] }),
      'The timer INC-1/tier/2 is armed.',
    ],
  ],
  'no lock is held': [
    [
      'the system is locked',
      (evidence) => rows(evidence, { locks: [{ name: 'system/chatbot', owner: RUN }] }),
      'INC-1.r1 still holds the lock system/chatbot.',
    ],
  ],
};

describe('the checks of the chaos suite', () => {
  it('find nothing wrong with a recovery that was well', () => {
    const evidence = recovered();

    expect(violationsOf(CHECKS, evidence)).toEqual([]);
  });

  it('can each be seen to fail', () => {
    expect(Object.keys(FALSIFIED).sort()).toEqual(CHECKS.map(({ name }) => name).sort());
  });

  describe.each(CHECKS)('$name', ({ name, check }) => {
    it.each(FALSIFIED[name] ?? [])('fails when %s', (_wrong, falsify, sentence) => {
      expect(check(falsify(recovered())).join(' ')).toContain(sentence);
    });
  });

  it('say of a run that stands still only that, and what is wrong at any time', () => {
    const still = recovered(EVENTS.slice(0, -2));
    const wrong = rows(still, { locks: [{ name: 'system/chatbot', owner: RUN }] });

    const violations = violationsOf(CHECKS, { ...wrong, calls: [...still.calls, ...still.calls.slice(0, 1)] });

    expect(violations).toEqual([
      'the run reaches its proper end without help: The run INC-1.r1 did not end: it is running (promote running).',
      'no call that must not be repeated was carried out twice: PromoteReadReplica was carried out 2 times.',
    ]);
  });

  it('let a watch that goes on keep its lease', () => {
    const leases = [{ name: 'watch/INC-1.r1/unfenced', holder: HOLDER, epoch: 1, live: true }];
    const evidence = rows(recovered(), { leases, watches: ['INC-1.r1/unfenced'] });

    expect(violationsOf(CHECKS, evidence)).toEqual([]);
  });
});
