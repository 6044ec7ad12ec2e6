import { describe, expect, it } from '@jest/globals';
import type { EventOf, IncidentEvent } from '../../src/domain/events.ts';
import { summarize } from '../../src/usecases/status.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const run = 'INC-1.r1';
const plan = planWith([
  plannedStep('fence', { uses: 'postgres.fence' }),
  plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible' }),
]);
const done = (step: string): IncidentEvent[] => [
  { type: 'step.started', runId: run, step, attempt: 1, operationId: step },
  { type: 'step.succeeded', runId: run, step, attempt: 1, outputs: {}, changes: [], exceptions: [] },
];
const aborted: IncidentEvent[] = [
  { type: 'run.abort-requested', runId: run, by: 'U0COMMANDER' },
  { type: 'run.finished', runId: run, outcome: 'aborted', exceptions: [] },
];
const begun: IncidentEvent[] = [declared, { type: 'plan.created', plan }];
const summary = (...events: IncidentEvent[]) => summarize(stateAfter(...begun, ...events), DETECTED + 60_000);

describe('what /dr status says is to be done', () => {
  it.each([
    ['a run that left everything', [], /^`\/dr failover chatbot` makes a new plan\.$/],
    ['a run that left writes stopped', done('fence'), /^`\/dr undo INC-1` allows writes again\. Or go on: /],
    [
      'a run that has promoted',
      [...done('fence'), ...done('promote')],
      /makes a plan that goes on from there; a commander may have to override a guard\.$/,
    ],
  ])('after the abort of %s', (_case, events, expected) => {
    expect(summary(approved, runStarted, ...events, ...aborted).next).toMatch(expected);
  });

  it('first of all when nobody can write, with the plan that takes that back once it waits', () => {
    const fails: IncidentEvent[] = [
      { type: 'step.started', runId: run, step: 'promote', attempt: 1, operationId: 'p' },
      {
        type: 'step.failed',
        runId: run,
        step: 'promote',
        attempt: 1,
        error: { code: 'rds.denied', message: 'RDS refuses it.', acted: false } as never,
        changes: [],
      },
    ];
    const paused = [approved, runStarted, ...done('fence'), ...fails];
    const undo = planWith([plannedStep('undo-fence')], { id: 'INC-1.p5', undoOf: run });

    expect(summary(...paused).now).toMatch(
      /^Nobody can write: writes on the old primary are stopped\. “Allow writes again…” or \/dr undo INC-1 makes a plan that takes that back\. INC-1\.r1 is paused/,
    );
    expect(summary(...paused, { type: 'plan.created', plan: undo }).now).toMatch(
      /^Nobody can write: .* Plan INC-1\.p5, which takes that back, waits for approval\. INC-1\.r1 is paused/,
    );
  });

  it('says first that users are served where an emergency was declared of a service that answers', () => {
    expect(summary({ type: 'users.seen', served: true, since: DETECTED }).now).toMatch(
      /^Users are served, as Lifeboat sees it: if nothing is wrong, `\/dr resolve INC-1` ends the paging\. Plan INC-1\.p1/,
    );
  });

  it('after a plan that expired', () => {
    expect(summary({ type: 'plan.expired', planId: plan.id })).toMatchObject({
      now: 'Plan INC-1.p1 has expired; nothing runs.',
      next: '`/dr failover chatbot` makes a new plan.',
    });
  });

  it('after a plan that was refused', () => {
    const refused: IncidentEvent = { type: 'plan.created', plan: { ...plan, id: 'INC-1.p2', verdict: 'refused' } };

    expect(summary({ type: 'plan.rejected', planId: plan.id, by: 'U0APPROVER' }, refused).next).toMatch(
      /^Mend what its message names/,
    );
  });

  const fails: IncidentEvent = {
    type: 'step.failed',
    runId: run,
    step: 'promote',
    attempt: 1,
    error: { code: 'approval.void', message: 'x' },
    changes: [],
    differences: [{ key: 'guard:loss', sentence: 'Loss: no (612; needed 300).' }],
  };
  const asks: EventOf<'step.override-requested'> = {
    type: 'step.override-requested',
    runId: run,
    step: 'promote',
    by: 'U0COMMANDER',
    reason: 'worse',
    accepts: [{ key: 'guard:loss', sentence: 'Loss: no (lossSeconds 612).' }],
  };

  it.each<[string, IncidentEvent[], RegExp, RegExp]>([
    [
      'somebody holds',
      [{ type: 'run.pause-requested', runId: run, by: 'U0COMMANDER', reason: 'the rack' }],
      /^INC-1\.r1 is paused by <@U0COMMANDER> after 0 of 2 steps: the rack\.$/,
      /^`\/dr resume INC-1\.r1` lets it go on/,
    ],
    [
      'is in the last moment before a promotion',
      [{ type: 'run.abort-window-opened', runId: run, step: 'promote', until: DETECTED + 90_000 }],
      /^“Do promote” of INC-1\.r1 begins at 03:01:30 UTC, and cannot be taken back\.$/,
      /^`\/dr abort INC-1` still stops it/,
    ],
    [
      'the approval no longer covers',
      [fails],
      /The approval no longer covers it: Loss: no/,
      /`\/dr override INC-1\.r1 promote/,
    ],
    [
      'waits for a second name',
      [fails, asks],
      /is paused/,
      /<@U0COMMANDER> asks to override it \(worse\)\. .*--sign`\.$/,
    ],
    [
      'failed of something that nobody has asked to pass',
      [fails, { ...asks, accepts: [{ key: 'guard:capacity', sentence: 'Capacity: no.' }] }],
      /is paused/,
      /^A commander decides: .*`\/dr override INC-1\.r1 promote --reason "…"`/,
    ],
  ])('of a run that %s', (_case, events, now, next) => {
    const found = summary(approved, runStarted, ...events);

    expect(found.now).toMatch(now);
    expect(found.next).toMatch(next);
  });

  it('of what is watched, after the end, too', () => {
    const watched: IncidentEvent = {
      type: 'watch.started',
      watch: `${run}/unfenced`,
      runId: run,
      step: 'fence',
      kind: 'unfenced',
      subject: 'chatbot-prod in us-east-1',
    };
    const resolved: IncidentEvent = { type: 'incident.resolved', by: 'U0COMMANDER' };

    expect(summary(approved, runStarted, watched, ...aborted, resolved).watches).toEqual([
      'Watched since 03:00:24 UTC: chatbot-prod in us-east-1, unfenced. `/dr release INC-1.r1/unfenced --reason "…"` ends it.',
    ]);
  });
});
