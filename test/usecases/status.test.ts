import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../../src/domain/events.ts';
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
    ['a run that left writes stopped', done('fence'), /^Writes .* `\/dr undo INC-1` allows them again\. Or go on: /],
    ['a run that has promoted', [...done('fence'), ...done('promote')], /finish by hand, as the board says\.$/],
  ])('after the abort of %s', (_case, events, expected) => {
    expect(summary(approved, runStarted, ...events, ...aborted).next).toMatch(expected);
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
});
