import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Permanent } from '../../src/domain/errors.ts';
import { timerDecision } from '../../src/domain/timer-decision.ts';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { startRun, stateOf } from '../support/story-of-run.ts';

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

const failover = () => bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
const approve = (planId: string, user = APPROVER) => bot.useCases.approve({ planId, user });

describe('approve', () => {
  test('starts the run with its locks, in one decision, and wakes it', async () => {
    await failover();

    const result = await approve('INC-1.p1');

    expect(result).toMatchObject({ status: 'approved', runId: 'INC-1.r1' });
    const { run, plans } = await stateOf(bot);
    expect(run).toMatchObject({ status: 'running', locks: ['system/chatbot', 'test/promote', 'test/dns'] });
    expect(plans[0]).toMatchObject({ status: 'approved', decision: { by: APPROVER } });
    expect(bot.woken).toEqual(['INC-1']);
  });

  test('signs by name for what cannot be made safe', async () => {
    bot.plan((request) =>
      planFor(request, {
        signatures: [{ kind: 'unfenced', subject: 'chatbot-prod in us-east-1', sentence: 'It may still write.' }],
      }),
    );
    await failover();

    await approve('INC-1.p1');

    expect((await stateOf(bot)).plans[0]?.decision?.signed).toEqual(['unfenced:chatbot-prod in us-east-1']);
  });

  test('is recorded before the live state is read again, and only when the click counts', async () => {
    await failover();
    const seen: unknown[] = [];
    bot.plan(async (request) => {
      seen.push((await stateOf(bot)).plans[0]?.approval?.by);
      return planFor(request);
    });
    await expect(approve('INC-1.p1', REQUESTER)).rejects.toThrow();
    expect((await stateOf(bot)).plans[0]?.approval).toBeUndefined();

    await approve('INC-1.p1');

    expect(seen).toEqual([APPROVER]);
  });

  test('by two people at once: one wins, the other is told by whom it was decided', async () => {
    await failover();

    const results = await Promise.allSettled([approve('INC-1.p1', APPROVER), approve('INC-1.p1', COMMANDER)]);

    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toMatch(/already approved by <@U0(APPROVER|COMMANDER)>/);
    const entries = await bot.store.journal.read('INC-1');
    expect(entries.filter(({ event }) => event.type === 'run.started')).toHaveLength(1);
  });

  test('taken up again after a crash tells the same person the same', async () => {
    await startRun(bot);

    const again = await approve('INC-1.p1');

    expect(again).toMatchObject({ status: 'approved', runId: 'INC-1.r1' });
  });

  test.each([
    ['answers at the second look', 1, 'approved'],
    ['stays silent', 2, 'voided'],
  ])('looks twice before silence voids it: what %s', async (_what, silentLooks, outcome) => {
    await failover();
    let looks = 0;
    bot.plan((request) => {
      looks += 1;
      if (looks > silentLooks) return planFor(request);
      const unreachable = { state: 'unreachable', reason: 'no answer within 2.0 s' } as const;
      return planFor(request, { hash: 'different', steps: [plannedStep('promote', { observation: unreachable })] });
    });

    const result = await approve('INC-1.p1');

    expect(looks).toBe(2);
    expect(result.status).toBe(outcome);
    expect((await stateOf(bot)).run !== undefined).toBe(outcome === 'approved');
  });

  test('does not count when the live state has changed: the plan is voided and a new one is shown', async () => {
    await failover();
    bot.plan((request) => planFor(request, { hash: 'different' }));

    const result = await approve('INC-1.p1');

    expect(result).toMatchObject({ status: 'voided', fresh: { id: 'INC-1.p2', requestedBy: REQUESTER } });
    const { plans, run } = await stateOf(bot);
    expect(run).toBeUndefined();
    expect(plans.map(({ status }) => status)).toEqual(['voided', 'awaiting approval']);
  });

  test('leaves the plan open when the live state cannot be read, and says why', async () => {
    await failover();
    bot.plan(() => {
      throw new Permanent('aws.denied', 'AWS refuses the credentials.');
    });

    await expect(approve('INC-1.p1')).rejects.toThrow('AWS refuses');

    expect((await stateOf(bot)).plans[0]).toMatchObject({
      status: 'awaiting approval',
      approval: { by: APPROVER, failure: { code: 'aws.denied', message: 'AWS refuses the credentials.' } },
    });
  });

  test('is refused politely when another run holds a lock that this one needs', async () => {
    await failover();
    const other = { owner: 'INC-9.r1', names: ['test/promote'] };
    await bot.store.journal.decide('INC-1', Date.now(), () => ({ events: [], lock: other }));

    await expect(approve('INC-1.p1')).rejects.toThrow(/INC-1\.p1 cannot start now: .*INC-9\.r1/);

    expect((await stateOf(bot)).run).toBeUndefined();
    expect((await stateOf(bot)).plans[0]?.approval?.failure?.code).toBe('approval.lock-held');
  });

  test('comes too late for a plan that expired', async () => {
    await failover();
    const expiry = (await stateOf(bot)).plans[0]?.createdAt ?? 0;
    await bot.store.timers.fireDue(expiry + 61 * 60_000, timerDecision);

    await expect(approve('INC-1.p1')).rejects.toThrow(/INC-1\.p1 is expired/);
  });
});
