import { afterEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import { type Clock, createClock } from '../../src/domain/clock.ts';
import { Retryable } from '../../src/domain/errors.ts';
import { createEngineBench, type EngineBench, recordingAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

/** A clock on which the second between two looks has passed at once; a step's own time runs as it does. */
function skippingClock(): Clock & { skipped(): number } {
  const clock = createClock();
  const began = clock.now();
  let skipped = 0;
  return {
    ...clock,
    now: () => began + skipped,
    skipped: () => skipped,
    async sleep(milliseconds, signal) {
      if (milliseconds === 1000) skipped += milliseconds;
      else await clock.sleep(milliseconds, signal);
    },
  };
}

/** Before `promote`, which cannot be taken back, `dns` is looked at once more. */
const approved = { role: 'replica' };
const observation = (facts: JsonObject) => ({ state: 'observed' as const, facts, measurements: {} });
const plan = planWith([
  plannedStep('promote', {
    uses: 'test.promote',
    effect: 'irreversible',
    with: { name: 'promote' },
    observation: observation(approved),
  }),
  plannedStep('dns', {
    uses: 'test.dns',
    needs: ['promote'],
    with: { name: 'dns' },
    observation: observation({ value: 'east' }),
  }),
]);

test('a service that throttles is asked longer than one that does not answer', async () => {
  const promote = recordingAction('test.promote', 'irreversible', () => approved);
  let looks = 0;
  const dns = recordingAction('test.dns', 'reversible', () => {
    looks += 1;
    if (looks <= 6) throw new Retryable('test.throttling', 'Rate exceeded.', { isThrottled: true });
    return { value: 'east' };
  });
  bench = await createEngineBench(plan, [promote.action, dns.action], skippingClock());

  await bench.advance();

  expect(looks).toBe(7);
  expect(promote.called).toEqual(['promote']);
});

test.each([
  ['throttles without an end is asked for half a minute', true, 30],
  ['does not answer is asked three times', false, 2],
])('a service that %s, and is a difference then', async (_what, isThrottled, seconds) => {
  const promote = recordingAction('test.promote', 'irreversible', () => approved);
  const dns = recordingAction('test.dns', 'reversible', () => {
    throw new Retryable('test.throttling', 'Rate exceeded.', { isThrottled });
  });
  const clock = skippingClock();
  bench = await createEngineBench(plan, [promote.action, dns.action], clock);

  await bench.advance();

  expect(clock.skipped()).toBe(seconds * 1000);
  expect(promote.called).toEqual([]);
  expect((await bench.state()).run?.steps.promote?.differences).toEqual([
    { key: 'unreachable:dns', sentence: expect.stringContaining('Rate exceeded') },
  ]);
});
