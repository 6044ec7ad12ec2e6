import { accountOf } from '../aws/arn.ts';
import type { RdsInstance } from '../aws/rds/state.ts';
import { isReady } from '../kubernetes/rollout.ts';
import { databaseAt } from '../world/database-address.ts';
import { fraction } from '../world/random.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { faultSince, wasSilent } from './fault-history.ts';
import type { TrafficMinute } from './state.ts';

const MINUTE = 60_000;

/** A metric that the world reports, and how to get the samples of one minute of it. */
export interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  unit: 'Percent' | 'Count' | 'Seconds';
  /** What was reported in the minute that began at `at` (world time); empty when nothing was. */
  samples(at: number): number[];
}

/** Every metric of a region, as its services report them each minute. */
export function metricsOf(world: World, region: string): Metric[] {
  const { state } = world;
  return [
    ...Object.values(state.rds[region] ?? {}).flatMap((instance) => databaseMetrics(world, instance)),
    ...trafficMetrics(state, region),
  ];
}

/** Per cent of its processors that an instance uses on an ordinary day, and by how much that varies. */
const CPU = { primary: 38, replica: 12, varies: 4 };
const OVERLOADED = 99;
/** Sessions that each pod keeps open. */
const SESSIONS_PER_POD = 3;

function databaseMetrics(world: World, instance: RdsInstance): Metric[] {
  const { state } = world;
  const { identifier, region } = instance;
  const isReplica = instance.replicaSource !== undefined;
  const dimensions = { DBInstanceIdentifier: identifier };
  const base = { namespace: 'AWS/RDS', dimensions };
  const alive = (at: number, values: () => number[]): number[] =>
    wasSilent(state, region, at) || hadNoHost(state, instance, at) ? [] : values();
  const cpu = (at: number) => {
    if (faultSince(state, 'database-overloaded', identifier, at) !== undefined) return OVERLOADED;
    const varied = (2 * fraction(state.seed, 'cpu', identifier, at) - 1) * CPU.varies;
    return Math.round(10 * ((isReplica ? CPU.replica : CPU.primary) + varied)) / 10;
  };
  const metrics: Metric[] = [
    { ...base, name: 'CPUUtilization', unit: 'Percent', samples: (at) => alive(at, () => [cpu(at)]) },
    {
      ...base,
      name: 'DatabaseConnections',
      unit: 'Count',
      samples: (at) => alive(at, () => [connections(world, instance)]),
    },
  ];
  if (!isReplica) return metrics;
  const samples = (at: number) => alive(at, () => [replicaLag(state, instance, at)]);
  return [...metrics, { ...base, name: 'ReplicaLag', unit: 'Seconds', samples }];
}

/** Whether its host was gone at `at`, and no standby had taken over yet, however long the fault lasts. */
function hadNoHost({ faultLog = [], transitions }: WorldState, instance: RdsInstance, at: number): boolean {
  const { identifier, lost } = instance;
  if (lost !== undefined && at >= lost.since) return true;
  const since = faultSince({ faultLog }, 'database-crash', identifier, at);
  // It befell whoever had the name then.
  if (since === undefined || since < (instance.createdAt ?? 0)) return false;
  const failedOver = transitions.some(
    ({ service, kind, resource, from, to }) =>
      service === 'rds' && kind === 'failover' && resource === identifier && from >= since && to <= at,
  );
  return !failedOver;
}

/** Of the pods that are connected to it now; what it was before nobody notes. */
function connections(world: World, { identifier }: RdsInstance): number {
  const now = world.clock.now();
  const leadsTo = (host: string) => databaseAt(world.state, host)?.instance.identifier === identifier;
  const pods = Object.values(world.state.kubernetes).flatMap((cluster) => Object.values(cluster.pods));
  const connected = pods.filter((pod) => isReady(pod, now) && Object.values(pod.environment).some(leadsTo));
  return SESSIONS_PER_POD * connected.length;
}

/**
 * Seconds since the last change that it replayed, as RDS reports it: it grows while the source is silent, and when the
 * replication has ended it is −1.
 */
function replicaLag(state: WorldState, { identifier, replicaSource = '' }: RdsInstance, at: number): number {
  if (faultSince(state, 'broken-replica', identifier, at) !== undefined) return -1;
  const source = replicaSource.split(':').at(-1) ?? '';
  const region = Object.keys(state.rds).find((name) => state.rds[name]?.[source]);
  const silences = [
    ...(region === undefined ? [] : [faultSince(state, 'region-down', region, at)]),
    ...(region === undefined ? [] : [faultSince(state, 'region-refuse', region, at)]),
    faultSince(state, 'database-crash', source, at),
  ].filter((since) => since !== undefined);
  const lateSince = faultSince(state, 'replica-lag', undefined, at);
  const late = state.faultLog?.findLast(({ name, on, at: then }) => name === 'replica-lag' && on && then <= at);
  const behind = lateSince === undefined ? 0 : Math.min(late?.seconds ?? 0, (at - lateSince) / 1000);
  const silent = silences.length === 0 ? 0 : (at - Math.min(...silences)) / 1000;
  return Math.round(behind + silent);
}

/** Reads of users beside each write that is counted, and which of them the cache answers. */
const READS_PER_WRITE = { hits: 11, misses: 1 };

function trafficMetrics(state: WorldState, region: string): Metric[] {
  const balancer = state.elbv2[region];
  if (!balancer) return [];
  const minutes = new Map((state.traffic?.[region] ?? []).map((minute) => [minute.at, minute]));
  const of = (read: (minute: TrafficMinute) => number[]) => (at: number) => {
    const minute = minutes.get(at - (at % MINUTE));
    return minute ? read(minute) : [];
  };
  // `app/chatbot-east/50dc6c495c0c9188`, as CloudWatch names it.
  const LoadBalancer = balancer.loadBalancerArn.split(':loadbalancer/')[1] ?? '';
  const balanced = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer } };
  const namespace = Object.values(state.kubernetes[region]?.deployments ?? {})[0]?.namespace ?? accountOf(state);
  const cached = { namespace: 'AWS/ElastiCache', dimensions: { CacheClusterId: `${namespace}-cache` } };
  const count = { unit: 'Count' } as const;
  return [
    { ...balanced, ...count, name: 'RequestCount', samples: of(({ requests }) => [requests]) },
    { ...balanced, ...count, name: 'HTTPCode_Target_5XX_Count', samples: of(({ targetErrors }) => [targetErrors]) },
    { ...balanced, ...count, name: 'HTTPCode_ELB_5XX_Count', samples: of(({ balancerErrors }) => [balancerErrors]) },
    {
      ...balanced,
      name: 'TargetResponseTime',
      unit: 'Seconds',
      samples: of(({ times }) => times.map((milliseconds) => milliseconds / 1000)),
    },
    {
      ...cached,
      ...count,
      name: 'CacheHits',
      samples: of(({ cacheHits, writes }) => [cacheHits + READS_PER_WRITE.hits * writes]),
    },
    {
      ...cached,
      ...count,
      name: 'CacheMisses',
      samples: of(({ cacheMisses, writes }) => [cacheMisses + READS_PER_WRITE.misses * writes]),
    },
  ];
}
