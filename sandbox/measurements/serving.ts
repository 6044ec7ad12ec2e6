import type { System } from '../../src/domain/system.ts';
import { effectiveWeights } from '../aws/elbv2/weights.ts';
import type { RdsInstance } from '../aws/rds/state.ts';
import { answer } from '../dns/zone.ts';
import { regionServing } from '../edge/index.ts';
import { conditionOf } from '../world/condition.ts';
import { databaseAt, databaseInstance, isReplica } from '../world/database-address.ts';
import type { WorldState } from '../world/state.ts';

/** What name servers answer users now. */
export interface DnsAnswerForUsers {
  /** The host at the end of the chain. */
  host?: string;
  /** The region whose load balancer that is. */
  region?: string;
  /** World seconds for which the record may be remembered. */
  ttlSeconds: number;
}

/** What the name servers answer at `now` (world time) when users ask for the system's record. Pure. */
export function dnsForUsers(state: WorldState, system: System, now: number): DnsAnswerForUsers {
  const { answers } = answer({ state, system, now }, system.dns.record, 'A');
  return { ...endOfChain(system, answers), ttlSeconds: answers[0]?.ttl ?? 0 };
}

/** Where a chain of DNS answers ends: the host, and the region whose load balancer it is. */
export function endOfChain(
  system: System,
  answers: readonly { name: string; data?: unknown }[],
): Pick<DnsAnswerForUsers, 'host' | 'region'> {
  const names = answers
    .flatMap(({ name, data }) => (typeof data === 'string' ? [name, data] : [name]))
    .filter((name) => !/^[\d.]+$/.test(name));
  const host = names.at(-1);
  const region = regionServing(system, names);
  return { ...(host !== undefined && { host }), ...(region !== undefined && { region }) };
}

/** What the load balancer of a region does with users' requests at `now`. Pure. */
export function loadBalancerMode(state: WorldState, region: string, now: number): 'service' | 'standby' | 'split' {
  const balancer = state.elbv2[region];
  const weights = balancer ? effectiveWeights(balancer, now) : {};
  const groups = Object.values(balancer?.targetGroups ?? {}).filter(({ arn }) => (weights[arn] ?? 0) > 0);
  const kinds = new Set(groups.map(({ kind }) => kind));
  if (kinds.size > 1) return 'split';
  return kinds.has('service') ? 'service' : 'standby';
}

/**
 * The database instance that a region's services are connected to, as the newest of their pods was told when it
 * started. Pure.
 */
export function databaseOf(state: WorldState, system: System, region: string): string | undefined {
  const pods = Object.values(state.kubernetes[region]?.pods ?? {}).filter(
    ({ node, deletedAt }) => node !== undefined && deletedAt === undefined,
  );
  const host = pods.at(-1)?.environment[system.kubernetes.secret.hostKey];
  return databaseAt(state, host ?? '')?.instance.identifier;
}

/**
 * The instance whose rows are what users have: the one that the services write to in the region which DNS names, or a
 * promoted one as soon as that does not answer. Undefined as long as users have the server that the world began with and
 * no replica was ever promoted: then nothing that was acknowledged can be missing. Pure.
 */
export function servingInstance(state: WorldState, system: System, now: number): string | undefined {
  const original = originalInstance(state, system);
  const { region } = dnsForUsers(state, system, now);
  const writesTo = region === undefined ? undefined : databaseOf(state, system, region);
  if (writesTo !== undefined && writesTo !== original?.identifier) return writesTo;
  const { replica } = system.database;
  const standby = state.rds[replica.region]?.[replica.instance];
  if (!standby || isReplica(state, standby)) return undefined;
  if (writesTo === undefined || !original) return replica.instance;
  const answers = conditionOf(state, { region: original.region, part: 'database', from: original.region }) === 'up';
  return answers ? original.identifier : replica.instance;
}

/** The instance of the server that accepted writes when the world began, by whatever name now. */
function originalInstance(state: WorldState, { database: { primary } }: System): RdsInstance | undefined {
  const servers = Object.entries(state.databases?.servers ?? {});
  const name = servers.find(([, { folder }]) => folder === primary.instance)?.[0];
  return databaseInstance(state, name ?? primary.instance);
}
