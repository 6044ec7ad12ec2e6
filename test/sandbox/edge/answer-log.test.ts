import { beforeEach, describe, expect, it } from '@jest/globals';
import { AnswerLog } from '../../../sandbox/edge/answer-log.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { createWorld, EAST } from '../kubernetes/world.ts';

describe("the log of a load balancer's answers", () => {
  let world: World;
  let log: AnswerLog;
  let now = 0;
  const health = { method: 'GET', host: 'api.chatbot.com', path: '/health' };
  const good = { status: 200, body: '' };
  const bad = (reason: string) => ({ status: 503, body: '', reason });
  const recorded = () => world.state.calls.map(({ status, error }) => [status, error]);

  beforeEach(() => {
    world = createWorld({ speed: 1 });
    now = 0;
    world.clock.now = () => now;
    log = new AnswerLog(world, EAST);
  });

  it('takes everything for good at first', () => {
    log.note(health, good);

    expect(recorded()).toEqual([]);
  });

  it('says when answers turn bad, bad for another reason, and good again, once each', () => {
    for (const answer of [bad('no healthy target'), bad('database not writable'), good]) {
      for (let times = 0; times < 3; times += 1) log.note(health, answer);
      now += 10_000;
    }

    expect(recorded()).toEqual([
      [503, 'no healthy target'],
      [503, 'database not writable'],
      [200, undefined],
    ]);
  });

  it('says once in ten world seconds that answers change to and fro', () => {
    for (; now < 30_000; now += 100) log.note(health, now % 200 === 0 ? bad('standby page') : good);

    expect(recorded()).toEqual([
      [503, 'standby page'],
      [200, undefined],
      [503, 'standby page'],
    ]);
  });

  it('tells one question from another, and leaves out what the asker did wrong', () => {
    log.note(health, bad('standby page'));
    log.note({ ...health, path: '/ready' }, bad('standby page'));
    log.note({ ...health, method: 'POST' }, { status: 404, body: '' });

    expect(world.state.calls.map(({ operation }) => operation)).toEqual(['GET /health', 'GET /ready']);
  });
});
