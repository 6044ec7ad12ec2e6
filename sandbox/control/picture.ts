import type { System } from '../../src/domain/system.ts';
import type { Outcome } from '../client/statistics.ts';
import { answer } from '../dns/zone.ts';
import { regionServing } from '../edge/index.ts';
import type { PodState, WorldState } from '../world/state.ts';
import type { ClientPicture, Picture, PodsPicture } from './wire.ts';

/** As many of the client's last writes make up its success rate. */
const LAST_WRITES = 25;

/** Pure: what the state says at `now` (world time). */
export function picture(state: WorldState, system: System, now: number, outcomes?: readonly Outcome[]): Picture {
  const chain = answer(state, system, now, system.dns.record, 'A').answers.flatMap(({ name, data }) =>
    typeof data === 'string' ? [name, data] : [name],
  );
  const names = chain.filter((name) => !/^[\d.]+$/.test(name));
  const host = names.at(-1);
  const region = regionServing(system, names);
  const writesTo = region === undefined ? undefined : databaseOf(state, system, region);
  return {
    dns: {
      record: system.dns.record,
      ...(host !== undefined && { host }),
      ...(region !== undefined && { region }),
      ttlSeconds: 60,
      resolvers: [],
    },
    underWay: [],
    loadBalancers: Object.fromEntries(Object.keys(state.elbv2).map((name) => [name, trafficOf(state, name, now)])),
    pods: Object.fromEntries(Object.keys(state.kubernetes).map((name) => [name, podsOf(state, name, now)])),
    databases: Object.values(state.rds)
      .flatMap((instances) => Object.values(instances))
      .map(({ identifier, region: home, status, replicaSource }) => ({
        instance: identifier,
        region: home,
        status,
        role: replicaSource === undefined ? ('primary' as const) : ('replica' as const),
      })),
    ...(writesTo !== undefined && { writesTo }),
    ...(outcomes && { client: clientOf(outcomes) }),
  };
}

function trafficOf(state: WorldState, region: string, now: number): 'service' | 'standby' | 'split' {
  const balancer = state.elbv2[region];
  const weights = (balancer && (now < balancer.effectiveAt ? balancer.previousWeights : balancer.weights)) ?? {};
  const groups = Object.values(balancer?.targetGroups ?? {}).filter(({ arn }) => (weights[arn] ?? 0) > 0);
  const kinds = new Set(groups.map(({ kind }) => kind));
  if (kinds.size > 1) return 'split';
  return kinds.has('service') ? 'service' : 'standby';
}

function podsOf(state: WorldState, region: string, now: number): PodsPicture {
  const cluster = state.kubernetes[region];
  const wanted = Object.values(cluster?.deployments ?? {}).reduce((sum, { replicas }) => sum + replicas, 0);
  return { ready: readyPods(state, region, now).length, wanted, deployments: [] };
}

function readyPods(state: WorldState, region: string, now: number): PodState[] {
  const pods = Object.values(state.kubernetes[region]?.pods ?? {});
  return pods.filter(({ node, readyAt, deletedAt }) => node !== undefined && readyAt <= now && deletedAt === undefined);
}

/** The instance that the services of a region are connected to, as their pods were told when they started. */
function databaseOf(state: WorldState, system: System, region: string): string | undefined {
  const hosts = readyPods(state, region, Number.POSITIVE_INFINITY).map(
    ({ environment }) => environment[system.kubernetes.secret.hostKey],
  );
  const instances = Object.values(state.rds).flatMap((byName) => Object.values(byName));
  return instances.find(({ address }) => hosts.at(-1) === address)?.identifier;
}

function clientOf(outcomes: readonly Outcome[]): ClientPicture {
  const acknowledged = outcomes.filter((outcome) => outcome.acknowledged).length;
  const last = outcomes.slice(-LAST_WRITES);
  const lastFailure = last.findLast((outcome) => !outcome.acknowledged)?.reason;
  return {
    acknowledged,
    failed: outcomes.length - acknowledged,
    lost: 0,
    ...(last.length > 0 && { successRate: last.filter((outcome) => outcome.acknowledged).length / last.length }),
    ...(lastFailure !== undefined && { lastFailure }),
  };
}
