import { STABLE } from '../client/client.ts';
import type { Outcome } from '../client/statistics.ts';
import type { ClientPicture } from '../control/wire.ts';

/** As many of the client's last writes make up its success rate. */
const LAST_WRITES = 25;
/**
 * Writes are judged in the order of their numbers, and are answered in another: one that times out is told after those
 * that were sent later and answered at once. Among so many of the newest numbers the order may still change; the client
 * has far fewer under way.
 */
const UNSETTLED = 64;

/**
 * A time during which users could not write. It takes as many failures to call it one as acknowledged writes in a row
 * to call it over: a slip is none, and single acknowledgements in between do not end it. Times are world time.
 */
export interface Break {
  /** When the first write that failed was sent. */
  from: number;
  /** When the first of at least `STABLE` acknowledged writes in a row was answered; undefined while it lasts. */
  to: number | undefined;
  failed: number;
  /** When the last write before it was acknowledged. */
  lastBefore: number | undefined;
}

/** An outage as the statistics of the client count it: up to the next acknowledgement. */
interface Outage {
  from: number;
  to: number | undefined;
  failed: number;
  lastBefore: number | undefined;
  /** Acknowledged writes from its end to the next failure. */
  acknowledgedAfter: number;
}

interface Fold {
  outages: Outage[];
  lastAcknowledgedAt: number | undefined;
}

/** What became of the client's writes, kept up to date with each one: nothing here looks through all of them again. */
export class WriteLog {
  #acknowledged = 0;
  #failed = 0;
  #last: Outcome[] = [];
  /** The newest ones, by number. */
  #unsettled: Outcome[] = [];
  readonly #settled: Fold = { outages: [], lastAcknowledgedAt: undefined };
  #folded: readonly Outage[] | undefined;

  add(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.acknowledged) this.#acknowledged += 1;
      else this.#failed += 1;
      this.#insert(outcome);
    }
    this.#last = [...this.#last, ...outcomes.slice(-LAST_WRITES)].slice(-LAST_WRITES);
    this.#folded = undefined;
  }

  /** Users' point of view in a few figures; `lost` is counted elsewhere. */
  picture(lost: number): ClientPicture {
    const lastFailure = this.#last.findLast(({ acknowledged }) => !acknowledged)?.reason;
    const successes = this.#last.filter(({ acknowledged }) => acknowledged).length;
    return {
      acknowledged: this.#acknowledged,
      failed: this.#failed,
      lost,
      ...(this.#last.length > 0 && { successRate: successes / this.#last.length }),
      ...(lastFailure !== undefined && { lastFailure }),
    };
  }

  /** World milliseconds from `since` to `until` during which users could not write. */
  downtime(since: number, until: number): number {
    return this.#outages()
      .map(({ from, to }) => Math.min(to ?? until, until) - Math.max(from, since))
      .reduce((sum, duration) => sum + Math.max(0, duration), 0);
  }

  /** Every time during which users could not write, oldest first. */
  breaks(): Break[] {
    const breaks: Break[] = [];
    let before: Outage | undefined;
    for (const { from, to, failed, lastBefore, acknowledgedAfter } of this.#outages()) {
      const over = acknowledgedAfter >= STABLE ? to : undefined;
      const last = breaks.at(-1);
      if (last && before && before.acknowledgedAfter < STABLE) {
        last.to = over;
        last.failed += failed;
      } else {
        breaks.push({ from, to: over, failed, lastBefore });
      }
      before = { from, to, failed, lastBefore, acknowledgedAfter };
    }
    return breaks.filter(({ failed }) => failed >= STABLE);
  }

  #insert(outcome: Outcome): void {
    let at = this.#unsettled.length;
    while (at > 0 && (this.#unsettled[at - 1]?.number ?? 0) > outcome.number) at -= 1;
    this.#unsettled.splice(at, 0, outcome);
    if (this.#unsettled.length <= UNSETTLED) return;
    const oldest = this.#unsettled.shift();
    if (oldest) fold(this.#settled, oldest);
  }

  #outages(): readonly Outage[] {
    if (!this.#folded) {
      const { outages, lastAcknowledgedAt } = this.#settled;
      // Only the last outage can still change.
      const all: Fold = { outages: [...outages.slice(0, -1), ...outages.slice(-1).map(copy)], lastAcknowledgedAt };
      for (const outcome of this.#unsettled) fold(all, outcome);
      this.#folded = all.outages;
    }
    return this.#folded;
  }
}

const copy = (outage: Outage): Outage => ({ ...outage });

function fold(state: Fold, { sentAt, at, acknowledged }: Outcome): void {
  const last = state.outages.at(-1);
  if (acknowledged) {
    if (last) {
      last.to ??= at;
      last.acknowledgedAfter += 1;
    }
    state.lastAcknowledgedAt = at;
  } else if (last && last.to === undefined) {
    last.failed += 1;
  } else {
    const { lastAcknowledgedAt: lastBefore } = state;
    state.outages.push({ from: sentAt, to: undefined, failed: 1, lastBefore, acknowledgedAfter: 0 });
  }
}
