import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GuardVerdict, Plan } from '../../src/domain/plan.ts';
import { timerDecision } from '../../src/domain/timer-decision.ts';
import { APPROVER, access, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { stateOf } from '../support/story-of-run.ts';

const loss: GuardVerdict = {
  step: 'loss',
  title: 'Predicted data loss is within the RPO',
  expression: 'outputs.lossSeconds <= system.rpo.database',
  passed: false,
  measured: 'lossSeconds 612',
  reason: 'Needed: lossSeconds <= 300. Bring the primary back.',
};
const capacity: GuardVerdict = {
  step: 'capacity',
  title: 'The standby cluster has room',
  expression: 'outputs.missing == 0',
  passed: false,
  measured: 'not measured',
  reason: 'It could not be measured: no answer within 2.0 s.',
};
const steps = [
  plannedStep('loss', { expect: loss.expression, effect: 'read' }),
  plannedStep('capacity', { expect: capacity.expression, effect: 'read' }),
  plannedStep('promote', { effect: 'irreversible' }),
];

let bot: BotBench;
async function refusedPlan(guards: GuardVerdict[], change: Partial<Plan> = {}, bench: BotBench = bot): Promise<void> {
  bench.plan((request) => planFor(request, { steps, guards, verdict: 'refused', ...change }));
  await bench.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
}
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

const override = (step = 'loss', user = COMMANDER, reason = 'Staying down is worse') =>
  bot.useCases.override({ user, target: 'INC-1.p1', step, ...(reason === '' ? {} : { reason }) });
const approve = (user: string) => bot.useCases.approve({ planId: 'INC-1.p1', user });

describe('a failed guard of a plan', () => {
  test('is overridden by a commander, on the record, and somebody else approves the plan', async () => {
    await refusedPlan([loss]);

    const result = await override();

    expect(result).toEqual({ kind: 'plan', open: [], mayApprove: [APPROVER] });
    expect((await stateOf(bot)).plans[0]).toMatchObject({
      status: 'awaiting approval',
      overrides: [
        {
          step: 'loss',
          by: COMMANDER,
          reason: 'Staying down is worse',
          measured: 'lossSeconds 612',
          limit: 'lossSeconds <= 300',
        },
      ],
    });
    await expect(approve(COMMANDER)).rejects.toThrow(
      'You overrode loss of plan INC-1.p1, so a second person must approve it. Ask <@U0APPROVER>.',
    );
    await approve(APPROVER);
    expect((await stateOf(bot)).run?.steps.loss?.overrides).toMatchObject([{ by: COMMANDER, second: APPROVER }]);
  });

  test('overridden again with another reason, or to sign it oneself, is refused with a sentence', async () => {
    await refusedPlan([loss]);
    await override();

    const kept =
      /^You already overrode loss of plan INC-1\.p1, because: Staying down is worse\. That reason stays in the record, and the second name is whoever approves the plan: <@U0APPROVER>\.$/;
    await expect(override('loss', COMMANDER, 'again')).rejects.toThrow(kept);
    await expect(override('loss', COMMANDER, '')).rejects.toThrow(kept);
    await expect(override()).resolves.toMatchObject({ kind: 'plan' });
  });

  test('that could not be measured may be overridden, too; the plan waits until none is left', async () => {
    await refusedPlan([loss, capacity]);

    const first = await override('capacity');
    expect((await stateOf(bot)).plans[0]?.status).toBe('refused');
    const second = await override('loss');

    expect([first, second]).toMatchObject([{ open: ['loss'] }, { open: [] }]);
    expect((await stateOf(bot)).plans[0]).toMatchObject({
      status: 'awaiting approval',
      overrides: [{ step: 'capacity', measured: 'not measured', limit: 'outputs.missing == 0' }, { step: 'loss' }],
    });
  });

  test('arms reminder and expiry once the plan waits, and both go with the decision', async () => {
    await refusedPlan([loss]);
    const tiers = await bot.store.timers.nextDueAt();
    await override();
    const { createdAt } = (await stateOf(bot)).plans[0] ?? { createdAt: 0 };

    const fired = await bot.store.timers.fireDue(createdAt + 5.1 * 60_000, timerDecision);

    expect(tiers).toBeDefined();
    expect(fired.map(({ id }) => id)).toContain('INC-1.p1/reminder/1');
    expect((await stateOf(bot)).plans[0]?.reminders).toBe(1);
    await bot.useCases.reject({ planId: 'INC-1.p1', user: APPROVER });
    const later = await bot.store.timers.fireDue(createdAt + 3 * 60 * 60_000, timerDecision);
    expect(later.filter(({ id }) => id.startsWith('INC-1.p1'))).toEqual([]);
  });

  test('overridden twice by the same person is overridden once; the next person is told by whom', async () => {
    await refusedPlan([loss]);
    await override();

    await expect(override()).resolves.toMatchObject({ kind: 'plan', open: [] });

    expect((await stateOf(bot)).plans[0]?.overrides).toHaveLength(1);
  });

  test('is overridden once by two commanders at the same instant', async () => {
    await bot.close();
    bot = await createBotBench({
      access: {
        chatbot: { ...access.chatbot, command: [COMMANDER, APPROVER], approve: [APPROVER, REQUESTER] },
      } as never,
    });
    await refusedPlan([loss]);

    const results = await Promise.allSettled([override('loss', COMMANDER), override('loss', APPROVER)]);

    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toMatch(
      /<@U0(COMMANDER|APPROVER)> already overrode loss of plan INC-1\.p1\. (What still refuses it: |It awaits approval: `\/dr approve INC-1\.p1`)/,
    );
    expect((await stateOf(bot)).plans[0]?.overrides).toHaveLength(1);
  });

  test('is not overridden any more in the plan that takes the place of a voided one', async () => {
    await refusedPlan([loss]);
    await override();
    bot.plan((request) => planFor(request, { steps, guards: [loss], verdict: 'refused', hash: 'different' }));

    const result = await approve(APPROVER);

    expect(result).toMatchObject({ status: 'voided', fresh: { id: 'INC-1.p2', verdict: 'refused' } });
    await expect(override()).rejects.toThrow('Plan INC-1.p1 is voided. Look at INC-1.p2 instead.');
    await expect(bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER })).rejects.toThrow(
      /a commander passes it with `\/dr override INC-1\.p2 loss/,
    );
  });

  test.each([
    ['an approver', 'loss', APPROVER, 'Hurry', /You may not override a guard for chatbot\. Ask <@U0COMMANDER>/],
    ['a commander without a reason', 'loss', COMMANDER, '', /Say why loss may be passed/],
    ['a commander with a mistyped step', 'los', COMMANDER, 'Hurry', /no guard “los”\. Did you mean loss\?/],
    ['a commander where it holds', 'capacity', COMMANDER, 'Hurry', /capacity of plan INC-1\.p1 holds .*fails is loss/],
  ])('is not overridden by %s', async (_who, step, user, reason, message) => {
    await refusedPlan([loss, { ...capacity, passed: true }]);

    await expect(override(step, user, reason)).rejects.toThrow(message);

    expect((await stateOf(bot)).plans[0]).toMatchObject({ status: 'refused' });
  });

  test('is not overridden by somebody after whom nobody could approve the plan', async () => {
    await bot.close();
    bot = await createBotBench({
      access: { chatbot: { start: [REQUESTER], approve: [COMMANDER], command: [COMMANDER] } },
    });
    await refusedPlan([loss]);

    await expect(override()).rejects.toThrow(/nobody is left who may approve plan INC-1\.p1/);
  });

  test('in place of a run, where no commander would be left, says to abort that run first', async () => {
    await refusedPlan([], { verdict: 'ready' });
    await approve(APPROVER);
    bot.plan((request) => planFor(request, { steps, guards: [loss], verdict: 'refused' }));
    await bot.useCases.failover({
      user: REQUESTER,
      at: Date.now(),
      system: 'chatbot',
      mode: 'emergency',
      instead: true,
    });

    const overridden = bot.useCases.override({ user: COMMANDER, target: 'INC-1.p2', step: 'loss', reason: 'Hurry' });

    await expect(overridden).rejects.toThrow(
      'abort INC-1.r1 first with `/dr abort INC-1`, then override it, and <@U0APPROVER> may approve.',
    );
  });

  test('of a plan that is not the newest any more gives back the reason that was written', async () => {
    await refusedPlan([loss]);
    await refusedPlan([loss]);

    await expect(override()).rejects.toThrow('Look at INC-1.p2 instead. You wrote: “Staying down is worse”');
  });

  test('is not overridden after the end of its incident, nor hours after it was measured', async () => {
    await refusedPlan([loss], { createdAt: Date.now() - 2 * 60 * 60_000 });
    await expect(override()).rejects.toThrow(/2 h old, too old to be signed for/);
    await bot.useCases.resolve({ user: COMMANDER });

    await expect(override()).rejects.toThrow('INC-1 is resolved');
  });

  test('is not overridden where a step itself says that it cannot work', async () => {
    const impossible: GuardVerdict = {
      step: 'promote',
      title: 'Promote the replica',
      expression: 'rds.promote-replica can be looked at',
      passed: false,
      measured: 'not measured',
      reason: 'It is no replica any more.',
    };
    await refusedPlan([impossible]);

    await expect(override('promote')).rejects.toThrow(
      '“Promote the replica” itself says that it cannot work, which no override changes: It is no replica any more.',
    );
  });
});
