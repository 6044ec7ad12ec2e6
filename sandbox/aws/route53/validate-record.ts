import { isIPv4, isIPv6 } from 'node:net';
import type { RecordChange } from './change-batch.ts';
import type { DnsRecord, Routing } from './state.ts';

type Key = Pick<DnsRecord, 'name' | 'type' | keyof Routing>;

/** What Route 53 finds wrong with one record by itself, in its words; undefined when nothing. */
export function complaintAbout(change: RecordChange, zone: string): string | undefined {
  const { name, type, values } = change;
  if (name !== zone && !name.endsWith(`.${zone}`)) {
    return `RRSet with DNS name ${name} is not permitted in zone ${zone}`;
  }
  const long = name.split('.').find((label) => label.length > 63);
  if (long) return `FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '${name}'`;
  if (/[^\x21-\x7e]/.test(name) || name.slice(0, -1).split('.').includes('')) {
    return `FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '${name}'`;
  }
  if (type === 'CNAME') {
    if (name === zone) return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone}`;
    if (values.length > 1) {
      return `Invalid Resource Record: 'FATAL problem: CNAMERRSetTooLarge (A CNAME record set has one value) encountered with '${values.join(', ')}''`;
    }
  }
  if (new Set(values).size < values.length) {
    return `Duplicate Resource Record: '${values.find((value, index) => values.indexOf(value) < index)}'`;
  }
  for (const value of values) {
    const problem = problemOfValue(type, value);
    if (problem) return `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`;
  }
  return undefined;
}

/**
 * What is wrong with the names of a whole zone: a CNAME stands alone, and records that share name and type are chosen
 * by one policy. `changed` is what the batch
 * touched.
 */
export function conflictsOf(records: readonly Key[], changed: readonly RecordChange[], zone: string): string[] {
  return changed.flatMap((change) => {
    const { action, name, type } = change;
    if (action === 'DELETE') return [];
    const complaint = conflictOfPolicies(records, change);
    if (complaint) return [complaint];
    const others = records.filter((record) => record.name === name && record.type !== type);
    if (type === 'CNAME' && others.length > 0) {
      return [
        `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone}`,
      ];
    }
    if (others.some((other) => other.type === 'CNAME') && type !== 'CNAME') {
      return [
        `RRSet of type ${type} with DNS name ${name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone}`,
      ];
    }
    return [];
  });
}

/** Undefined when every record of the name and type is chosen in the same way, and no failover role is taken twice. */
function conflictOfPolicies(records: readonly Key[], change: RecordChange): string | undefined {
  const { name, type, setIdentifier = 'null' } = change;
  const which = `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${setIdentifier} cannot be created`;
  const others = records.filter(
    (other) => other.name === name && other.type === type && other.setIdentifier !== change.setIdentifier,
  );
  if (others.length === 0) return undefined;
  if (change.setIdentifier === undefined) return `${which} as other RRSets exist with the same name and type.`;
  const policy = change.failover === undefined ? 'weighted' : 'failover';
  const differs = others.some((other) => (other.failover === undefined) !== (change.failover === undefined));
  if (differs || others.some((other) => other.setIdentifier === undefined)) {
    return `${which} because a non-${policy} RRSet exists with the same name and type.`;
  }
  const taken = change.failover !== undefined && others.some(({ failover }) => failover === change.failover);
  return taken ? `${which} as a ${change.failover} failover RRSet exists with the same name and type.` : undefined;
}

function problemOfValue(type: string, value: string): string | undefined {
  if (type === 'A' && !isIPv4(value)) return 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)';
  if (type === 'AAAA' && !isIPv6(value)) return 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)';
  if ((type === 'CNAME' || type === 'NS') && !/^[a-z0-9_*-]+(\.[a-z0-9_-]+)*\.?$/i.test(value)) {
    return 'UnsupportedCharacter (Value contains unsupported characters)';
  }
  if ((type === 'TXT' || type === 'SPF') && !/^"([^"\\]|\\.)*"( "([^"\\]|\\.)*")*$/.test(value)) {
    return 'InvalidCharacterString (Value should be enclosed in quotation marks)';
  }
  return undefined;
}
