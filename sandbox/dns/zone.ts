import type { System } from '../../src/domain/system.ts';
import { canonicalName } from '../aws/route53/names.ts';
import { effectiveRecord } from '../aws/route53/record.ts';
import type { WorldState } from '../world/state.ts';
import { type RecordAnswer, type RecordSet, toAnswers, withoutDot } from './record-data.ts';

/** World seconds that the provider's own names (load balancers, database endpoints) may be cached. */
const LOAD_BALANCER_TTL = 60;
const DATABASE_TTL = 5;
/** The domain of the provider's own names. */
const PROVIDER = 'amazonaws.com.';
/** As many CNAMEs as a resolver follows before it gives up. */
const LONGEST_CHAIN = 8;

/** What the world's name servers say to one question. */
export interface Lookup {
  /** A chain of CNAMEs and what stands at its end; TTLs in world seconds. */
  answers: RecordAnswer[];
  /** Whether the last name of the chain exists at all, with whatever type. */
  exists: boolean;
  /** The hosted zone that the last name of the chain is in, or the provider's own; undefined where it is in neither. */
  zone: string | undefined;
}

/**
 * Answers a question from the hosted zones and, outside of them, from the provider's own names: load balancers and
 * database endpoints are A 127.0.0.1.
 */
export function answer(state: WorldState, system: System, now: number, name: string, type: string): Lookup {
  const answers: Lookup['answers'] = [];
  let current = canonicalName(name);
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    const sets = recordsOf(state, system, now, current);
    const wanted = sets.filter((set) => set.type === type);
    answers.push(...wanted.flatMap((set) => toAnswers(current, set)));
    const alias = sets.find((set) => set.type === 'CNAME');
    const target = alias?.values[0];
    if (wanted.length > 0 || !alias || !target) {
      return { answers, exists: sets.length > 0, zone: zoneOf(state, current) };
    }
    answers.push(...toAnswers(current, alias));
    current = canonicalName(target);
  }
  return { answers, exists: true, zone: zoneOf(state, current) };
}

function zoneOf(state: WorldState, name: string): string | undefined {
  const zones = [...Object.values(state.route53.zones).map((zone) => zone.name), PROVIDER];
  return zones.find((zone) => name === zone || name.endsWith(`.${zone}`));
}

function recordsOf(state: WorldState, system: System, now: number, name: string): RecordSet[] {
  const zones = Object.values(state.route53.zones).filter(
    (zone) => name === zone.name || name.endsWith(`.${zone.name}`),
  );
  if (zones.length > 0) {
    return zones
      .flatMap((zone) => zone.records)
      .filter((record) => record.name === name)
      .flatMap((record) => {
        const effective = effectiveRecord(record, now);
        return effective ? [{ type: record.type, ...effective }] : [];
      });
  }
  const bare = withoutDot(name);
  const balancers = Object.values(system.loadBalancers).map(({ host }) => host.toLowerCase());
  if (balancers.includes(bare)) return [{ type: 'A', ttl: LOAD_BALANCER_TTL, values: ['127.0.0.1'] }];
  const databases = Object.values(state.rds).flatMap((instances) => Object.values(instances));
  const known = databases.some(({ address }) => address.toLowerCase() === bare);
  return known ? [{ type: 'A', ttl: DATABASE_TTL, values: ['127.0.0.1'] }] : [];
}

/** The region whose own host name this is (`us-west-2.api.chatbot.com`); undefined for every other name. */
export function regionOfHost(system: System, host: string): string | undefined {
  const found = Object.entries(system.endpoints.ready).find(([, url]) => new URL(url).hostname === withoutDot(host));
  return found?.[0];
}
