import type { World } from '../world/world.ts';
import type { TrafficMinute } from './state.ts';

const MINUTE = 60_000;
/** Minutes of a region that are kept. */
const MOST_MINUTES = 180;
const MOST_TIMES = 60;
const SERVER_ERROR = 500;

/** One answer that a load balancer gave. */
export interface Answered {
  status: number;
  /** Machine milliseconds. */
  milliseconds: number;
  /** Whether the load balancer itself answered, for want of a target. */
  byBalancer: boolean;
  /** `hit` or `miss` of a read through the cache. */
  cache?: string | undefined;
  wrote: boolean;
}

/** Counts an answer into the minute of its region. */
export function countAnswer(world: World, region: string, answered: Answered): void {
  const minute = minuteOf(world, region);
  minute.requests += 1;
  if (answered.status >= SERVER_ERROR) {
    if (answered.byBalancer) minute.balancerErrors += 1;
    else minute.targetErrors += 1;
  }
  // The newest ones replace the oldest: a percentile needs no more.
  if (!answered.byBalancer) {
    if (minute.times.length >= MOST_TIMES) minute.times.shift();
    minute.times.push(answered.milliseconds);
  }
  if (answered.cache === 'hit') minute.cacheHits += 1;
  if (answered.cache === 'miss') minute.cacheMisses += 1;
  if (answered.wrote) minute.writes += 1;
}

function minuteOf(world: World, region: string): TrafficMinute {
  const now = world.clock.now();
  const at = now - (now % MINUTE);
  world.state.traffic ??= {};
  const minutes = world.state.traffic[region] ?? [];
  world.state.traffic[region] = minutes;
  const last = minutes.at(-1);
  if (last?.at === at) return last;
  const counters = { requests: 0, targetErrors: 0, balancerErrors: 0, cacheHits: 0, cacheMisses: 0, writes: 0 };
  const minute: TrafficMinute = { at, ...counters, times: [] };
  minutes.push(minute);
  if (minutes.length > MOST_MINUTES) minutes.shift();
  return minute;
}
