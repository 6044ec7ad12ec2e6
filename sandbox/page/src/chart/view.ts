import type { Mark, RecoveryPicture, WriteBucket } from '../../../control/wire.ts';

export type Choice = 'incident' | 'recent' | 'all';

/** World time, epoch milliseconds. */
export interface Range {
  from: number;
  to: number;
}

export interface Phase extends Range {
  name: 'Detect' | 'Decide' | 'Execute' | 'Verify';
  isRunning: boolean;
}

const RECENT = 5 * 60_000;
/** A fault that long before the detection is not what was detected. */
const LONGEST_DETECTION = 3600_000;
/** The end of the RTO is shown from the start when it is not farther than this. */
const NEAR = 20 * 60_000;

interface ViewSource {
  writes: readonly WriteBucket[];
  marks: readonly Mark[];
  recovery: RecoveryPicture | undefined;
  now: number;
}

/** What is shown as long as nobody chose. */
export function defaultChoice(recovery: RecoveryPicture | undefined): Choice {
  return recovery ? 'incident' : 'recent';
}

/** The part of the time axis that is shown. Pure. */
export function rangeOf(choice: Choice, source: ViewSource): Range {
  const { writes, recovery, now } = source;
  if (choice === 'incident' && recovery) return incidentRange(recovery, source);
  const first = writes[0]?.from ?? now;
  return { from: choice === 'all' ? Math.min(first, now - RECENT) : now - RECENT, to: now };
}

function incidentRange(recovery: RecoveryPicture, { writes, marks, now }: ViewSource): Range {
  const began = beganAt(recovery, marks);
  // What was lost was written before.
  const firstLost = writes.find(({ lost, to }) => lost > 0 && began - to <= LONGEST_DETECTION)?.from ?? began;
  const from = Math.min(began, firstLost);
  const end = recovery.resolvedAt ?? now;
  const rtoEnd = rtoEndOf(recovery);
  const showsRto = rtoEnd - from <= Math.max(NEAR, 3 * (end - from));
  const to = showsRto ? Math.max(end, rtoEnd) : end;
  const margin = Math.max(30_000, (to - from) * 0.05);
  return { from: from - margin, to: to + margin };
}

/** When the time that the recovery may take is over. */
export function rtoEndOf({ detectedAt, rtoSeconds }: RecoveryPicture): number {
  return detectedAt + rtoSeconds * 1000;
}

/** When the trouble began: with the last fault before it was detected. */
function beganAt({ detectedAt }: RecoveryPicture, marks: readonly Mark[]): number {
  const fault = marks.findLast(({ kind, at }) => kind === 'fault' && at <= detectedAt);
  return fault && detectedAt - fault.at <= LONGEST_DETECTION ? fault.at : detectedAt;
}

/** The parts of an incident one after the other, as far as they have come. Pure. */
export function phasesOf(recovery: RecoveryPicture, marks: readonly Mark[], now: number): Phase[] {
  const { detectedAt, approvedAt, recoveredAt, resolvedAt } = recovery;
  const end = resolvedAt ?? now;
  const ends: [Phase['name'], number | undefined][] = [
    ['Detect', detectedAt],
    // Where nobody had to decide, or the world recovered by itself, a part is left out.
    ['Decide', approvedAt ?? recoveredAt],
    ['Execute', approvedAt === undefined ? undefined : recoveredAt],
    ['Verify', recoveredAt === undefined ? undefined : resolvedAt],
  ];
  const phases: Phase[] = [];
  let from = beganAt(recovery, marks);
  for (const [name, endedAt] of ends) {
    if (name === 'Execute' && approvedAt === undefined) continue;
    if (name === 'Verify' && recoveredAt === undefined) continue;
    const to = endedAt ?? end;
    if (to > from) phases.push({ name, from, to, isRunning: endedAt === undefined && resolvedAt === undefined });
    if (endedAt === undefined) break;
    from = Math.max(from, to);
  }
  return phases;
}
