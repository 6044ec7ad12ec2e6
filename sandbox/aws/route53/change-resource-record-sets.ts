import { createHash } from 'node:crypto';
import type { WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { type RecordChange, readChangeBatch } from './change-batch.ts';
import { findHealthCheck } from './health/operations.ts';
import { findZone, type RestOperation, renderChange, type Zone } from './operation.ts';
import { describeKey, effectiveRecord, isDeleted, keyOf, routingOf } from './record.ts';
import type { DnsRecord } from './state.ts';
import { complaintAbout, conflictsOf } from './validate-record.ts';

/** From PENDING to INSYNC, in world seconds; name servers answer the new value from then on. */
const INSYNC_SECONDS = [20, 60] as const;

/** Of a change that is not brought to the name servers: later than any world lasts, and still a number in a file. */
const NEVER = Date.UTC(9999, 0);

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

    for (const { action, healthCheckId } of changes) {
      if (action !== 'DELETE' && healthCheckId !== undefined) findHealthCheck(world.state, healthCheckId);
    }

    const now = world.clock.now();
    const insyncAt = world.isOn('dns-does-not-propagate')
      ? NEVER
      : now + world.latency(INSYNC_SECONDS, 'route53.change', zone.id);
    zone.records = apply(zone.records, changes, now, insyncAt);
    const change = { id: nextChangeId(world), submittedAt: now, insyncAt, ...(comment ? { comment } : {}) };
    world.state.route53.changes[change.id] = change;
    const resource = [...new Set(changes.map(({ name }) => name))].join(',');
    world.recordTransition({ service: 'route53', kind: 'change', resource, from: now, to: insyncAt });
    return { ChangeInfo: renderChange(change, now) };
  },
};

/**
 * Keeps from the name servers what has not reached them when the fault begins, and brings it to them once the fault is
 * over.
 */
export function followPropagation(world: World): { close(): void } {
  const onFault = () => {
    const now = world.clock.now();
    if (world.isOn('dns-does-not-propagate')) postpone(world.state, (at) => at > now, NEVER);
    else postpone(world.state, (at) => at === NEVER, now + world.latency(INSYNC_SECONDS, 'route53.change', 'held'));
  };
  world.on('fault', onFault);
  return { close: () => world.off('fault', onFault) };
}

/** Gives every change whose time `is` so another one, wherever that time is noted. */
function postpone({ route53, transitions }: WorldState, is: (at: number) => boolean, to: number): void {
  for (const record of Object.values(route53.zones).flatMap(({ records }) => records)) {
    if (is(record.effectiveAt)) record.effectiveAt = to;
  }
  for (const change of Object.values(route53.changes)) {
    if (is(change.insyncAt)) change.insyncAt = to;
  }
  for (const transition of transitions) {
    if (transition.service === 'route53' && transition.kind === 'change' && is(transition.to)) transition.to = to;
  }
}

/** Everything that is wrong with a batch; it is carried out whole or not at all. */
function complaintsAbout(zone: Zone, changes: readonly RecordChange[]): string[] {
  const single = changes.map((change) => complaintAbout(change, zone.name)).filter((text) => text !== undefined);
  if (single.length > 0) return single;

  const records = new Map(zone.records.filter((record) => !isDeleted(record)).map((record) => [keyOf(record), record]));
  const seen = new Map<string, RecordChange['action']>();
  const complaints: string[] = [];
  for (const change of changes) {
    const { action } = change;
    const key = keyOf(change);
    const before = seen.get(key);
    if (before !== undefined && !(before === 'DELETE' && action === 'CREATE')) {
      complaints.push(
        `The request contains an invalid set of changes for a resource record set '${change.type} ${change.name}'`,
      );
      continue;
    }
    seen.set(key, action);
    const existing = records.get(key);
    if (action === 'CREATE' && existing) {
      complaints.push(`Tried to create resource record set ${describeKey(change)} but it already exists`);
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
  const which = describeKey(change);
  if (!existing) return `Tried to delete resource record set ${which} but it was not found`;
  if (name === zone.name && type === 'NS')
    return 'A HostedZone must contain at least one NS record for the zone itself.';
  if (name === zone.name && type === 'SOA') return 'A HostedZone must contain exactly one SOA record.';
  const same =
    existing.ttl === ttl &&
    existing.values.toSorted().join('\n') === values.toSorted().join('\n') &&
    JSON.stringify(routingOf(existing)) === JSON.stringify(routingOf(change));
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
    const record = { name, type, ttl, values, ...routingOf(change), effectiveAt: insyncAt };
    next.set(key, { ...record, ...(previous ? { previous } : {}) });
  }
  return [...next.values()];
}

/** Ids of changes depend on the seed and their order alone. */
function nextChangeId(world: World): string {
  const ordinal = Object.keys(world.state.route53.changes).length;
  const digest = createHash('sha256').update(`${world.state.seed} change ${ordinal}`).digest('hex');
  return `C${digest.slice(0, 20).toUpperCase()}`;
}
