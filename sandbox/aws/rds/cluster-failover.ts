import type { Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { lookUp } from '../look-up.ts';
import { clusterOfInstance, isPrimary } from './cluster.ts';
import { tellOfCluster, tellOfInstance } from './events.ts';
import { handleServerStep } from './server-step.ts';
import type { Servers } from './servers.ts';
import type { RdsCluster, RdsInstance } from './state.ts';

/** From FailoverDBCluster, or the loss of the writer, until the cluster is available again, in world seconds. */
const FAILOVER_SECONDS = [30, 60] as const;
/** Shares of that time: a lost writer is noticed, and the reader takes over. */
const NOTICED_AFTER = 0.25;
const SWITCHED_AFTER = 0.5;
/** World milliseconds that a failover takes from when the loss of the writer was noticed. */
const AUTOMATIC = 20_000;
/** From the end of a fault until the old writer is back as a reader, in world seconds. */
const REJOIN_SECONDS = [30, 60] as const;

const NOTICE = 'rds.cluster-notices';
const SWITCH = 'rds.cluster-switches';
const REJOIN = 'rds.cluster-takes-back';
const COMPLETE = 'rds.cluster-completes';

/** The first reader that can take over now; undefined where none can. */
export function nextWriter({ state }: World, { members, writer, region }: RdsCluster): RdsInstance | undefined {
  return members
    .filter((member) => member !== writer)
    .map((member) => state.rds[region]?.[member])
    .find((instance) => instance !== undefined && !instance.lost && instance.status === 'available');
}

/** Makes a reader of an available cluster its writer. Everything after this call happens by itself. */
export function beginClusterFailover(world: World, cluster: RdsCluster, target: RdsInstance): void {
  const { region, identifier, writer } = cluster;
  const duration = world.latency(FAILOVER_SECONDS, 'rds.cluster-failover', `${region}/${identifier}`);
  failOver(world, cluster, target, duration, SWITCHED_AFTER, writer);
}

/** A cluster that has lost its writer fails over by itself; one that has lost a reader goes on. */
export function failOverWithoutWriter(world: World, instance: RdsInstance): void {
  const cluster = clusterOfInstance(world.state, instance);
  if (!cluster || cluster.writer !== instance.identifier || !isPrimary(world.state, cluster)) return;
  const { region, identifier } = cluster;
  const duration = world.latency(FAILOVER_SECONDS, 'rds.cluster-failover', `${region}/${identifier}`);
  world.schedule(duration * NOTICED_AFTER, NOTICE, { region, identifier, lost: instance.identifier });
}

/** Lets an instance whose host is back join its cluster again; false when that is not what it needs. */
export function rejoin(world: World, instance: RdsInstance): boolean {
  const cluster = clusterOfInstance(world.state, instance);
  if (!cluster || cluster.writer === instance.identifier) return false;
  const { region, identifier } = instance;
  const delay = world.latency(REJOIN_SECONDS, 'rds.cluster-rejoin', `${region}/${identifier}`);
  world.schedule(delay, REJOIN, { region, identifier: cluster.identifier, member: identifier });
  return true;
}

function failOver(
  world: World,
  cluster: RdsCluster,
  target: RdsInstance,
  duration: number,
  share: number,
  from: string,
): void {
  const { region, identifier } = cluster;
  const now = world.clock.now();
  cluster.status = 'failing-over';
  const [id, place] =
    target.zone === world.state.rds[region]?.[from]?.zone ? ['RDS-EVENT-0072', 'same'] : ['RDS-EVENT-0073', 'cross'];
  tellOfCluster(world, cluster, 'failover', id, `Started ${place} AZ failover to DB instance: ${target.identifier}`);
  const transition = { service: 'rds', region, kind: 'failover', resource: identifier };
  world.recordTransition({ ...transition, from: now, to: now + duration });
  const data = { region, identifier, from, to: target.identifier, endsAt: now + duration };
  world.schedule(duration * share, SWITCH, data);
}

/** Teaches the world how a failover within a cluster goes on. Must be called before `world.start()`. */
export function handleClusterFailovers(world: World, servers: Servers): void {
  const find = (data: Scheduled['data']) =>
    lookUp(world.state.rdsClusters?.[String(data.region)], String(data.identifier));
  const member = (data: Scheduled['data'], name: unknown) => lookUp(world.state.rds[String(data.region)], String(name));

  world.handle(NOTICE, (data) => {
    const cluster = find(data);
    // A person was faster, or the region went with it.
    if (cluster?.status !== 'available' || cluster.writer !== data.lost) return;
    const target = world.regionCondition(cluster.region) === 'up' ? nextWriter(world, cluster) : undefined;
    if (target) failOver(world, cluster, target, AUTOMATIC, SWITCHED_AFTER, cluster.writer);
    else if (member(data, data.lost)?.lost) world.schedule(2_000, NOTICE, data);
  });
  handleServerStep(
    world,
    SWITCH,
    (data) => {
      const cluster = find(data);
      if (!cluster) return undefined;
      const [to, from] = [String(data.to), String(data.from)];
      return async () => {
        await servers.takeOver(to, from);
        await servers.pointAlias(cluster.endpoint, to);
        await servers.pointAlias(cluster.readerEndpoint, to);
      };
    },
    (data) => {
      const cluster = find(data);
      if (!cluster) return;
      cluster.writer = String(data.to);
      const promoted = member(data, data.to);
      if (promoted) tellOfInstance(world, promoted, 'restarted');
      world.scheduleAt(Math.max(world.clock.now(), Number(data.endsAt)), COMPLETE, data);
    },
  );
  world.handle(COMPLETE, (data) => {
    const cluster = find(data);
    if (!cluster) return;
    cluster.status = 'available';
    const message = `Completed failover to DB instance: ${String(data.to)}`;
    tellOfCluster(world, cluster, 'failover', 'RDS-EVENT-0071', message);
    const old = member(data, data.from);
    if (old && !old.lost)
      world.schedule(0, REJOIN, { region: cluster.region, identifier: cluster.identifier, member: old.identifier });
  });
  handleServerStep(
    world,
    REJOIN,
    (data) => {
      const cluster = find(data);
      const name = String(data.member);
      if (!cluster || cluster.writer === name) return undefined;
      const isInStep = isPrimary(world.state, cluster);
      return async () => {
        await servers.rebuild(name, cluster.writer, { synchronous: isInStep });
        await servers.pointAlias(cluster.readerEndpoint, name);
      };
    },
    (data) => {
      const instance = member(data, data.member);
      if (!instance) return;
      delete instance.lost;
      tellOfInstance(world, instance, 'restarted');
    },
  );
}
