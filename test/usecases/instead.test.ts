import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandRequest } from '../../src/engine/ports.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { APPROVER, access, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { chatbot, plannedStep } from '../support/incident.ts';
import { append, finishRun, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

let bot: BotBench;
afterEach(() => bot.close());

describe('a plan in place of the run under way', () => {
  beforeEach(async () => {
    bot = await createBotBench();
    await startRun(bot);
  });
  const instead = (user = REQUESTER) =>
    bot.useCases.failover({ user, at: Date.now(), system: 'chatbot', mode: 'emergency', instead: true });
  const approve = (user: string, planId = 'INC-1.p2') => bot.useCases.approve({ planId, user });

  test('is refused without --instead, naming the run, who asked for it, and the way', async () => {
    const plain = bot.useCases.failover({ user: COMMANDER, at: Date.now(), system: 'chatbot', mode: 'emergency' });

    await expect(plain).rejects.toThrow(
      /INC-1\.r1, asked for by <@U0REQUESTER>, is already recovering chatbot \(running\).*`\/dr failover chatbot --instead`, which a commander asks for or approves\./,
    );
  });

  test('is approved by a commander only, aborts the run in the same decision, and waits for its end', async () => {
    await expect(instead()).resolves.toMatchObject({ plan: { id: 'INC-1.p2' }, replaces: 'INC-1.r1' });
    await expect(approve(APPROVER)).rejects.toThrow(
      'Approving plan INC-1.p2 aborts INC-1.r1, so one of the two, who asks and who approves, must be a commander. Ask <@U0COMMANDER>.',
    );

    const result = await approve(COMMANDER);

    expect(result).toMatchObject({ status: 'approved', runId: 'INC-1.r2', replaces: 'INC-1.r1' });
    expect(await newestEvents(bot, 2)).toEqual(['run.abort-requested', 'plan.approved']);
    expect(await stateOf(bot)).toMatchObject({
      next: { planId: 'INC-1.p2', runId: 'INC-1.r2' },
      run: { id: 'INC-1.r1', status: 'aborting', abort: { by: COMMANDER, reason: 'replaced by INC-1.p2' } },
    });
    await expect(approve(COMMANDER)).resolves.toMatchObject({ runId: 'INC-1.r2', replaces: 'INC-1.r1' });
    await expect(instead()).rejects.toThrow(
      'Plan INC-1.p2 is already approved and starts as INC-1.r2 when INC-1.r1 has ended.',
    );
  });

  test('is not approved by the commander who asked for it', async () => {
    await instead(COMMANDER);

    await expect(approve(COMMANDER)).rejects.toThrow(/You asked for plan INC-1\.p2/);
  });

  test('that a commander asked for is approved by any other approver', async () => {
    await expect(instead(COMMANDER)).resolves.toMatchObject({ replaces: 'INC-1.r1', mayApprove: [APPROVER] });

    await expect(approve(APPROVER)).resolves.toMatchObject({ status: 'approved', replaces: 'INC-1.r1' });
  });

  test('that nobody could approve is refused at once, with who may ask for it', async () => {
    bot.parts.access = { chatbot: { start: [REQUESTER], approve: [COMMANDER], command: [COMMANDER] } };

    await expect(instead(COMMANDER)).rejects.toThrow(
      'Nobody could approve a plan that you ask for, which aborts INC-1.r1. Let <@U0REQUESTER> ask for it; then you approve it.',
    );
    expect(bot.planned).toHaveLength(2);
  });

  test('starts at once when the run has ended before it is approved, which an approver may do then', async () => {
    await instead();
    await finishRun(bot, 'failed');

    const result = await approve(APPROVER);

    expect(result).toEqual(expect.objectContaining({ status: 'approved', runId: 'INC-1.r2' }));
    expect(result).not.toHaveProperty('replaces');
    expect((await stateOf(bot)).run).toMatchObject({ id: 'INC-1.r2', status: 'running' });
  });

  test('does not ask a run to abort that is being aborted already', async () => {
    await instead();
    await bot.useCases.abort({ user: COMMANDER });

    await approve(COMMANDER);

    expect(await newestEvents(bot, 3)).toEqual(['run.abort-requested', 'plan.approval-begun', 'plan.approved']);
  });

  test('expects what the run has begun to write to be different, and nothing else', async () => {
    const compared: unknown[] = [];
    bot.parts.planDifference = (_approved, _now, options) => {
      compared.push([...(options?.touched ?? [])]);
      return [];
    };
    await append(bot, { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' });
    await instead();

    await approve(COMMANDER);

    expect(compared).toEqual([['test/promote']]);
  });

  test('by two commanders at once is approved once, and the other is told by whom', async () => {
    await bot.close();
    bot = await createBotBench({ access: { chatbot: { ...access.chatbot, command: [COMMANDER, APPROVER] } as never } });
    await bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
    await approve(APPROVER, 'INC-1.p1');
    await instead();

    const results = await Promise.allSettled([approve(COMMANDER), approve(APPROVER)]);

    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toMatch(/INC-1\.p2 is already approved by <@U0(COMMANDER|APPROVER)>/);
    const events = await bot.store.journal.read('INC-1');
    expect(events.filter(({ event }) => event.type === 'run.abort-requested')).toHaveLength(1);
  });
});

describe('two people in two processes at the same instant', () => {
  const eden = { ...chatbot, title: 'Eden' };
  const both = {
    access: { chatbot: access.chatbot, eden: access.chatbot } as never,
    systems: new Map([
      ['chatbot', chatbot],
      ['eden', eden],
    ]),
  };
  let other: BotBench;
  beforeEach(async () => {
    bot = await createBotBench(both);
    other = await createBotBench(both, bot);
    for (const bench of [bot, other]) {
      bench.plan((request) =>
        planFor(request, { steps: [plannedStep('promote', { writes: ['rds/us-west-2/shared-replica'] })] }),
      );
    }
  });
  afterEach(() => other.close());

  /** What both processes answer to what was typed in them at once. */
  async function typed(lines: [bench: BotBench, user: string, text: string][]): Promise<Reply[]> {
    const answers = lines.map(
      ([bench, user, text], index) =>
        new Promise<Reply>((resolve) => {
          bench.dispatcher.replyThrough('cli', async (_request: CommandRequest, reply) => resolve(reply));
          void bench.dispatcher
            .receive({ id: `${text}-${index}`, source: 'cli', text, user, channel: 'C0' })
            .then(({ accepted, acknowledgement }) =>
              accepted || !acknowledgement ? undefined : resolve(acknowledgement),
            );
        }),
    );
    return Promise.all(answers);
  }

  test('start one run of a system; the other is told politely who did', async () => {
    await typed([[bot, REQUESTER, 'failover chatbot']]);

    const replies = await typed([
      [bot, APPROVER, 'approve INC-1.p1'],
      [other, COMMANDER, 'approve INC-1.p1'],
    ]);

    expect(replies.map(({ tone }) => tone).toSorted()).toEqual(['done', 'refused']);
    const refused = replies.find(({ tone }) => tone === 'refused');
    expect(refused?.text).toMatch(/^Plan INC-1\.p1 is already approved by <@U0(APPROVER|COMMANDER)>\.$/);
    const events = await bot.store.journal.read('INC-1');
    expect(events.filter(({ event }) => event.type === 'run.started')).toHaveLength(1);
  });

  test('start one run of two systems that share a database; the other is told which run, whose, and what is held', async () => {
    await typed([
      [bot, REQUESTER, 'failover chatbot'],
      [other, REQUESTER, 'failover eden'],
    ]);

    const replies = await typed([
      [bot, APPROVER, 'approve INC-1.p1'],
      [other, COMMANDER, 'approve INC-2.p1'],
    ]);

    expect(replies.map(({ tone }) => tone).toSorted()).toEqual(['done', 'refused']);
    const refused = replies.find(({ tone }) => tone === 'refused');
    expect(refused?.text).toMatch(
      /^Plan INC-[12]\.p1 cannot start now: INC-[12]\.r1 \(INC-[12], (chatbot|eden), approved by <@U0(APPROVER|COMMANDER)>\) is changing rds\/us-west-2\/shared-replica; wait until it has ended, or stop it with `\/dr abort INC-[12]`, then approve again\.$/,
    );
    const runs = [await stateOf(bot, 'INC-1'), await stateOf(bot, 'INC-2')].filter(({ run }) => run);
    expect(runs).toHaveLength(1);
  });

  test('ask for a failover at once: one incident, and one plan that waits', async () => {
    const replies = await typed([
      [bot, REQUESTER, 'failover chatbot'],
      [other, APPROVER, 'failover chatbot'],
    ]);

    expect(replies.map(({ tone }) => tone).toSorted()).toEqual(['done', 'info']);
    expect(await bot.store.journal.openIncidents()).toEqual(['INC-1']);
    const waiting = (await stateOf(bot)).plans.filter(({ status }) => status === 'awaiting approval');
    expect(waiting).toHaveLength(1);
  });
});
