import type { System } from '../../src/domain/system.ts';
import { isHealthy, turnedAt } from '../aws/route53/health/health-check.ts';
import { canonicalName } from '../aws/route53/names.ts';
import { type EffectiveRecord, effectiveRecord } from '../aws/route53/record.ts';
import { databaseAt } from '../world/database-address.ts';
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

/** World state, the system, and the moment (world time) that a question is asked at. */
export interface Asking {
  state: WorldState;
  system: System;
  now: number;
  /** In [0, 1): which of several weighted records is given; absent: the one with the greatest share. */
  draw?: number;
}

/**
 * Answers a question from the hosted zones and, outside of them, from the provider's own names: load balancers and
 * database endpoints are A 127.0.0.1.
 */
export function answer(asking: Asking, name: string, type: string): Lookup {
  const { state } = asking;
  const answers: Lookup['answers'] = [];
  let current = canonicalName(name);
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) {
    const sets = recordsOf(asking, current);
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

/** Since when (world time) name servers give a name's records as they do now: a change, or a health check that turned. */
export function answeredSince({ state, now }: Asking, name: string): number | undefined {
  const full = canonicalName(name);
  const records = Object.values(state.route53.zones)
    .flatMap((zone) => zone.records)
    .filter((record) => record.name === full && record.effectiveAt <= now);
  const moments = records.flatMap(({ effectiveAt, healthCheckId }) => [
    effectiveAt,
    ...(healthCheckId === undefined ? [] : [turnedAt(state, healthCheckId, now)]),
  ]);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

function recordsOf(asking: Asking, name: string): RecordSet[] {
  const { state, system, now } = asking;
  const zones = Object.values(state.route53.zones).filter(
    (zone) => name === zone.name || name.endsWith(`.${zone.name}`),
  );
  if (zones.length > 0) {
    const inEffect = zones
      .flatMap((zone) => zone.records)
      .filter((record) => record.name === name)
      .flatMap((record) => {
        const effective = effectiveRecord(record, now);
        return effective ? [{ type: record.type, ...effective }] : [];
      });
    return [...Map.groupBy(inEffect, ({ type }) => type).values()].flatMap((sets) => chooseRecord(sets, asking) ?? []);
  }
  const bare = withoutDot(name);
  const balancers = Object.values(system.loadBalancers).map(({ host }) => host.toLowerCase());
  if (balancers.includes(bare)) return [{ type: 'A', ttl: LOAD_BALANCER_TTL, values: ['127.0.0.1'] }];
  return databaseAt(state, bare) ? [{ type: 'A', ttl: DATABASE_TTL, values: ['127.0.0.1'] }] : [];
}

type Routed = EffectiveRecord & { type: string };

/**
 * The one of several records of a name and type that is given. Unhealthy ones are left out, unless all are; a failover's
 * PRIMARY goes before its SECONDARY; weighted ones share by weight.
 */
function chooseRecord(sets: readonly Routed[], { state, now, draw }: Asking): Routed | undefined {
  const isWell = ({ healthCheckId }: Routed) => healthCheckId === undefined || isHealthy(state, healthCheckId, now);
  const well = sets.filter(isWell);
  const candidates = well.length > 0 ? well : sets;
  const primary = candidates.find(({ failover }) => failover === 'PRIMARY');
  if (primary || candidates.every(({ weight }) => weight === undefined)) return primary ?? candidates[0];
  const total = candidates.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (draw === undefined || total === 0) return candidates.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
  let position = draw * total;
  return candidates.find(({ weight = 0 }) => {
    position -= weight;
    return position < 0;
  });
}

/** The region whose own host name this is (`us-west-2.api.chatbot.com`); undefined for every other name. */
export function regionOfHost(system: System, host: string): string | undefined {
  const found = Object.entries(system.endpoints.ready).find(([, url]) => new URL(url).hostname === withoutDot(host));
  return found?.[0];
}
