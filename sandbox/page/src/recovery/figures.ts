import type { Mark, RecoveryPicture } from '../../../control/wire.ts';

/** `unknown`: nobody could measure it; `left out`: the incident ended without it. */
export type PartState = 'waiting' | 'running' | 'done' | 'unknown' | 'left out';

export interface Part {
  name: 'detect' | 'decide' | 'execute' | 'verify';
  state: PartState;
  /** World seconds; absent while waiting, when unknown and when left out. */
  seconds?: number;
}

export type Verdict = 'open' | 'met' | 'missed' | 'unknown';

export interface RecoveryFigures {
  /** World seconds from detection until users could write again, or until now, or until the incident was resolved. */
  elapsedSeconds: number;
  /** Whether the clock still runs. */
  isRunning: boolean;
  rto: { seconds: number; verdict: Verdict /** Negative: missed by so much. */; leftSeconds: number };
  rpo: { seconds: number; verdict: Verdict; lossSeconds?: number; rowsLost?: number };
  parts: Part[];
  outcome: Outcome;
}

export type Outcome = 'deciding' | 'executing' | 'verifying' | 'recovered' | 'ended without recovery';

/**
 * The clock of one incident as it stands at `now` (world time, epoch milliseconds). `marks` give the fault that came
 * before the detection. Pure.
 */
export function recoveryFigures(recovery: RecoveryPicture, marks: readonly Mark[], now: number): RecoveryFigures {
  const { detectedAt, recoveredAt, resolvedAt, rtoSeconds } = recovery;
  const ended = recoveredAt ?? resolvedAt;
  const elapsedSeconds = seconds(detectedAt, ended ?? now);
  const leftSeconds = rtoSeconds - elapsedSeconds;
  const isRecovered = recoveredAt !== undefined;
  const rtoVerdict = isRecovered ? (leftSeconds >= 0 ? 'met' : 'missed') : leftSeconds < 0 ? 'missed' : 'open';
  return {
    elapsedSeconds,
    isRunning: ended === undefined,
    rto: {
      seconds: rtoSeconds,
      // An incident that ended without a recovery has not met its target, nor missed one that was still ahead.
      verdict: rtoVerdict === 'open' && ended !== undefined ? 'unknown' : rtoVerdict,
      leftSeconds,
    },
    rpo: lossOf(recovery),
    parts: partsOf(recovery, marks, now),
    outcome: outcomeOf(recovery),
  };
}

function lossOf({ rpoSeconds, lossSeconds, rowsLost }: RecoveryPicture): RecoveryFigures['rpo'] {
  return {
    seconds: rpoSeconds,
    verdict: lossSeconds === undefined ? 'unknown' : lossSeconds <= rpoSeconds ? 'met' : 'missed',
    ...(lossSeconds !== undefined && { lossSeconds }),
    ...(rowsLost !== undefined && { rowsLost }),
  };
}

function outcomeOf({ status, approvedAt, recoveredAt }: RecoveryPicture): Outcome {
  if (recoveredAt !== undefined) return status === 'resolved' ? 'recovered' : 'verifying';
  if (status === 'resolved') return 'ended without recovery';
  return approvedAt === undefined ? 'deciding' : 'executing';
}

function partsOf(recovery: RecoveryPicture, marks: readonly Mark[], now: number): Part[] {
  const { detectedAt, approvedAt, startedAt, recoveredAt, resolvedAt, run } = recovery;
  const fault = marks.findLast(({ kind, at }) => kind === 'fault' && at <= detectedAt);
  return [
    fault
      ? { name: 'detect', state: 'done', seconds: seconds(fault.at, detectedAt) }
      : { name: 'detect', state: 'unknown' },
    part('decide', detectedAt, approvedAt, recoveredAt ?? resolvedAt, now),
    part('execute', startedAt ?? approvedAt, recoveredAt, recoveredAt ?? resolvedAt, now),
    // A run that recovered the system has checked that it did; what follows until the incident is resolved is no recovery.
    part('verify', recoveredAt, run?.recovered ? (run.endedAt ?? resolvedAt) : resolvedAt, resolvedAt, now),
  ];
}

/** A part from `from` to `to`; `closedAt` ends it where `to` never came. */
function part(
  name: Part['name'],
  from: number | undefined,
  to: number | undefined,
  closedAt: number | undefined,
  now: number,
): Part {
  if (from === undefined) return { name, state: closedAt === undefined ? 'waiting' : 'left out' };
  if (to !== undefined) return { name, state: 'done', seconds: seconds(from, to) };
  if (closedAt !== undefined) return { name, state: 'left out', seconds: seconds(from, closedAt) };
  return { name, state: 'running', seconds: seconds(from, now) };
}

function seconds(from: number, to: number): number {
  return Math.max(0, (to - from) / 1000);
}
