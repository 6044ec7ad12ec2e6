import type { FaultName, WorldState } from './state.ts';

/** How an address behaves: `hang` accepts and never answers, `refuse` closes at once. */
export type Condition = 'up' | 'hang' | 'refuse';

/**
 * Who reaches for an address: `users` over the Internet (health checkers of Route 53 are such), `lifeboat` over the
 * account's own network, or whatever runs in a region, by the region's name.
 */
export type Origin = 'users' | 'lifeboat' | (string & {});

/** What is reached for in a region: AWS's API, the cluster's API, database instances, the product behind its load balancer. */
export type Part = 'api' | 'cluster' | 'database' | 'service';

/** An address in `region`, as `from` comes to it. */
export interface Reach {
  region: string;
  part: Part;
  from: Origin;
}

type Faults = Pick<WorldState, 'faults'>;

/**
 * How an address behaves to whoever comes from `from`. Pure.
 *
 * - `region-down` and `region-refuse` hold for everybody; `old-primary-returns` takes databases and service out of them.
 * - `network-partition` cuts the region from other regions and from Lifeboat: inside, and to users, all works on. A
 *   load balancer has a public address, so Lifeboat sees of the service what users see.
 */
export function conditionOf({ faults }: Faults, { region, part, from }: Reach): Condition {
  const on = (name: FaultName) => faults.some((fault) => fault.name === name && fault.target === region);
  const hasReturned = on('old-primary-returns') && (part === 'database' || part === 'service');
  if (!hasReturned && on('region-down')) return 'hang';
  if (!hasReturned && on('region-refuse')) return 'refuse';
  return isPartitioned({ faults }, { region, part, from }) ? 'hang' : 'up';
}

/** How a link between databases of two regions (or of one) behaves: as the worse of its ends does to the other. Pure. */
export function linkCondition(state: Faults, one: string, other: string): Condition {
  return pathCondition(state, one, other);
}

/** How a region behaves as a whole, to everybody: `network-partition` leaves it up. Pure. */
export function regionCondition(state: Faults, region: string): Condition {
  return conditionOf(state, { region, part: 'api', from: region });
}

/**
 * How databases in the region `to` behave to whoever is in the region `from`, or outside of all regions, where Lifeboat
 * and people are (undefined). What leaves a broken region arrives nowhere. Pure.
 */
export function pathCondition(state: Pick<WorldState, 'faults'>, from: string | undefined, to: string): Condition {
  const reached = conditionOf(state, { region: to, part: 'database', from: from ?? 'lifeboat' });
  return from === undefined
    ? reached
    : worse(reached, conditionOf(state, { region: from, part: 'database', from: to }));
}

/** What hangs at either end hangs, and is refused when nothing hangs. */
export function worse(one: Condition, other: Condition): Condition {
  if (one === 'hang' || other === 'hang') return 'hang';
  return one === 'up' ? other : one;
}

/** Since when (world time) a link between databases is not up; undefined while it is. Pure. */
export function brokenSince(state: Faults, one: string, other: string): number | undefined {
  if (linkCondition(state, one, other) === 'up') return undefined;
  const cuts = state.faults.filter(({ name, target }) => CUTS.has(name) && (target === one || target === other));
  return Math.min(...cuts.map(({ since }) => since));
}

const CUTS: ReadonlySet<FaultName> = new Set(['region-down', 'region-refuse', 'network-partition']);

function isPartitioned({ faults }: Faults, { region, part, from }: Reach): boolean {
  if (from === 'users' || from === region || (from === 'lifeboat' && part === 'service')) return false;
  return faults.some(({ name, target }) => name === 'network-partition' && (target === region || target === from));
}
