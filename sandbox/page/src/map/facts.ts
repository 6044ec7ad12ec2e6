import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { DatabasePicture, UnderWay } from '../../../control/wire.ts';
import { conditionOf, type MapSource, type Route, routesOf } from './routes.ts';

/** `busy`: something is being changed; `idle`: in order, and users do not depend on it. */
export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

/** A state in a few words. */
export interface State {
  tone: Tone;
  text: string;
}

export interface NodeFacts extends State {
  /** World time from which to which it changes. */
  underWay?: { from: number; to: number };
}

export interface UsersFacts extends State {
  acknowledged: number;
  failed: number;
  lost: number;
}

export interface ServicesFacts extends NodeFacts {
  deployments: { name: string; ready: number; wanted: number; updated: number }[];
}

export interface RegionFacts {
  name: string;
  condition: 'up' | 'hangs' | 'refuses';
  badge: State;
  balancer: NodeFacts;
  services: ServicesFacts;
  databases: (NodeFacts & { instance: string })[];
}

export interface DnsFacts {
  record: string;
  /** The region that name servers answer with. */
  region?: string;
  ttlSeconds: number;
  /** `isStale`: it still gives an answer that name servers do not give any more. */
  resolvers: { name: string; region?: string; secondsLeft: number; isStale: boolean }[];
  underWay?: { from: number; to: number };
  /** Whether records can be changed. */
  canChange: boolean;
}

export interface ReplicationFacts extends State {
  from: string;
  to: string;
  state: 'streaming' | 'late' | 'cut off' | 'ended';
  /** How far behind, or since when; changes all the time. */
  detail: string;
}

export interface MapFacts {
  users: UsersFacts;
  dns: DnsFacts;
  regions: RegionFacts[];
  routes: Route[];
  replication?: ReplicationFacts;
}

/** Everything that the map says, in words and states. Pure. */
export function mapFacts(source: MapSource): MapFacts {
  const routes = routesOf(source);
  const replication = replicationFacts(source);
  return {
    users: usersFacts(source),
    dns: dnsFacts(source),
    regions: source.system.regions.map((region) => regionFacts(source, routes, region)),
    routes,
    ...(replication && { replication }),
  };
}

function usersFacts({ picture: { client } }: MapSource): UsersFacts {
  const { acknowledged = 0, failed = 0, lost = 0, successRate, lastFailure } = client ?? {};
  return { acknowledged, failed, lost, ...successState(successRate, lastFailure) };
}

function successState(rate: number | undefined, lastFailure: string | undefined): State {
  if (rate === undefined) return { tone: 'idle', text: 'no write yet' };
  if (rate === 1) return { tone: 'good', text: 'every write succeeds' };
  if (rate > 0) return { tone: 'warn', text: `${percent(rate)} % of the last writes succeeded` };
  return { tone: 'bad', text: `every write fails${lastFailure === undefined ? '' : `: ${failureWords(lastFailure)}`}` };
}

/** Never 0 nor 100, which would be said in words. */
function percent(rate: number): number {
  return Math.min(99, Math.max(1, Math.round(rate * 100)));
}

/** How a failure of the client is called by people. */
function failureWords(reason: string): string {
  if (reason === 'timeout') return 'no answer';
  if (/^\d+$/.test(reason)) return `error ${reason}`;
  return /refused|reset|closed/i.test(reason) ? 'connection refused' : reason;
}

function dnsFacts({ picture: { dns, underWay }, faults }: MapSource): DnsFacts {
  const change = underWay.find(({ kind, resource }) => kind === 'change' && resource.includes(dns.record));
  return {
    record: dns.record,
    ...(dns.region !== undefined && { region: dns.region }),
    ttlSeconds: dns.ttlSeconds,
    resolvers: dns.resolvers.map(({ name, region, secondsLeft }) => ({
      name,
      ...(region !== undefined && { region }),
      secondsLeft,
      isStale: region !== dns.region,
    })),
    ...(change && { underWay: spanOf(change) }),
    canChange: !faults.some(({ name }) => name === 'route53-control-plane-down'),
  };
}

function regionFacts(source: MapSource, routes: readonly Route[], name: string): RegionFacts {
  const condition = conditionOf(source.faults, name);
  const route = routes.find(({ region }) => region === name);
  return {
    name,
    condition,
    badge: badgeOf(condition, route),
    balancer: balancerFacts(source, name, condition, route),
    services: servicesFacts(source, name, condition, route),
    databases: source.picture.databases
      .filter(({ region }) => region === name)
      .map((database) => ({ instance: database.instance, ...databaseFacts(source, database, condition, routes) })),
  };
}

