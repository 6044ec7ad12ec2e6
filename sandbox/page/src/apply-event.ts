import type { ControlEvent, Snapshot, WriteBucket } from '../../control/wire.ts';
import type { WorkspaceChange } from '../../slack/workspace.ts';

/** As many calls are kept as the sandbox itself tells a new page. */
export const MOST_CALLS = 10_000;

type Change = Exclude<ControlEvent, { type: 'snapshot' | 'resetting' | 'reset-failed' }>;

/** The snapshot after one event. Pure; what did not change keeps its identity, so that little is drawn again. */
export function applyEvent(snapshot: Snapshot, event: Change): Snapshot {
  switch (event.type) {
    case 'slack':
      return applySlack(snapshot, event.change);
    case 'fault': {
      const same = (other: typeof event.fault) =>
        other.name === event.fault.name && other.target === event.fault.target;
      const others = snapshot.faults.filter((fault) => !same(fault));
      return { ...snapshot, faults: event.on ? [...others, event.fault] : others };
    }
    case 'pages':
      return { ...snapshot, pages: event.pages };
    case 'calls':
      return { ...snapshot, calls: [...snapshot.calls, ...event.calls].slice(-MOST_CALLS) };
    case 'clock':
      return { ...snapshot, clock: event.clock };
    case 'world': {
      const { recovery: _before, ...rest } = snapshot;
      const { clock, picture, recovery } = event;
      return { ...rest, clock, picture, ...(recovery && { recovery }) };
    }
    case 'writes':
      return { ...snapshot, writes: mergeBuckets(snapshot.writes, event.buckets) };
    case 'marks':
      return { ...snapshot, marks: event.marks };
    case 'bot': {
      const { botOutage: _before, ...rest } = snapshot;
      return { ...rest, ...(event.outage !== undefined && { botOutage: event.outage }) };
    }
  }
}

/** Each changed bucket takes the place of all that begin within it; both lists are in order of time or nearly so. */
function mergeBuckets(known: WriteBucket[], changed: WriteBucket[]): WriteBucket[] {
  const newer = changed.toSorted((a, b) => a.from - b.from);
  const merged: WriteBucket[] = [];
  let next = 0;
  let replaced = Number.NEGATIVE_INFINITY;
  for (const bucket of known) {
    for (let change = newer[next]; change && change.from <= bucket.from; change = newer[++next]) {
      merged.push(change);
      replaced = change.to;
    }
    if (bucket.from >= replaced) merged.push(bucket);
  }
  return [...merged, ...newer.slice(next)];
}

function applySlack(snapshot: Snapshot, change: WorkspaceChange): Snapshot {
  switch (change.type) {
    case 'message':
    case 'message-changed': {
      const { channel, ts } = change.message;
      const list = snapshot.messages[channel] ?? [];
      const known = list.some((message) => message.ts === ts);
      const next = known ? list.map((one) => (one.ts === ts ? change.message : one)) : [...list, change.message];
      return { ...snapshot, messages: { ...snapshot.messages, [channel]: next } };
    }
    case 'message-deleted': {
      const list = (snapshot.messages[change.channel] ?? []).filter(({ ts }) => ts !== change.ts);
      return { ...snapshot, messages: { ...snapshot.messages, [change.channel]: list } };
    }
    case 'ephemeral':
    case 'ephemeral-changed': {
      const { ts, to } = change.message;
      const others = snapshot.ephemerals.filter((one) => one.ts !== ts || one.to !== to);
      return { ...snapshot, ephemerals: [...others, change.message] };
    }
    case 'ephemeral-deleted':
      return {
        ...snapshot,
        ephemerals: snapshot.ephemerals.filter(({ ts, to }) => ts !== change.ts || to !== change.to),
      };
    case 'views':
      return { ...snapshot, views: { ...snapshot.views, [change.user]: change.views } };
    case 'channel':
      return {
        ...snapshot,
        channels: [...snapshot.channels.filter(({ id }) => id !== change.channel.id), change.channel],
      };
  }
}
