import type { Picture, SystemPicture } from '../../../control/wire.ts';
import type { Fault } from '../../../world/state.ts';

/** What the map is made from. */
export interface MapSource {
  picture: Picture;
  system: SystemPicture;
  faults: readonly Fault[];
}

export type NodeId = 'users' | 'dns' | `balancer ${string}` | `services ${string}` | `database ${string}`;

/** Why writes do not get any further. */
export type Obstacle = 'hangs' | 'refuses' | 'standby page' | 'no pods' | 'no database' | 'read only' | 'fenced';

/** One part of the way that writes take. */
export interface Hop {
  from: NodeId;
  to: NodeId;
  /** `flows`: writes arrive; `open`: they could, and none has yet; `tries`: they come by and fail later; `broken`: here. */
  state: 'flows' | 'open' | 'tries' | 'broken';
  obstacle?: Obstacle;
}

/** The way of those users whose resolvers name this region. */
export interface Route {
  region: string;
  /** Names of the public resolvers that send users here. */
  resolvers: string[];
  hops: Hop[];
  /** Where it ends, when it is not a database that takes writes. */
  broken?: { at: NodeId; obstacle: Obstacle };
}

/** How a region's addresses behave, by the faults that are on. */
export function conditionOf(faults: readonly Fault[], region: string): 'up' | 'hangs' | 'refuses' {
  const names = faults.filter(({ target }) => target === region).map(({ name }) => name);
  if (names.includes('region-down')) return 'hangs';
  return names.includes('region-refuse') ? 'refuses' : 'up';
}

/** The instance that a region's services write to; what the pods say, else what is known of the serving region. */
function databaseOf({ pods, dns, writesTo }: Picture, region: string): string | undefined {
  return pods[region]?.database ?? (region === dns.region ? writesTo : undefined);
}

/** Every way that users' writes take now: one as a rule, two while resolvers remember different answers. Pure. */
export function routesOf(source: MapSource): Route[] {
  const { dns } = source.picture;
  const byRegion = new Map<string, string[]>();
  if (dns.region !== undefined && dns.resolvers.length === 0) byRegion.set(dns.region, []);
  for (const { name, region } of dns.resolvers) {
    if (region !== undefined) byRegion.set(region, [...(byRegion.get(region) ?? []), name]);
  }
  return [...byRegion].map(([region, resolvers]) => routeTo(source, region, resolvers));
}

function routeTo(source: MapSource, region: string, resolvers: string[]): Route {
  const balancer: NodeId = `balancer ${region}`;
  const services: NodeId = `services ${region}`;
  const instance = databaseOf(source.picture, region);
  const steps: [NodeId, NodeId, Obstacle | undefined][] = [
    ['users', 'dns', undefined],
    ['dns', balancer, obstacleOf(conditionOf(source.faults, region))],
    [balancer, services, servicesObstacle(source, region)],
  ];
  if (instance !== undefined) steps.push([services, `database ${instance}`, databaseObstacle(source, instance)]);
  const end = steps.findIndex(([, , obstacle]) => obstacle !== undefined);
  const broken = steps[end];
  const arrives = (source.picture.client?.successRate ?? 0) > 0 ? ('flows' as const) : ('open' as const);
  const hops = (broken ? steps.slice(0, end + 1) : steps).map(([from, to, obstacle]): Hop => {
    if (obstacle !== undefined) return { from, to, state: 'broken', obstacle };
    return { from, to, state: broken ? 'tries' : arrives };
  });
  return { region, resolvers, hops, ...(broken?.[2] && { broken: { at: broken[1], obstacle: broken[2] } }) };
}

const obstacleOf = (condition: 'up' | 'hangs' | 'refuses') => (condition === 'up' ? undefined : condition);

function servicesObstacle({ picture }: MapSource, region: string): Obstacle | undefined {
  if (picture.loadBalancers[region] === 'standby') return 'standby page';
  if ((picture.pods[region]?.ready ?? 0) === 0) return 'no pods';
  return databaseOf(picture, region) === undefined ? 'no database' : undefined;
}

function databaseObstacle({ picture, faults }: MapSource, instance: string): Obstacle | undefined {
  const database = picture.databases.find((one) => one.instance === instance);
  if (!database) return 'no database';
  const condition = conditionOf(faults, database.region);
  if (condition !== 'up') return condition;
  if (database.writable !== false) return undefined;
  return database.role === 'replica' ? 'read only' : 'fenced';
}

const RANK = ['flows', 'tries', 'open', 'broken'] as const;

/** The parts of all ways, each once, in the best state that any of them has it in. */
export function hopsOf(routes: readonly Route[]): Hop[] {
  const merged = new Map<string, Hop>();
  for (const hop of routes.flatMap(({ hops }) => hops)) {
    const key = `${hop.from} > ${hop.to}`;
    const known = merged.get(key);
    if (!known || RANK.indexOf(hop.state) < RANK.indexOf(known.state)) merged.set(key, hop);
  }
  return [...merged.values()];
}
