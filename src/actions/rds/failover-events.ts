import type { Rds } from '../../adapters/aws/rds.ts';
import type { DatabaseEvent } from '../../adapters/aws/rds-events.ts';

/** What an event says of a failover. */
export type FailoverStage = 'started' | 'completed' | 'failed' | 'abandoned';

export interface FailoverEvent extends DatabaseEvent {
  stage: FailoverStage;
  /** As notifications name it; DescribeEvents gives the message only. */
  id: string;
}

/** RDS's messages about failovers, from its list of events; one of its own words each, so that a name may follow. */
const MESSAGES: readonly [RegExp, FailoverStage, string][] = [
  [/^Multi-AZ instance failover started/i, 'started', 'RDS-EVENT-0013'],
  [/^Multi-AZ instance failover completed/i, 'completed', 'RDS-EVENT-0049'],
  [/^Recovered from partial failover/i, 'completed', 'RDS-EVENT-0065'],
  // Asked for although another had just ended: nothing was done.
  [/^Abandoning user requested failover/i, 'abandoned', 'RDS-EVENT-0034'],
  [/^Cluster failover failed/i, 'failed', 'RDS-EVENT-0069'],
  // A cluster's failover that was given up: the writer is the one that it was.
  [/^Promoting previous primary again/i, 'failed', 'RDS-EVENT-0070'],
  [/^Completed failover to DB instance/i, 'completed', 'RDS-EVENT-0071'],
  [/^Started same AZ failover/i, 'started', 'RDS-EVENT-0072'],
  [/^Started cross AZ failover/i, 'started', 'RDS-EVENT-0073'],
];

/** The events that speak of a failover, oldest first. */
export function failoverEvents(events: readonly DatabaseEvent[]): FailoverEvent[] {
  return events.flatMap((event) => {
    const known = MESSAGES.find(([pattern]) => pattern.test(event.message));
    return known ? [{ ...event, stage: known[1], id: known[2] }] : [];
  });
}

/** One failover as its events tell it; times are world time, epoch milliseconds. */
export interface Failover {
  startedAt: number;
  /** Undefined while it is under way, and when it failed. */
  completedAt?: number;
  failedAt?: number;
  /** RDS's newest words. */
  message: string;
}

/**
 * World milliseconds before a time from which on failovers count, in which the beginning of one of them may lie: RDS's
 * take one or two minutes, and seldom more than ten.
 */
export const BEGINS_WITHIN = 15 * 60_000;

/** The failovers that a list of events tells of, oldest first; events of any one follow each other. Pure. */
export function failoversIn(events: readonly FailoverEvent[]): Failover[] {
  const found: Failover[] = [];
  for (const { stage, at, message } of events) {
    if (stage === 'abandoned') continue;
    if (stage === 'started') {
      found.push({ startedAt: at, message });
      continue;
    }
    // One whose beginning was not recorded (or lies before the range) began at the latest where it ended.
    const { startedAt } = found.pop() ?? { startedAt: at };
    found.push({ startedAt, ...(stage === 'completed' ? { completedAt: at } : { failedAt: at }), message });
  }
  return found;
}

/** Those that were still under way at a time (world milliseconds), or began after it. Pure. */
export function failoversSince(events: readonly FailoverEvent[], since: number): Failover[] {
  return failoversIn(events).filter(({ completedAt, failedAt }) => (completedAt ?? failedAt ?? since) >= since);
}

/** The newest failover that a list of events tells of; undefined when it tells of none. */
export function newestFailover(events: readonly FailoverEvent[]): Failover | undefined {
  return failoversIn(events).at(-1);
}

/** Where a failover is told of: by the instance, or by the cluster that it is a member of. */
export interface FailoverSource {
  region: string;
  instance: string;
  /** '' when it is no member of one. */
  cluster: string;
}

/** Milliseconds for a service whose clock is ahead of ours. */
const AHEAD = 60_000;

/** The failovers that RDS recorded since `since` (epoch milliseconds), oldest event first. */
export async function readFailovers(
  rds: Rds,
  { region, instance, cluster }: FailoverSource,
  { since, now }: { since: number; now: number },
  signal: AbortSignal,
): Promise<FailoverEvent[]> {
  const range = { since, until: now + AHEAD };
  const found = await rds.events.of(
    region,
    cluster === '' ? { type: 'db-instance', identifier: instance } : { type: 'db-cluster', identifier: cluster },
    range,
    signal,
  );
  return failoverEvents(found);
}
