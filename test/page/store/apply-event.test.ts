import { describe, expect, test } from '@jest/globals';
import type { WriteBucket } from '../../../sandbox/control/wire.ts';
import { applyEvent, MOST_CALLS } from '../../../sandbox/page/src/apply-event.ts';
import type { Ephemeral } from '../../../sandbox/slack/state.ts';
import type { Call } from '../../../sandbox/world/state.ts';
import { CHANNEL, DETECTED, messageOf, recoveryWith, snapshotWith } from './snapshot.ts';

const call = (at: number): Call => ({
  at,
  latency: 20,
  service: 'rds',
  operation: 'DescribeDBInstances',
  resource: 'chatbot-prod',
  mutating: false,
  status: 200,
});
const bucket = (from: number, acknowledged: number): WriteBucket => ({
  from,
  to: from + 10,
  acknowledged,
  failed: 0,
  lost: 0,
});
const ephemeral = (ts: string, to: string, text = 'only you'): Ephemeral => ({ ...messageOf(ts, { text }), to });

describe('what is said in Slack', () => {
  test('is appended, replaced in place when it changes, and taken away', () => {
    const before = snapshotWith({ messages: { [CHANNEL]: [messageOf('1'), messageOf('2')] } });

    const said = applyEvent(before, { type: 'slack', change: { type: 'message', message: messageOf('3') } });
    const changed = applyEvent(said, {
      type: 'slack',
      change: { type: 'message-changed', message: messageOf('2', { text: 'edited' }) },
    });
    const deleted = applyEvent(changed, {
      type: 'slack',
      change: { type: 'message-deleted', channel: CHANNEL, ts: '1' },
    });

    expect(changed.messages[CHANNEL]?.map(({ ts, text }) => [ts, text])).toEqual([
      ['1', 'said'],
      ['2', 'edited'],
      ['3', 'said'],
    ]);
    expect(deleted.messages[CHANNEL]?.map(({ ts }) => ts)).toEqual(['2', '3']);
    expect(before.messages[CHANNEL]).toHaveLength(2);
  });

  test('that was told twice stands there once', () => {
    const before = snapshotWith({ messages: { [CHANNEL]: [messageOf('1')] } });

    const after = applyEvent(before, { type: 'slack', change: { type: 'message', message: messageOf('1') } });

    expect(after.messages[CHANNEL]).toHaveLength(1);
  });

  test('in a channel that did not exist begins its list', () => {
    const channel = { id: 'C0NEW', name: 'new' };

    const opened = applyEvent(snapshotWith(), { type: 'slack', change: { type: 'channel', channel } });
    const said = applyEvent(opened, {
      type: 'slack',
      change: { type: 'message', message: messageOf('1', { channel: 'C0NEW' }) },
    });

    expect(said.channels.map(({ id }) => id)).toEqual([CHANNEL, 'C0NEW']);
    expect(said.messages.C0NEW).toHaveLength(1);
  });

  test('to one person is told apart by who sees it', () => {
    const before = snapshotWith({ ephemerals: [ephemeral('1', 'U0A'), ephemeral('1', 'U0B')] });

    const changed = applyEvent(before, {
      type: 'slack',
      change: { type: 'ephemeral-changed', message: ephemeral('1', 'U0A', 'answered') },
    });
    const deleted = applyEvent(changed, {
      type: 'slack',
      change: { type: 'ephemeral-deleted', to: 'U0B', channel: CHANNEL, ts: '1' },
    });

    expect(changed.ephemerals.map(({ to, text }) => [to, text])).toEqual([
      ['U0B', 'only you'],
      ['U0A', 'answered'],
    ]);
    expect(deleted.ephemerals.map(({ to }) => to)).toEqual(['U0A']);
  });

  test('in a modal belongs to the person it is open for', () => {
    const after = applyEvent(snapshotWith({ views: { U0A: [] } }), {
      type: 'slack',
      change: { type: 'views', user: 'U0B', views: [] },
    });

    expect(after.views).toEqual({ U0A: [], U0B: [] });
  });
});

describe('what happens in the world', () => {
  test('a fault that is switched on again with another duration is one fault', () => {
    const fault = { name: 'replica-lag' as const, seconds: 30, since: 1 };
    const before = snapshotWith({ faults: [{ name: 'region-down', target: 'us-east-1', since: 1 }, fault] });

    const longer = applyEvent(before, { type: 'fault', fault: { ...fault, seconds: 600 }, on: true });
    const off = applyEvent(longer, { type: 'fault', fault, on: false });

    expect(longer.faults.map(({ seconds }) => seconds)).toEqual([undefined, 600]);
    expect(off.faults.map(({ name }) => name)).toEqual(['region-down']);
  });

  test('the same fault in two regions is two', () => {
    const before = snapshotWith({ faults: [{ name: 'region-down', target: 'us-east-1', since: 1 }] });

    const after = applyEvent(before, {
      type: 'fault',
      fault: { name: 'region-down', target: 'us-west-2', since: 2 },
      on: true,
    });

    expect(after.faults).toHaveLength(2);
  });

  test('calls are appended, and only the newest are kept', () => {
    const before = snapshotWith({ calls: Array.from({ length: MOST_CALLS }, (_, at) => call(at)) });

    const after = applyEvent(before, { type: 'calls', calls: [call(MOST_CALLS), call(MOST_CALLS + 1)] });

    expect(after.calls).toHaveLength(MOST_CALLS);
    expect(after.calls[0]?.at).toBe(2);
    expect(after.calls.at(-1)?.at).toBe(MOST_CALLS + 1);
  });

  test('buckets of writes replace those of the same beginning, and new ones follow in order', () => {
    const before = snapshotWith({ writes: [bucket(0, 1), bucket(10, 2)] });

    const after = applyEvent(before, { type: 'writes', buckets: [bucket(30, 4), bucket(10, 3), bucket(20, 1)] });

    expect(after.writes.map(({ from, acknowledged }) => [from, acknowledged])).toEqual([
      [0, 1],
      [10, 3],
      [20, 1],
      [30, 4],
    ]);
    expect(after.writes[0]).toBe(before.writes[0]);
  });

  test('the picture brings the clock and the recovery, and takes a recovery away that is no more', () => {
    const recovery = recoveryWith();
    const clock = { now: DETECTED + 1000, speed: 10 };
    const { picture } = snapshotWith();

    const during = applyEvent(snapshotWith(), { type: 'world', clock, picture, recovery });
    const without = applyEvent(during, { type: 'world', clock, picture });

    expect(during).toMatchObject({ clock, recovery });
    expect('recovery' in without).toBe(false);
  });

  test('the bot is away as long as it is said to be', () => {
    const away = applyEvent(snapshotWith(), { type: 'bot', outage: 'it ended with SIGTERM' });
    const back = applyEvent(away, { type: 'bot' });

    expect(away.botOutage).toBe('it ended with SIGTERM');
    expect('botOutage' in back).toBe(false);
  });

  test('what an event is not about keeps its identity, so that it is not drawn again', () => {
    const before = snapshotWith({ calls: [call(1)] });

    const after = applyEvent(before, { type: 'clock', clock: { now: 1, speed: 0 } });

    expect(after.calls).toBe(before.calls);
    expect(after.messages).toBe(before.messages);
    expect(after.clock).toEqual({ now: 1, speed: 0 });
  });
});
