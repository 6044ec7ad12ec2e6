import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isAccepted } from '../../src/domain/run-state.ts';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, failStep, finishRun, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

const difference = { key: 'guard:loss', sentence: '“Loss” does not hold (lossSeconds 612).' };
const steps = [plannedStep('loss', { expect: 'outputs.lossSeconds < 300', effect: 'read' }), plannedStep('promote')];

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
  bot.plan((request) => planFor(request, { steps }));
  await startRun(bot);
});
afterEach(() => bot.close());

const target = { target: 'INC-1.r1', step: 'loss' };
const ask = (user = COMMANDER) => bot.useCases.override({ ...target, user, reason: 'Staying down is worse' });
const sign = (user = APPROVER) => bot.useCases.override({ ...target, user });
const loss = async () => (await stateOf(bot)).run?.steps.loss;

describe('a failed step of a run', () => {
  test('is overridden with two names, and tried again', async () => {
    await failStep(bot, 'loss', [difference]);

    await expect(ask()).resolves.toEqual({ kind: 'asked', maySign: [APPROVER] });
    expect(await loss()).toMatchObject({ status: 'failed', overrideRequest: { by: COMMANDER, accepts: [difference] } });
    await expect(sign()).resolves.toEqual({ kind: 'signed' });

    const { run } = await stateOf(bot);
    expect(run).toMatchObject({ status: 'running', steps: { loss: { status: 'waiting' } } });
    expect(run && isAccepted(run, 'guard:loss')).toBe(true);
    expect(bot.woken.length).toBeGreaterThan(1);
  });

  test('asked for and signed twice by the same click is so once', async () => {
    await failStep(bot, 'loss', [difference]);

    await ask();
    await ask();
    await sign();
    await sign();

    expect(await newestEvents(bot, 3)).toEqual(['step.failed', 'step.override-requested', 'step.overridden']);
  });

  test('asked for again with another reason is refused with the reason that stays', async () => {
    await failStep(bot, 'loss', [difference]);
    await ask();

    await expect(bot.useCases.override({ ...target, user: COMMANDER, reason: 'again' })).rejects.toThrow(
      /^You already asked to override loss of INC-1\.r1, because: .*That reason stays in the record; <@U0APPROVER> signs it/,
    );
  });

  test('is not signed by who asked, who is told who may', async () => {
    await failStep(bot, 'loss', [difference]);
    await ask();

    await expect(sign(COMMANDER)).rejects.toThrow(
      'You asked to override loss of INC-1.r1, so a second person must sign it. Ask <@U0APPROVER>: `/dr override INC-1.r1 loss --sign`.',
    );
  });

  test('is signed once by two people at the same instant', async () => {
    await failStep(bot, 'loss', [difference]);
    await bot.close();
    bot = await createBotBench({
      access: { chatbot: { start: [REQUESTER], approve: [APPROVER, REQUESTER], command: [COMMANDER] } },
    });
    bot.plan((request) => planFor(request, { steps, requestedBy: REQUESTER }));
    await startRun(bot);
    await failStep(bot, 'loss', [difference]);
    await ask();

    const results = await Promise.allSettled([sign(APPROVER), sign(REQUESTER)]);

    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toMatch(
      /loss of INC-1\.r1 is waiting, and only a failed step can be overridden: wait/,
    );
  });

  test('that fails of something else afterwards is asked for anew', async () => {
    await failStep(bot, 'loss', [difference]);
    await ask();
    await append(bot, { type: 'step.retry-requested', runId: 'INC-1.r1', step: 'loss', by: COMMANDER });
    await failStep(bot, 'loss', [{ key: 'fact:dns/values=["b"]', sentence: 'values was a and is b now.' }]);

    await expect(sign()).rejects.toThrow(/Nobody has asked to override loss of INC-1\.r1 as it failed now/);
    await ask();
    await sign();

    expect((await loss())?.overrides.flatMap(({ accepts }) => accepts.map(({ key }) => key))).toEqual([
      'fact:dns/values=["b"]',
    ]);
  });

  test.each([
    [
      'by an approver with a reason',
      () => ask(APPROVER),
      /You may not override a step for chatbot\. Ask <@U0COMMANDER>/,
    ],
    ['by a bystander', () => sign(REQUESTER), /You may not override a step/],
    ['before anybody asked', () => sign(), /Nobody has asked .* a commander does, with `\/dr override INC-1\.r1 loss/],
    [
      'under a mistyped name',
      () => bot.useCases.override({ ...target, step: 'lss', user: COMMANDER, reason: 'Hurry' }),
      /no step “lss”\. Did you mean loss\?/,
    ],
    [
      'in a run that there is not',
      () => bot.useCases.override({ ...target, target: 'INC-1.r7', user: COMMANDER, reason: 'Hurry' }),
      /There is no run INC-1\.r7\. INC-1 has INC-1\.r1/,
    ],
  ])('is not overridden %s', async (_how, click, message) => {
    await failStep(bot, 'loss', [difference]);

    await expect(click()).rejects.toThrow(message);
  });

  test('that failed of what no override passes says how to decide', async () => {
    await failStep(bot, 'promote');

    const input = { target: 'INC-1.r1', step: 'promote', user: COMMANDER, reason: 'Hurry' };
    await expect(bot.useCases.override(input)).rejects.toThrow(
      /cannot be overridden\. Decide: `\/dr retry INC-1\.r1 promote`, `\/dr skip INC-1\.r1 promote --reason "…"` or `\/dr abort INC-1`/,
    );
  });

  test('is not overridden after the end', async () => {
    await failStep(bot, 'loss', [difference]);
    await finishRun(bot, 'failed');

    await expect(ask()).rejects.toThrow('INC-1.r1 is finished. How it ended: `/dr status INC-1`.');
  });

  test('that is a guard is not skipped, and the refusal names the override', async () => {
    await failStep(bot, 'loss', [difference]);

    const input = { user: COMMANDER, runId: 'INC-1.r1', step: 'loss', reason: 'Hurry' };
    await expect(bot.useCases.skip(input)).rejects.toThrow(/pass it on the record with `\/dr override INC-1\.r1 loss/);
  });
});
