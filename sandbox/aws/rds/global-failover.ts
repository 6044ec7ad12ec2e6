import type { Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { lookUp } from '../look-up.ts';
import { clusterArn, clusterByArn } from './cluster.ts';
import { tellOfCluster } from './events.ts';
import { handleServerStep } from './server-step.ts';
import type { Servers } from './servers.ts';
import type { RdsCluster, RdsGlobalCluster } from './state.ts';

/** From the call until the other cluster accepts writes and is available, in world seconds. */
const MOVE_SECONDS = { switchover: [60, 120], failover: [60, 120] } as const;
/** Shares of that time: the old primary takes no writes any more, and the new one is promoted. */
const SEALED_AFTER = 0.2;
const PROMOTED_AFTER = 0.6;
/** World milliseconds between looks at a secondary that lacks something, and at a region that is gone. */
const LOOK_AGAIN = 2_000;
const LOOK_FOR_REGION = 10_000;

const SEAL = 'rds.global-seals';
const PROMOTE = 'rds.global-promotes';
const COMPLETE = 'rds.global-completes';
const RESYNC = 'rds.global-resynchronizes';

/** Makes `to` the primary of its global cluster. Everything after this call happens by itself. */
export function beginGlobalFailover(
  world: World,
  global: RdsGlobalCluster,
  { from, to, allowDataLoss }: { from: RdsCluster; to: RdsCluster; allowDataLoss: boolean },
): void {
  const kind = allowDataLoss ? 'failover' : 'switchover';
  const { identifier } = global;
  const duration = world.latency(MOVE_SECONDS[kind], `rds.global-${kind}`, identifier);
  const now = world.clock.now();
  const status = allowDataLoss ? 'failing-over' : 'switching-over';
  global.status = status;
  global.failover = { from: clusterArn(world.state, from), to: clusterArn(world.state, to), allowDataLoss };
  for (const cluster of [from, to]) cluster.status = status;
  if (!allowDataLoss) {
    const message = `Global switchover to DB cluster ${to.identifier} in Region ${to.region} started.`;
    tellOfBoth(world, from, to, 'RDS-EVENT-0181', message);
  }
  const transition = { service: 'rds', region: to.region, kind: `global-${kind}`, resource: identifier };
  world.recordTransition({ ...transition, from: now, to: now + duration });
  const data = { identifier, endsAt: now + duration };
  if (!allowDataLoss) world.schedule(duration * SEALED_AFTER, SEAL, data);
  world.schedule(duration * PROMOTED_AFTER, PROMOTE, data);
}

/** Teaches the world how a global cluster changes its primary. Must be called before `world.start()`. */
export function handleGlobalFailovers(world: World, servers: Servers): void {
  const { state } = world;
  const find = ({ identifier }: Scheduled['data']) => {
    const global = lookUp(state.rdsGlobalClusters, String(identifier));
    const from = clusterByArn(state, global?.failover?.from ?? '');
    const to = clusterByArn(state, global?.failover?.to ?? '');
    const failover = global?.failover;
    return global && failover && from && to ? { global, from, to, allowDataLoss: failover.allowDataLoss } : undefined;
  };
  const isUp = (cluster: RdsCluster) => world.regionCondition(cluster.region) === 'up';

  handleServerStep(
    world,
    SEAL,
    (data) => {
      const moving = find(data);
      return moving && (() => servers.seal(moving.from.writer));
    },
    () => undefined,
  );
  handleServerStep(
    world,
    PROMOTE,
    (data) => {
      const moving = find(data);
      if (!moving) return undefined;
      const { from, to, allowDataLoss } = moving;
      return async () => {
        if (!allowDataLoss && !(await servers.hasReceivedAll(to.writer))) return 'waits';
        // Nobody can end what runs in a region that is gone.
        if (isUp(from)) await servers.takeOver(to.writer, from.writer);
        else await servers.promote(to.writer);
        for (const member of to.members.filter((name) => name !== to.writer)) {
          await servers.follow(member, to.writer, { synchronous: true });
        }
        return 'moved';
      };
    },
    (data, result) => {
      const moving = find(data);
      if (!moving) return;
      const { global, from, to } = moving;
      if (result === 'waits') {
        world.schedule(LOOK_AGAIN, PROMOTE, data);
        return;
      }
      const [old, chosen] = [clusterArn(state, from), clusterArn(state, to)];
      global.secondaries = [old, ...global.secondaries.filter((arn) => arn !== chosen)];
      global.primary = chosen;
      const message = `New primary DB cluster ${to.identifier} in Region ${to.region} was successfully promoted.`;
      tellOfBoth(world, from, to, 'RDS-EVENT-0184', message);
      world.scheduleAt(Math.max(world.clock.now(), Number(data.endsAt)), COMPLETE, data);
    },
  );
  world.handle(COMPLETE, (data) => {
    const moving = find(data);
    if (!moving) return;
    const { global, from, to, allowDataLoss } = moving;
    const [id, what] = allowDataLoss
      ? ['RDS-EVENT-0238', 'failover to DB cluster %s completed.']
      : ['RDS-EVENT-0185', 'switchover to DB cluster %s finished.'];
    const message = `Global ${what.replace('%s', `${to.identifier} in Region ${to.region}`)}`;
    tellOfBoth(world, from, to, id, message);
    delete global.failover;
    global.status = 'available';
    to.status = 'available';
    world.schedule(0, RESYNC, { region: from.region, cluster: from.identifier, source: to.writer });
  });
  handleServerStep(
    world,
    RESYNC,
    (data) => {
      const cluster = lookUp(state.rdsClusters?.[String(data.region)], String(data.cluster));
      if (!cluster) return undefined;
      return async () => {
        if (!isUp(cluster)) return 'waits';
        for (const member of [cluster.writer, ...cluster.members.filter((name) => name !== cluster.writer)]) {
          await servers.rebuild(member, String(data.source));
        }
        return 'done';
      };
    },
    (data, result) => {
      const cluster = lookUp(state.rdsClusters?.[String(data.region)], String(data.cluster));
      if (!cluster) return;
      if (result === 'waits') {
        world.schedule(LOOK_FOR_REGION, RESYNC, data);
        return;
      }
      cluster.status = 'available';
      const message = `Finished resynchronizing members of DB cluster ${cluster.identifier} in Region ${cluster.region}.`;
      tellOfCluster(world, cluster, 'global-failover', 'RDS-EVENT-0241', message);
    },
  );
}

/** Both clusters tell it, each in its own region. */
function tellOfBoth(world: World, from: RdsCluster, to: RdsCluster, id: string, message: string): void {
  for (const cluster of [from, to]) tellOfCluster(world, cluster, 'global-failover', id, message);
}
