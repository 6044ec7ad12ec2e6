import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Mode } from '../../src/domain/runbook.ts';
import { timerDecision } from '../../src/domain/timer-decision.ts';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { stateOf } from '../support/story-of-run.ts';

const MINUTE = 60_000;

let bot: BotBench;
let createdAt: number;
const failover = (mode: Mode = 'emergency') =>
  bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode });
beforeEach(async () => {
  bot = await createBotBench();
  const { plan } = await failover();
  createdAt = plan.createdAt;
});
afterEach(() => bot.close());

/** Ids of the plan timers that fire when it is so many minutes after the first plan was made. */
async function firedAt(minutes: number): Promise<string[]> {
  const fired = await bot.store.timers.fireDue(createdAt + minutes * MINUTE, timerDecision);
  return fired.map(({ id }) => id).filter((id) => id.includes('.p'));
}

describe('a plan that waits for its approval', () => {
  test('is reminded of every five minutes, and of what was missed only once', async () => {
    expect(await firedAt(4.9)).toEqual([]);
    expect(await firedAt(5)).toEqual(['INC-1.p1/reminder/1']);
    expect(await firedAt(5)).toEqual([]);

    expect(await firedAt(27)).toEqual(['INC-1.p1/reminder/2']);
    expect(await firedAt(27.1)).toEqual([]);
    expect(await firedAt(32)).toEqual(['INC-1.p1/reminder/3']);
    expect((await stateOf(bot)).plans[0]?.reminders).toBe(3);
  });

  test('expires after an hour, and is reminded of no more', async () => {
    await firedAt(58);

    expect(await firedAt(60.1)).toEqual(['INC-1.p1/expiry']);

    expect((await stateOf(bot)).plans[0]?.status).toBe('expired');
    expect(await firedAt(600)).toEqual([]);
  });

  test.each([
    ['approved', () => bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER }), []],
    ['rejected', () => bot.useCases.reject({ planId: 'INC-1.p1', user: APPROVER }), []],
    ['withdrawn', () => bot.useCases.reject({ planId: 'INC-1.p1', user: REQUESTER }), []],
    ['resolved with its incident', () => bot.useCases.resolve({ user: COMMANDER }), []],
    ['replaced by one of another kind', () => failover('planned'), ['INC-1.p2/expiry', 'INC-1.p2/reminder/1']],
    [
      'voided by what has changed',
      () => {
        bot.plan((request) => planFor(request, { hash: 'different' }));
        return bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
      },
      ['INC-1.p2/expiry', 'INC-1.p2/reminder/1'],
    ],
  ])('%s leaves no timer of its own behind, also after a reminder', async (_how, decide, left) => {
    await firedAt(5);

    await decide();

    expect((await firedAt(200)).toSorted()).toEqual(left);
  });
});
