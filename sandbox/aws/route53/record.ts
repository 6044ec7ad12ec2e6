import type { Xml } from '../xml.ts';
import { orderKey } from './names.ts';
import type { DnsRecord, Routing } from './state.ts';

/**
 * What the name servers answer for a record at world time `now`: TTL in seconds and values; undefined when they have
 * no such record (created but not in effect yet, or deleted).
 */
export function effectiveRecord(record: DnsRecord, now: number): EffectiveRecord | undefined {
  const current = now >= record.effectiveAt ? record : record.previous;
  return current && current.values.length > 0
    ? { ttl: current.ttl, values: current.values, ...routingOf(current) }
    : undefined;
}

/** What name servers have of a record. */
export type EffectiveRecord = { ttl: number; values: string[] } & Routing;

/** How a record is chosen among those of its name and type. */
export function routingOf({ setIdentifier, weight, failover, healthCheckId }: Routing): Routing {
  return {
    ...(setIdentifier !== undefined && { setIdentifier }),
    ...(weight !== undefined && { weight }),
    ...(failover !== undefined && { failover }),
    ...(healthCheckId !== undefined && { healthCheckId }),
  };
}

/** What tells a record from all others of its zone. */
export function keyOf({ name, type, setIdentifier = '' }: Pick<DnsRecord, 'name' | 'type' | 'setIdentifier'>): string {
  return `${name} ${type} ${setIdentifier}`;
}

/** As the service's complaints name a record. */
export function describeKey({ name, type, setIdentifier }: Pick<DnsRecord, 'name' | 'type' | 'setIdentifier'>): string {
  const identifier = setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`;
  return `[name='${name}', type='${type}'${identifier}]`;
}

/** A deleted record stays, without values, for as long as name servers may still answer `previous`. */
export function isDeleted(record: DnsRecord): boolean {
  return record.values.length === 0;
}

type Key = Pick<DnsRecord, 'name' | 'type' | 'setIdentifier'>;

/** The records that the API shows, in its order: by name from the right, then by type and identifier. */
export function listedRecords(records: readonly DnsRecord[]): DnsRecord[] {
  return records.filter((record) => !isDeleted(record)).toSorted(compareRecords);
}

export function compareRecords(a: Key, b: Key): number {
  return (
    compare(orderKey(a.name), orderKey(b.name)) ||
    compare(a.type, b.type) ||
    compare(a.setIdentifier ?? '', b.setIdentifier ?? '')
  );
}

export function renderRecord(record: DnsRecord): Xml {
  return {
    Name: record.name,
    Type: record.type,
    SetIdentifier: record.setIdentifier,
    Weight: record.weight,
    Failover: record.failover,
    TTL: record.ttl,
    ResourceRecords: { ResourceRecord: record.values.map((Value) => ({ Value })) },
    HealthCheckId: record.healthCheckId,
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
