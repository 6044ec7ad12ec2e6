import { describe, expect, it } from '@jest/globals';
import { receiveMessage } from '../../src/clock-message.ts';
import { createWorldClock } from '../../src/domain/clock.ts';
import { createLogger } from '../../src/log.ts';

function bot() {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const clock = createWorldClock({ machine: Date.now(), world: 0, speed: 10 });
  return { clock, logger, log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const anchor = { machine: 1_000, world: 5_000, speed: 0 };

it('lets the bot’s clock follow its supervisor’s', () => {
  const { clock, logger } = bot();

  receiveMessage({ type: 'clock', anchor }, clock, logger);

  expect(clock.anchor()).toEqual(anchor);
  expect(clock.now()).toBe(5_000);
});

describe('what is no such message is ignored and logged:', () => {
  it.each([
    ['nothing', undefined],
    ['a word', 'clock'],
    ['another type', { type: 'shutdown', anchor }],
    ['no anchor', { type: 'clock' }],
    ['a negative speed', { type: 'clock', anchor: { ...anchor, speed: -1 } }],
    ['an endless speed', { type: 'clock', anchor: { ...anchor, speed: Number.POSITIVE_INFINITY } }],
    ['a speed in words', { type: 'clock', anchor: { ...anchor, speed: '60' } }],
    ['more than was agreed', { type: 'clock', anchor, and: 'more' }],
  ])('%s', (_what, message) => {
    const { clock, logger, log } = bot();

    receiveMessage(message, clock, logger);

    expect(clock.speed()).toBe(10);
    expect(log()).toMatchObject([
      { level: 'warn', msg: 'Message of the supervisor ignored', reason: 'not understood' },
    ]);
  });

  it('a clock where the process was started with real time', () => {
    const { logger, log } = bot();

    receiveMessage({ type: 'clock', anchor }, undefined, logger);

    expect(log()).toMatchObject([{ level: 'warn', reason: 'LIFEBOAT_CLOCK is not set' }]);
  });
});
