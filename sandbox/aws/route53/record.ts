import type { DnsRecord } from '../../world/state.ts';
import type { Xml } from '../xml.ts';
import { orderKey } from './names.ts';

/**
 * What the name servers answer for a record at world time `now`: TTL in seconds and values; undefined when they have
 * no such record (created but not in effect yet, or deleted).
 */
export function effectiveRecord(record: DnsRecord, now: number): { ttl: number; values: string[] } | undefined {
  const current = now >= record.effectiveAt ? record : record.previous;
  return current && current.values.length > 0 ? { ttl: current.ttl, values: current.values } : undefined;
}

/** A deleted record stays, without values, for as long as name servers may still answer `previous`. */
export function isDeleted(record: DnsRecord): boolean {
  return record.values.length === 0;
}

/** The records that the API shows, in its order: by name from the right, then by type. */
export function listedRecords(records: readonly DnsRecord[]): DnsRecord[] {
  return records.filter((record) => !isDeleted(record)).toSorted(compareRecords);
}

export function compareRecords(a: Pick<DnsRecord, 'name' | 'type'>, b: Pick<DnsRecord, 'name' | 'type'>): number {
  return compare(orderKey(a.name), orderKey(b.name)) || compare(a.type, b.type);
}

export function renderRecord(record: DnsRecord): Xml {
  return {
    Name: record.name,
    Type: record.type,
    TTL: record.ttl,
    ResourceRecords: { ResourceRecord: record.values.map((Value) => ({ Value })) },
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
