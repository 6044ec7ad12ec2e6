import { describe, expect, it } from '@jest/globals';
import { type ClientEvidence, recoveryOf } from '../../../sandbox/measurements/recovery.ts';
import {
  approved,
  chatbot,
  DETECTED,
  declared,
  plannedStep,
  planWith,
  runStarted,
  stateAfter,
} from '../../support/incident.ts';

const created = { type: 'plan.created', plan: planWith([plannedStep('promote')]) } as const;
const minutes = (count: number) => DETECTED + count * 60_000;

/** What the client knows of an outage from a minute before the detection to `end`. */
function outage(end: number | undefined, change: Partial<ClientEvidence> = {}): ClientEvidence {
  const from = minutes(-1);
  return {
    breaks: [{ from, to: end, failed: 50, lastBefore: from - 100 }],
    downtime: (since, until) => Math.min(end ?? until, until) - Math.max(from, since),
    lost: undefined,
    before: undefined,
    now: minutes(10),
    ...change,
  };
}

const calm: ClientEvidence = { breaks: [], downtime: () => 0, lost: undefined, before: undefined, now: minutes(10) };

describe('the clock of an incident', () => {
  it('runs against the targets of the system before there is a plan', () => {
    const recovery = recoveryOf(stateAfter(declared), chatbot, outage(undefined));

    expect(recovery).toEqual({
      incident: 'INC-1',
      title: 'Primary region failure',
      severity: 'P0',
      status: 'open',
      detectedAt: DETECTED,
      rtoSeconds: 900,
      rpoSeconds: 300,
      downtimeSeconds: 600,
    });
  });

  it('tells when it was approved and started, and nothing of a loss that nobody can know', () => {
    const recovery = recoveryOf(stateAfter(declared, created, approved, runStarted), chatbot, outage(undefined));

    expect(recovery).toMatchObject({ approvedAt: DETECTED + 22_000, startedAt: DETECTED + 23_000 });
    expect(recovery).not.toHaveProperty('recoveredAt');
    expect(recovery).not.toHaveProperty('rowsLost');
  });

  it('ends when users write again; where nothing was promoted, nothing is lost', () => {
    const recovery = recoveryOf(stateAfter(declared), chatbot, outage(minutes(4)));

    expect(recovery).toMatchObject({ recoveredAt: minutes(4), downtimeSeconds: 240, lossSeconds: 0, rowsLost: 0 });
  });

  it('goes on when users cannot write once more', () => {
    const again = { from: minutes(6), to: undefined, failed: 5, lastBefore: minutes(6) };
    const { breaks } = outage(minutes(4));

    const recovery = recoveryOf(stateAfter(declared), chatbot, outage(minutes(4), { breaks: [...breaks, again] }));

    expect(recovery).not.toHaveProperty('recoveredAt');
  });

  it('counts rows and seconds of what the serving database does not have', () => {
    const lost = [3, 2].map((count) => ({ number: count, sentAt: minutes(-count), at: minutes(-count) }));

    const recovery = recoveryOf(stateAfter(declared), chatbot, outage(minutes(4), { lost }));

    expect(recovery).toMatchObject({ rowsLost: 2, lossSeconds: 119.9 });
  });

  it('does not count what an earlier incident has cost', () => {
    const lost = [30, 2].map((count) => ({ number: count, sentAt: minutes(-count), at: minutes(-count) }));

    const recovery = recoveryOf(stateAfter(declared), chatbot, outage(minutes(4), { lost, before: minutes(-20) }));

    expect(recovery.rowsLost).toBe(1);
  });

  it('is not over before a planned move has begun, and has no end where nothing ran', () => {
    const recovery = recoveryOf(stateAfter(declared, created), chatbot, calm);

    expect(recovery).not.toHaveProperty('recoveredAt');
    expect(recovery.downtimeSeconds).toBe(0);
  });

  it('takes the end of a run that users did not notice', () => {
    const ran = stateAfter(
      declared,
      created,
      approved,
      runStarted,
      { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' },
      {
        type: 'step.succeeded',
        runId: 'INC-1.r1',
        step: 'promote',
        attempt: 1,
        outputs: {},
        changes: [],
        exceptions: [],
      },
      { type: 'run.finished', runId: 'INC-1.r1', outcome: 'recovered', exceptions: [] },
    );

    const recovery = recoveryOf(ran, chatbot, calm);

    expect(recovery).toMatchObject({ recoveredAt: DETECTED + 25_000, lossSeconds: 0 });
  });

  it('stands still when the incident is resolved', () => {
    const resolved = stateAfter(declared, { type: 'incident.resolved', by: 'U0COMMANDER' });

    const recovery = recoveryOf(resolved, chatbot, outage(undefined));

    expect(recovery).toMatchObject({ status: 'resolved', resolvedAt: DETECTED + 21_000, downtimeSeconds: 21 });
  });
});
