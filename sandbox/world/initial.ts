import type { System } from '../../src/domain/system.ts';
import { createRoutingControls } from '../aws/arc/initial.ts';
import { loadBalancerOfListener, readElbArn } from '../aws/arn.ts';
import type { LoadBalancerState, TargetGroupState } from '../aws/elbv2/state.ts';
import { canonicalName } from '../aws/route53/names.ts';
import { preparedFailover } from '../aws/route53/prepared-failover.ts';
import type { DnsRecord, Route53State } from '../aws/route53/state.ts';
import { createBuckets } from '../aws/s3/buckets.ts';
import { createSecrets } from '../aws/secrets-manager/create.ts';
import { connectClusters, createClusters } from '../kubernetes/initial.ts';
import { createDatabases } from './initial-databases.ts';
import type { WorldState } from './state.ts';
import { type Topology, USUAL_TOPOLOGY } from './topology.ts';

/** Replicas per deployment when the system has no profile named `full`. */
const DEFAULT_REPLICAS = 3;
const RECORD_TTL = 60;

export interface InitialWorld {
  system: System;
  systemName: string;
  seed: number;
  /** World time, epoch milliseconds. */
  now: number;
  /** Replicas by profile and deployment, as `config/scaling-profiles.yaml` says; `full` is what the primary runs. */
  profiles?: Record<string, Record<string, number>>;
  /** Port at which each database is reached, by what `databaseNames` lists. */
  databasePorts: Record<string, number>;
  /** What stands behind the name of the primary database. */
  topology?: Topology;
}

/**
 * The world of a healthy system: the primary region serves users, the secondary stands by. Throws, in one sentence,
 * when the system's names cannot be simulated (an ARN that is none, a record at the zone's apex, a missing port).
 */
export function createWorldState({
  system,
  systemName,
  seed,
  now,
  profiles,
  databasePorts,
  topology = USUAL_TOPOLOGY,
}: InitialWorld): WorldState {
  const { deployments } = system.kubernetes;
  const fullProfile = profiles?.full ?? Object.fromEntries(deployments.map((name) => [name, DEFAULT_REPLICAS]));
  const elbv2 = Object.fromEntries(
    Object.keys(system.loadBalancers).map((region) => [region, createLoadBalancer(system, systemName, region, now)]),
  );
  const routingControls = createRoutingControls(system);
  const databases = createDatabases(system, systemName, databasePorts, topology);
  const state: WorldState = {
    version: 1,
    seed,
    startedAt: now,
    ordinals: {},
    scheduled: [],
    faults: [],
    calls: [],
    transitions: [],
    topology,
    ...databases,
    route53: createZone(system, systemName, now),
    ...(routingControls && { routingControls }),
    elbv2,
    s3: createBuckets(system),
    kubernetes: createClusters({ system, now, fullProfile }),
  };
  const { region, instance } = system.database.primary;
  const [cluster] = Object.values(databases.rdsClusters?.[region] ?? {});
  const primary = cluster ? { address: cluster.endpoint, port: cluster.port } : databases.rds[region]?.[instance];
  if (primary) connectClusters(state, system, primary);
  state.secrets = createSecrets(system, state);
  return state;
}

function createZone(system: System, systemName: string, now: number): Route53State {
  const { hostedZone, zone, record } = system.dns;
  const apex = canonicalName(zone);
  const servers = [1, 2, 3, 4].map((n) => `ns-${n * 256}.awsdns-${n * 10}.example.`);
  const create = (name: string, type: string, ttl: number, values: string[]): DnsRecord => ({
    name,
    type,
    ttl,
    values,
    effectiveAt: now,
  });
  const records = new Map<string, DnsRecord>();
  const alias = (name: string, target: string) => {
    const full = canonicalName(name);
    if (!full.endsWith(`.${apex}`) || records.has(full)) return;
    records.set(full, create(full, 'CNAME', RECORD_TTL, [target]));
  };

  if (!canonicalName(record).endsWith(`.${apex}`)) {
    throw new Error(
      `dns.record of ${systemName} (${record}) must be a name below its zone ${zone}: a CNAME cannot stand at the apex.`,
    );
  }
  alias(record, hostOf(system, system.regions.primary, systemName));
  for (const [region, url] of Object.entries(system.endpoints.ready)) {
    alias(new URL(url).hostname, hostOf(system, region, systemName));
  }
  alias(new URL(system.endpoints.health).hostname, record);
  const soa = `${servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  const own = [create(apex, 'NS', 172_800, servers), create(apex, 'SOA', 900, [soa])];
  const prepared = preparedFailover(system, now);
  const all = [...records.values()].flatMap((set) =>
    prepared && set.name === canonicalName(record)
      ? prepared.pair(set, hostOf(system, system.regions.secondary, systemName))
      : [set],
  );
  return {
    zones: { [hostedZone]: { id: hostedZone, name: apex, records: [...own, ...all] } },
    changes: {},
    ...(prepared && { healthChecks: prepared.healthChecks }),
  };
}

function hostOf(system: System, region: string, systemName: string): string {
  const host = system.loadBalancers[region]?.host;
  if (!host) throw new Error(`loadBalancers of ${systemName} has no entry for ${region}.`);
  return host;
}

function createLoadBalancer(system: System, systemName: string, region: string, now: number): LoadBalancerState {
  const { host, listener, active, standby } = system.loadBalancers[region] ?? {};
  const loadBalancerArn = loadBalancerOfListener(listener ?? '');
  if (!host || !listener || !active || !standby || !loadBalancerArn) {
    throw new Error(
      `loadBalancers.${region}.listener of ${systemName} is not the ARN of an application load balancer's listener.`,
    );
  }
  const weights = region === system.regions.primary ? { [active]: 100, [standby]: 0 } : { [active]: 0, [standby]: 100 };
  const ready = system.endpoints.ready[region];
  const group = (arn: string, kind: TargetGroupState['kind'], healthCheckPath: string): TargetGroupState => {
    const name = readElbArn(arn)?.name;
    if (!name)
      throw new Error(`loadBalancers.${region} of ${systemName} names ${arn}, which is no target group's ARN.`);
    return { arn, name, kind, healthCheckPath };
  };
  const service = group(active, 'service', ready ? new URL(ready).pathname : '/');
  const deployment =
    system.kubernetes.deployments.find((name) => service.name.startsWith(name)) ?? system.kubernetes.deployments[0];
  return {
    loadBalancerArn,
    host,
    listenerArn: listener,
    port: 443,
    weights,
    effectiveAt: now,
    previousWeights: weights,
    targetGroups: {
      [active]: { ...service, ...(deployment ? { deployment } : {}) },
      [standby]: group(standby, 'standby', '/'),
    },
  };
}