const UNREACHABLE = {
  hangs: { tone: 'bad', text: 'no answer' },
  refuses: { tone: 'bad', text: 'refuses connections' },
} as const;

function badgeOf(condition: RegionFacts['condition'], route: Route | undefined): State {
  if (condition === 'hangs') return { tone: 'bad', text: 'does not answer' };
  if (condition === 'refuses') return UNREACHABLE.refuses;
  if (!route) return { tone: 'idle', text: 'standby' };
  if (route.broken) return { tone: 'bad', text: 'users fail here' };
  const flows = route.hops.some(({ state }) => state === 'flows');
  return flows ? { tone: 'good', text: 'serves users' } : { tone: 'busy', text: 'open to users' };
}

function balancerFacts(
  { picture }: MapSource,
  region: string,
  condition: RegionFacts['condition'],
  route: Route | undefined,
): NodeFacts {
  if (condition !== 'up') return UNREACHABLE[condition];
  const change = picture.underWay.find((one) => one.kind === 'listener-change' && one.region === region);
  if (change) return { tone: 'busy', text: 'changing over', underWay: spanOf(change) };
  switch (picture.loadBalancers[region]) {
    case 'service':
      return { tone: route ? 'good' : 'idle', text: 'open' };
    case 'split':
      return { tone: 'warn', text: 'splits traffic' };
    default:
      return { tone: route ? 'bad' : 'idle', text: 'shows the standby page' };
  }
}

function servicesFacts(
  { picture }: MapSource,
  region: string,
  condition: RegionFacts['condition'],
  route: Route | undefined,
): ServicesFacts {
  const { ready = 0, wanted = 0, deployments = [] } = picture.pods[region] ?? {};
  if (condition !== 'up') return { ...UNREACHABLE[condition], deployments };
  const updated = deployments.reduce((sum, one) => sum + one.updated, 0);
  const text = `${ready} of ${wanted} pods ready`;
  if (ready === 0 && wanted > 0) return { tone: 'bad', text, deployments };
  if (updated < wanted && ready >= wanted) {
    return { tone: 'busy', text: `restarting, ${updated} of ${wanted} new`, deployments };
  }
  const settled = ready >= wanted && updated >= wanted;
  return { tone: settled ? (route ? 'good' : 'idle') : 'busy', text, deployments };
}

function databaseFacts(
  { picture }: MapSource,
  { instance, role, status, writable }: DatabasePicture,
  condition: RegionFacts['condition'],
  routes: readonly Route[],
): NodeFacts {
  if (condition !== 'up') return { tone: 'bad', text: `${role}, ${UNREACHABLE[condition].text}` };
  const promotion = picture.underWay.find((one) => one.kind === 'promotion' && one.resource === instance);
  if (promotion) return { tone: 'busy', text: 'becomes the primary', underWay: spanOf(promotion) };
  if (status !== 'available') return { tone: 'warn', text: `${role}, ${status}` };
  if (role === 'replica') return { tone: 'idle', text: 'replica, read only' };
  const isTarget = routes.some(({ hops }) => hops.some(({ to }) => to === `database ${instance}`));
  if (writable === undefined) return { tone: isTarget ? 'good' : 'idle', text: 'primary' };
  if (!writable) {
    return isTarget
      ? { tone: 'bad', text: 'primary, refuses writes' }
      : { tone: 'idle', text: 'fenced, takes no writes' };
  }
  if (isTarget) return { tone: 'good', text: 'primary, takes writes' };
  const other = picture.databases.some((one) => one.instance !== instance && one.writable === true);
  return other
    ? { tone: 'warn', text: 'takes writes too: not fenced' }
    : { tone: 'good', text: 'primary, ready for writes' };
}

function replicationFacts({ picture: { replication } }: MapSource): ReplicationFacts | undefined {
  if (!replication) return undefined;
  const { from, to, state, lagSeconds } = replication;
  const behind = `${formatSeconds(lagSeconds)} behind`;
  const states: Record<typeof state, Pick<ReplicationFacts, 'tone' | 'text' | 'detail'>> = {
    streaming: { tone: 'good', text: 'replicates', detail: behind },
    late: { tone: 'warn', text: 'late', detail: behind },
    'cut off': { tone: 'bad', text: 'cut off', detail: `for ${formatSeconds(lagSeconds)}` },
    ended: { tone: 'warn', text: 'no replica', detail: 'replication ended' },
  };
  return { from, to, state, ...states[state] };
}

const spanOf = ({ from, to }: UnderWay) => ({ from, to });
