import { createHash } from 'node:crypto';
import type { DnsRecord } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { type RecordChange, readChangeBatch } from './change-batch.ts';
import { findZone, type RestOperation, renderChange, type Zone } from './operation.ts';
import { effectiveRecord, isDeleted } from './record.ts';
import { complaintAbout, conflictsOf } from './validate-record.ts';

/** From PENDING to INSYNC, in world seconds; name servers answer the new value from then on. */
const INSYNC_SECONDS = [20, 60] as const;

export const changeResourceRecordSets: RestOperation = {
  name: 'ChangeResourceRecordSets',
  method: 'POST',
  path: /^\/hostedzone\/([^/]+)\/rrset\/?$/,
  mutating: true,
  answer({ id, body }, world) {
    const zone = findZone(world.state, id);
    const { comment, changes } = readChangeBatch(body);
    const complaints = complaintsAbout(zone, changes);
    if (complaints.length > 0) throw new AwsError('InvalidChangeBatch', `[${complaints.join(', ')}]`);

    const now = world.clock.now();
    const delay = world.latency(INSYNC_SECONDS, 'route53.change', zone.id);
    const insyncAt = now + delay;
    zone.records = apply(zone.records, changes, now, insyncAt);
    const change = { id: nextChangeId(world), submittedAt: now, insyncAt, ...(comment ? { comment } : {}) };
    world.state.route53.changes[change.id] = change;
    const resource = [...new Set(changes.map(({ name }) => name))].join(',');
    world.recordTransition({ service: 'route53', kind: 'change', resource, from: now, to: insyncAt });
    return { ChangeInfo: renderChange(change, now) };
  },
};

/** Everything that is wrong with a batch; it is carried out whole or not at all. */
function complaintsAbout(zone: Zone, changes: readonly RecordChange[]): string[] {
  const single = changes.map((change) => complaintAbout(change, zone.name)).filter((text) => text !== undefined);
  if (single.length > 0) return single;

  const records = new Map(zone.records.filter((record) => !isDeleted(record)).map((record) => [keyOf(record), record]));
  const seen = new Map<string, RecordChange['action']>();
  const complaints: string[] = [];
  for (const change of changes) {
    const { action, name, type } = change;
    const key = keyOf(change);
    const before = seen.get(key);
    if (before !== undefined && !(before === 'DELETE' && action === 'CREATE')) {
      complaints.push(`The request contains an invalid set of changes for a resource record set '${type} ${name}'`);
      continue;
    }
    seen.set(key, action);
    const existing = records.get(key);
    if (action === 'CREATE' && existing) {
      complaints.push(`Tried to create resource record set [name='${name}', type='${type}'] but it already exists`);
    }
    if (action === 'DELETE') {
      const complaint = complaintAboutDeletion(zone, change, existing);
      if (complaint) complaints.push(complaint);
      records.delete(key);
    } else {
      records.set(key, { ...change, effectiveAt: 0 });
    }
  }
  return complaints.length > 0 ? complaints : conflictsOf([...records.values()], changes, zone.name);
}

function complaintAboutDeletion(zone: Zone, change: RecordChange, existing: DnsRecord | undefined): string | undefined {
  const { name, type, ttl, values } = change;
  const which = `[name='${name}', type='${type}']`;
  if (!existing) return `Tried to delete resource record set ${which} but it was not found`;
  if (name === zone.name && type === 'NS')
    return 'A HostedZone must contain at least one NS record for the zone itself.';
  if (name === zone.name && type === 'SOA') return 'A HostedZone must contain exactly one SOA record.';
  const same = existing.ttl === ttl && existing.values.toSorted().join('\n') === values.toSorted().join('\n');
  return same
    ? undefined
    : `Tried to delete resource record set ${which} but the values provided do not match the current values`;
}

function apply(
  records: readonly DnsRecord[],
  changes: readonly RecordChange[],
  now: number,
  insyncAt: number,
): DnsRecord[] {
  const gone = (record: DnsRecord) => isDeleted(record) && now >= record.effectiveAt;
  const next = new Map(records.filter((record) => !gone(record)).map((record) => [keyOf(record), record]));
  for (const change of changes) {
    const key = keyOf(change);
    const before = records.find((record) => keyOf(record) === key);
    const previous = before ? effectiveRecord(before, now) : undefined;
    const values = change.action === 'DELETE' ? [] : change.values;
    const { name, type, ttl } = change;
    next.set(key, { name, type, ttl, values, effectiveAt: insyncAt, ...(previous ? { previous } : {}) });
  }
  return [...next.values()];
}

const keyOf = ({ name, type }: Pick<DnsRecord, 'name' | 'type'>) => `${name} ${type}`;

/** Ids of changes depend on the seed and their order alone. */
function nextChangeId(world: World): string {
  const ordinal = Object.keys(world.state.route53.changes).length;
  const digest = createHash('sha256').update(`${world.state.seed} change ${ordinal}`).digest('hex');
  return `C${digest.slice(0, 20).toUpperCase()}`;
}
