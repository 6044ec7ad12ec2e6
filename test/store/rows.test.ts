import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Permanent } from '../../src/domain/errors.ts';
import type { CommandRequest } from '../../src/engine/ports.ts';
import { type Bench, createBench, NOON } from './support.ts';

const MINUTE = 60_000;

describe('rows of the store', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await createBench();
  });

  afterAll(async () => {
    await bench.close();
  });

  describe('requests', () => {
    const request = (id: string): CommandRequest => ({
      id,
      source: 'slack',
      verb: 'failover',
      args: { system: 'chatbot', to: 'us-west-2' },
      user: 'U1',
      channel: 'C1',
      replyTo: 'https://hooks.slack.example/answer',
      at: NOON,
    });

    it('records one id once, also when it comes twice at once', async () => {
      const answers = await Promise.all(
        [bench.store, bench.other, bench.store].map(({ requests }) => requests.record(request('trigger-1'))),
      );

      expect(answers.sort()).toEqual(['duplicate', 'duplicate', 'new']);
    });

    it('lists what was not finished, oldest first, and forgets where a finished one was to be answered', async () => {
      const { replyTo: _none, ...withoutReply } = request('trigger-3');
      await bench.store.requests.record(request('trigger-2'));
      await bench.store.requests.record(withoutReply);

      await bench.store.requests.finish('trigger-1');

      expect(await bench.other.requests.unfinished()).toEqual([request('trigger-2'), withoutReply]);
      expect(await bench.sql("select reply_to from lifeboat.requests where id = 'trigger-1'")).toEqual([
        { reply_to: null },
      ]);
      expect(await bench.store.requests.record(request('trigger-1'))).toBe('duplicate');
    });
  });

  describe('deliveries', () => {
    it('intends a message once', async () => {
      const first = await bench.store.deliveries.intend('slack/board/INC-1', 'INC-1');
      const second = await bench.other.deliveries.intend('slack/board/INC-1', 'INC-1');

      const delivery = { key: 'slack/board/INC-1', incident: 'INC-1', state: 'intended', attempts: 0 };
      expect(first).toEqual({ delivery, existed: false });
      expect(second).toEqual({ delivery, existed: true });
    });

    it('counts failures until it is sent, and keeps the id of the other side', async () => {
      await bench.store.deliveries.intend('pagerduty/INC-2/tier/1', 'INC-2');
      await bench.store.deliveries.failed('pagerduty/INC-2/tier/1', 'the network is down');
      const [failed] = await bench.store.deliveries.ofIncident('INC-2');

      await bench.store.deliveries.sent('pagerduty/INC-2/tier/1', 'dedup-1', 'hash-1');

      expect(failed).toMatchObject({ state: 'intended', attempts: 1 });
      expect(await bench.other.deliveries.ofIncident('INC-2')).toEqual([
        {
          key: 'pagerduty/INC-2/tier/1',
          incident: 'INC-2',
          state: 'sent',
          externalId: 'dedup-1',
          contentHash: 'hash-1',
          attempts: 0,
        },
      ]);
    });

    it('refuses to have sent what was never intended', async () => {
      await expect(bench.store.deliveries.sent('slack/nothing', 'C1:1', 'hash')).rejects.toBeInstanceOf(Permanent);
    });
  });

  describe('cursors', () => {
    it('begin at nothing and never go back', async () => {
      const before = await bench.store.cursors.get('board', 'INC-1');

      await Promise.all([3, 7, 5].map((sequence) => bench.store.cursors.set('board', 'INC-1', sequence)));

      expect(before).toBe(0);
      expect(await bench.other.cursors.get('board', 'INC-1')).toBe(7);
      expect(await bench.other.cursors.get('thread', 'INC-1')).toBe(0);
    });
  });

  describe('progress', () => {
    it('keeps the newest sentence of each step', async () => {
      await bench.store.progress.set('R1', 'promote', 'replica is catching up', NOON + 2.6);
      await bench.store.progress.set('R1', 'promote', 'an older sentence, late', NOON);
      await bench.store.progress.set('R1', 'scale', '3 of 6 pods are ready', NOON);

      expect(await bench.other.progress.of('R1')).toEqual({
        promote: { sentence: 'replica is catching up', at: NOON + 3 },
        scale: { sentence: '3 of 6 pods are ready', at: NOON },
      });
      expect(await bench.store.progress.of('R2')).toEqual({});
    });
  });

  describe('samples', () => {
    const subject = 'database/chatbot-prod';

    it('gives the newest sample, and the newest before a time', async () => {
      const { samples } = bench.store;
      await samples.record('chatbot', subject, NOON, { role: 'primary' }, 1_000);
      await samples.record('chatbot', subject, NOON + 5_000, { role: 'primary', age: 5 }, 2_000);
      const reader = bench.other.samples.reader('chatbot');

      expect(await reader.newest(subject)).toEqual({ at: NOON + 5_000, value: { role: 'primary', age: 5 } });
      expect(await reader.newest(subject, NOON + 4_999.5)).toMatchObject({ at: NOON });
      expect(await reader.newest(subject, NOON - 1)).toBeUndefined();
      expect(await bench.store.samples.reader('thebot').newest(subject)).toBeUndefined();
    });

    it('gives the newest sample whose write position was received', async () => {
      const position = 2 ** 45;
      const { samples } = bench.store;
      for (let index = 0; index < 10; index += 1) {
        await samples.record('positions', subject, NOON + index * 5_000, { index }, position + index * 100);
      }
      await samples.record('positions', subject, NOON + 60_000, { index: 'without a position' });
      const reader = samples.reader('positions');

      expect(await reader.newestReceived(subject, position + 450)).toEqual({ at: NOON + 20_000, value: { index: 4 } });
      expect(await reader.newestReceived(subject, position + 900)).toMatchObject({ value: { index: 9 } });
      expect(await reader.newestReceived(subject, position - 1)).toBeUndefined();
    });

    it('keeps fifteen minutes whole, then the newest of each minute, and nothing after a day', async () => {
      await bench.sql(
        `insert into lifeboat.samples (system, subject, at, position, value)
         select 'thinned', $1, $2::bigint - n * 10000, null, '{}' from generate_series(1, 25 * 360) n`,
        [subject, NOON],
      );

      await bench.store.samples.record('thinned', subject, NOON, {});

      const [counts] = await bench.sql(
        `select count(*) filter (where at >= $1)::int as recent,
                count(*) filter (where at < $1)::int as older,
                count(distinct at / 60000) filter (where at < $1)::int as minutes,
                count(*) filter (where at < $1 and at % 60000 = 50000)::int as newest_of_minute,
                min(at)::float8 as oldest
         from lifeboat.samples where system = 'thinned'`,
        [NOON - 15 * MINUTE],
      );
      const minutes = 24 * 60 - 15;
      expect(counts).toEqual({
        recent: 91,
        older: minutes,
        minutes,
        newest_of_minute: minutes,
        oldest: NOON - 24 * 60 * MINUTE + 50_000,
      });
    });
  });
});
