import type { StringAnswer } from 'dns-packet';
import type { System } from '../../src/domain/system.ts';
import type { DnsRecord, WorldState } from '../world/state.ts';

/** World seconds that the provider's own names (load balancers, database endpoints) may be cached. */
const LOAD_BALANCER_TTL = 60;
const DATABASE_TTL = 5;
/** As many CNAMEs as a resolver follows before it gives up. */
const LONGEST_CHAIN = 8;

/** Records are kept with the final dot, queries come without. */
export const fullyQualified = (name: string) => `${name.toLowerCase().replace(/\.$/, '')}.`;
export const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** TTL and values that the name servers answer with at `now` (world time); undefined as long as there are none. */
export function effectiveRecord(record: DnsRecord, now: number): { ttl: number; values: string[] } | undefined {
  return now >= record.effectiveAt ? { ttl: record.ttl, values: record.values } : record.previous;
}

/** What the world's name servers say to one question. */
export interface Lookup {
  /** A chain of CNAMEs and what stands at its end; TTLs in world seconds. */
  answers: StringAnswer[];
  /** Whether the last name of the chain exists at all, with whatever type. */
  exists: boolean;
}

/**
 * Answers a question from the hosted zones and from the provider's own names: load balancers and database endpoints
 * are A 127.0.0.1, region-specific names of the system point at their region's load balancer.
 */
export function answer(state: WorldState, system: System, now: number, name: string, type: string): Lookup {
  const answers: StringAnswer[] = [];
  let current = fullyQualified(name);
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    const sets = recordsOf(state, system, now, current);
    const wanted = sets.filter((set) => set.type === type);
    answers.push(...wanted.flatMap((set) => toAnswers(current, set)));
    const alias = sets.find((set) => set.type === 'CNAME');
    const target = alias?.values[0];
    if (wanted.length > 0 || !alias || !target) return { answers, exists: sets.length > 0 };
    answers.push(...toAnswers(current, alias));
    current = fullyQualified(target);
  }
  return { answers, exists: true };
}

interface RecordSet {
  type: string;
  ttl: number;
  values: string[];
}

function recordsOf(state: WorldState, system: System, now: number, name: string): RecordSet[] {
  const zoned = Object.values(state.route53.zones)
    .flatMap((zone) => zone.records)
    .filter((record) => record.name === name)
    .flatMap((record) => {
      const effective = effectiveRecord(record, now);
      return effective ? [{ type: record.type, ...effective }] : [];
    });
  if (zoned.length > 0) return zoned;
  const bare = withoutDot(name);
  const balancers = Object.values(system.loadBalancers).map(({ host }) => host.toLowerCase());
  if (balancers.includes(bare)) return [{ type: 'A', ttl: LOAD_BALANCER_TTL, values: ['127.0.0.1'] }];
  const databases = Object.values(state.rds).flatMap((instances) => Object.values(instances));
  if (databases.some(({ address }) => address.toLowerCase() === bare)) {
    return [{ type: 'A', ttl: DATABASE_TTL, values: ['127.0.0.1'] }];
  }
  const region = regionOfHost(system, bare);
  const balancer = region && system.loadBalancers[region];
  return balancer ? [{ type: 'CNAME', ttl: LOAD_BALANCER_TTL, values: [balancer.host] }] : [];
}

/** The region whose own host name this is (`us-west-2.api.chatbot.com`); undefined for every other name. */
export function regionOfHost(system: System, host: string): string | undefined {
  const found = Object.entries(system.endpoints.ready).find(([, url]) => new URL(url).hostname === withoutDot(host));
  return found?.[0];
}

function toAnswers(name: string, { type, ttl, values }: RecordSet): StringAnswer[] {
  if (!['A', 'AAAA', 'CNAME', 'NS', 'PTR'].includes(type)) return [];
  return values.map((value) => ({
    type: type as StringAnswer['type'],
    name: withoutDot(name),
    ttl,
    data: type === 'A' || type === 'AAAA' ? value : withoutDot(value),
  }));
}
