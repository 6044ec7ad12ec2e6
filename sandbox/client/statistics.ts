/** One write of the product's client: its number, when it was sent and answered (world ms), and whether it counts. */
export interface Outcome {
  number: number;
  sentAt: number;
  /** When the answer, the failure or the timeout came. */
  at: number;
  acknowledged: boolean;
  /** Why it was not acknowledged: `503`, `timeout`, `ECONNRESET`. */
  reason?: string;
}

/** A time during which writes failed: from the first failed one's sending to the next acknowledgement. */
export interface Outage {
  from: number;
  /** Undefined while it lasts. */
  to: number | undefined;
}

const inOrder = (outcomes: readonly Outcome[]) => [...outcomes].sort((a, b) => a.number - b.number);

/** Every outage, in order; a single lost write is a short one. */
export function outages(outcomes: readonly Outcome[]): Outage[] {
  const found: Outage[] = [];
  let current: Outage | undefined;
  for (const { sentAt, at, acknowledged } of inOrder(outcomes)) {
    if (!acknowledged && !current) {
      current = { from: sentAt, to: undefined };
      found.push(current);
    } else if (acknowledged && current) {
      current.to = at;
      current = undefined;
    }
  }
  return found;
}

/** World milliseconds from `since` to `until` during which users could not write. */
export function downtime(outcomes: readonly Outcome[], since: number, until: number): number {
  return outages(outcomes)
    .map(({ from, to }) => Math.min(to ?? until, until) - Math.max(from, since))
    .reduce((sum, duration) => sum + Math.max(0, duration), 0);
}

/** When the first write that was sent at or after `time` was acknowledged; undefined while none was. */
export function firstAcknowledgedAfter(outcomes: readonly Outcome[], time: number): number | undefined {
  return inOrder(outcomes).find(({ sentAt, acknowledged }) => acknowledged && sentAt >= time)?.at;
}

/**
 * Since when users have been writing again without a break: the first acknowledgement of the row of acknowledged
 * writes at the end, when it is at least `inARow` long. Where nothing ever failed, that is the very first one.
 */
export function writingSince(outcomes: readonly Outcome[], inARow: number): number | undefined {
  const ordered = inOrder(outcomes);
  const lastFailure = ordered.findLastIndex(({ acknowledged }) => !acknowledged);
  const row = ordered.slice(lastFailure + 1);
  return row.length >= inARow ? row[0]?.at : undefined;
}

/** The numbers that the service promised to keep, in order. */
export function acknowledgedNumbers(outcomes: readonly Outcome[]): number[] {
  return inOrder(outcomes)
    .filter(({ acknowledged }) => acknowledged)
    .map(({ number }) => number);
}
