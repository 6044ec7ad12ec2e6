import type { System } from '../../src/domain/system.ts';
import type { DnsServers } from '../dns/index.ts';
import { rolloutStatus } from '../kubernetes/rollout.ts';
import { databaseOf, dnsForUsers, endOfChain, loadBalancerMode } from '../measurements/serving.ts';
import { brokenSince } from '../world/condition.ts';
import { databaseInstances, isReplica } from '../world/database-address.ts';
import type { WorldState } from '../world/state.ts';
import type { ClientPicture, DnsPicture, Picture, PodsPicture, ReplicationPicture, UnderWay } from './wire.ts';

/** World seconds that a change may be under way before replication is called late. */
const LATE = 5;

/** What the state of the world does not say by itself. */
export interface Seen {
  client?: ClientPicture;
  /** What public resolvers remember of the system's record. */
  remembered?: ReturnType<DnsServers['remembered']>;
  /** World seconds that the oldest change on its way to the replica has been held. */
  lagSeconds?: number;
  /** Whether the application may write, by instance. */
  writable?: Record<string, boolean>;
}

/** Pure: the world at `now` (world time), and what was seen of it. */
export function picture(state: WorldState, system: System, now: number, seen: Seen = {}): Picture {
  const dns = dnsOf(state, system, now, seen.remembered ?? []);
  const pods = Object.fromEntries(
    Object.keys(state.kubernetes).map((name) => [name, podsOf(state, system, name, now)]),
  );
  const writesTo = pods[dns.region ?? '']?.database;
  const replication = replicationOf(state, system, now, seen.lagSeconds ?? 0);
  return {
    dns,
    underWay: underWayOf(state, now),
    loadBalancers: Object.fromEntries(
      Object.keys(state.elbv2).map((name) => [name, loadBalancerMode(state, name, now)]),
    ),
    pods,
    databases: databaseInstances(state).map((instance) => {
      const { identifier, region, status } = instance;
      const writable = seen.writable?.[identifier];
      return {
        instance: identifier,
        region,
        status,
        role: isReplica(state, instance) ? ('replica' as const) : ('primary' as const),
        ...(writable !== undefined && { writable }),
      };
    }),
    ...(replication && { replication }),
    ...(writesTo !== undefined && { writesTo }),
    ...(seen.client && { client: seen.client }),
  };
}

function dnsOf(
  state: WorldState,
  system: System,
  now: number,
  remembered: NonNullable<Seen['remembered']>,
): DnsPicture {
  const { record } = system.dns;
  const answer = dnsForUsers(state, system, now);
  const resolvers = system.dns.resolvers.map(({ name }) => {
    const memory = remembered.find(({ resolver }) => resolver === name);
    const { region } = memory ? endOfChain(system, memory.answer.answers) : answer;
    const secondsLeft = memory ? Math.max(0, Math.ceil((memory.until - now) / 1000)) : 0;
    return { name, ...(region !== undefined && { region }), secondsLeft };
  });
  return { record, ...answer, resolvers };
}

function podsOf(state: WorldState, system: System, region: string, now: number): PodsPicture {
  const database = databaseOf(state, system, region);
  const cluster = state.kubernetes[region];
  if (!cluster) return { ready: 0, wanted: 0, deployments: [] };
  const deployments = Object.values(cluster.deployments).map((deployment) => {
    const { ready, updated } = rolloutStatus(cluster, deployment, now);
    return { name: deployment.name, ready, wanted: deployment.replicas, updated };
  });
  return {
    ready: deployments.reduce((sum, { ready }) => sum + ready, 0),
    wanted: deployments.reduce((sum, { wanted }) => sum + wanted, 0),
    deployments,
    ...(database !== undefined && { database }),
  };
}

function replicationOf(
  state: WorldState,
  system: System,
  now: number,
  lagSeconds: number,
): ReplicationPicture | undefined {
  const { primary, replica } = system.database;
  const standby = state.rds[replica.region]?.[replica.instance];
  if (!standby) return undefined;
  const ends = { from: primary.instance, to: replica.instance };
  if (!isReplica(state, standby)) return { ...ends, state: 'ended', lagSeconds: 0 };
  const cut = brokenSince(state, primary.region, replica.region);
  if (cut !== undefined) return { ...ends, state: 'cut off', lagSeconds: Math.max(0, (now - cut) / 1000) };
  return { ...ends, state: lagSeconds > LATE ? 'late' : 'streaming', lagSeconds };
}

/** What has begun and not ended. Pods of one deployment are one thing: they become ready side by side. */
function underWayOf(state: WorldState, now: number): UnderWay[] {
  const rollouts = new Map<string, UnderWay>();
  const others: UnderWay[] = [];
  for (const { kind, resource, region, from, to } of state.transitions) {
    if (from > now || to <= now || !isShown(kind)) continue;
    const entry = { kind, resource, ...(region !== undefined && { region }), from, to };
    if (kind !== 'pod-ready') {
      others.push(entry);
      continue;
    }
    const pod = state.kubernetes[region ?? '']?.pods[resource];
    if (!pod || pod.deletedAt !== undefined) continue;
    const key = `${region}/${pod.deployment}`;
    const known = rollouts.get(key);
    rollouts.set(key, {
      ...entry,
      resource: pod.deployment,
      from: Math.min(from, known?.from ?? from),
      to: Math.max(to, known?.to ?? to),
    });
  }
  return [...others, ...rollouts.values()];
}

function isShown(kind: string): kind is UnderWay['kind'] {
  return kind === 'promotion' || kind === 'listener-change' || kind === 'change' || kind === 'pod-ready';
}
