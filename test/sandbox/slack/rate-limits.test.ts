import { expect, it } from '@jest/globals';
import { METHODS } from '../../../sandbox/slack/methods/index.ts';
import { RateLimits } from '../../../sandbox/slack/rate-limits.ts';

/** Limits at a time that the test says, and how long each of some calls has to wait (seconds; 0: it counts). */
function limitsAt(start = 0) {
  let now = start;
  const limits = new RateLimits(() => now);
  return {
    pass(milliseconds: number) {
      now += milliseconds;
    },
    wait(name: 'chat.postMessage' | 'conversations.list' | 'auth.test', channel?: string) {
      const method = METHODS[name];
      if (!method) throw new Error(`no method ${name}`);
      return limits.retryAfter(name, method, channel);
    },
  };
}

it('takes a short burst of messages in a channel, then one a second', () => {
  const { pass, wait } = limitsAt();
  const burst = Array.from({ length: 6 }, () => wait('chat.postMessage', 'C1'));

  expect(burst).toEqual([0, 0, 0, 0, 0, 1]);
  expect(wait('chat.postMessage', 'C2')).toBe(0);
  pass(999);
  expect(wait('chat.postMessage', 'C1')).toBe(1);
  pass(1);
  expect(wait('chat.postMessage', 'C1')).toBe(0);
  expect(wait('chat.postMessage', 'C1')).toBe(1);
  pass(5000);
  expect(Array.from({ length: 6 }, () => wait('chat.postMessage', 'C1'))).toEqual([0, 0, 0, 0, 0, 1]);
});

it('limits a method within any minute, and no other method', () => {
  const { pass, wait } = limitsAt();
  const perMinute = METHODS['conversations.list']?.perMinute ?? 0;
  const first = wait('conversations.list');
  pass(20_000);
  const others = Array.from({ length: perMinute - 1 }, () => wait('conversations.list'));

  expect(new Set([first, ...others])).toEqual(new Set([0]));
  expect(wait('conversations.list')).toBe(40);
  expect(wait('auth.test')).toBe(0);
  pass(40_000);
  expect(wait('conversations.list')).toBe(0);
  // The next place is free when the second call is a minute old.
  expect(wait('conversations.list')).toBe(20);
});
