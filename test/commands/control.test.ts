import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CommandRequest } from '../../src/engine/ports.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { APPROVER, type BotBench, BYSTANDER, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, failStep, finishRun, startRun, stateOf } from '../support/story-of-run.ts';

let bot: BotBench;
let clicks = 0;
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

/** The last that is answered to a line, typed or brought by a button. */
async function typed(user: string, text: string, id = `click-${++clicks}`): Promise<Reply> {
  return new Promise((resolve, reject) => {
    bot.dispatcher.replyThrough('cli', async (_request: CommandRequest, reply) => resolve(reply));
    bot.dispatcher.receive({ id, source: 'cli', text, user, channel: 'C0' }).then(({ accepted, acknowledgement }) => {
      if (!accepted && acknowledgement) resolve(acknowledgement);
    }, reject);
  });
}

const loss = {
  step: 'loss',
  title: 'Loss',
  expression: 'outputs.lossSeconds <= 300',
  passed: false,
  measured: 'lossSeconds 612',
  reason: 'Needed: lossSeconds <= 300.',
};
const guard = plannedStep('loss', { expect: loss.expression, effect: 'read' });

describe('/dr override', () => {
  test('passes a guard of a plan, and names who may approve it then', async () => {
    bot.plan((request) => planFor(request, { steps: [guard], guards: [loss], verdict: 'refused' }));
    const refused = await typed(REQUESTER, 'failover chatbot');

    const reply = await typed(COMMANDER, 'override inc-1.P1 LOSS --reason “Staying down is worse”');

    expect(refused.lines?.at(-1)).toBe(
      'A commander may pass it, on the record: `/dr override INC-1.p1 loss --reason "…"`.',
    );
    expect(reply).toEqual({
      tone: 'done',
      text: 'loss of plan INC-1.p1 is overridden. The plan now awaits approval by <@U0APPROVER>: neither who asked for it nor who overrode a guard may approve it.',
    });
    await expect(typed(APPROVER, 'approve INC-1.p1')).resolves.toMatchObject({ tone: 'done' });
  });

  test('passes a failed step of a run with two names', async () => {
    bot.plan((request) => planFor(request, { steps: [guard, plannedStep('promote', { needs: ['loss'] })] }));
    await startRun(bot);
    await failStep(bot, 'loss', [{ key: 'guard:loss', sentence: 'Loss does not hold.' }]);

    const asked = await typed(COMMANDER, 'override INC-1.r1 loss --reason "Staying down is worse"');
    const own = await typed(COMMANDER, 'override INC-1.r1 loss --sign');
    const signed = await typed(APPROVER, 'override INC-1.r1 loss --sign');

    expect([asked, own, signed].map(({ tone }) => tone)).toEqual(['done', 'refused', 'done']);
    expect(asked.text).toContain('A second person signs it: <@U0APPROVER>, with `/dr override INC-1.r1 loss --sign`.');
    expect(own.text).toContain(
      'so a second person must sign it. Ask <@U0APPROVER>: `/dr override INC-1.r1 loss --sign`.',
    );
  });

  test.each([
    [APPROVER, 'override INC-1.r1 loss --reason x', 'You may not use `/dr override`. Ask <@U0COMMANDER>.'],
    [REQUESTER, 'override INC-1.r1 loss', 'You may not use `/dr override`. Ask <@U0APPROVER> or <@U0COMMANDER>.'],
    [COMMANDER, 'override chatbot loss --reason x', 'The target must be a plan, a run or their incident'],
    [COMMANDER, 'override loss --reason x', 'No plan and no run has a step loss that fails.'],
    [COMMANDER, 'override INC-1.r1 loss --reason x --sign', 'The sign goes without --reason'],
    [COMMANDER, 'override INC-9.r1 loss --reason x', 'There is no incident INC-9. No incident is open.'],
  ])('typed by %s as %s is refused in one sentence', async (user, line, sentence) => {
    const reply = await typed(user, line);

    expect(reply.tone).toBe('refused');
    expect(reply.text).toContain(sentence);
  });
});

describe('/dr pause and /dr resume', () => {
  test('hold a run and let it go on; the same click twice counts once', async () => {
    await startRun(bot);

    const paused = await typed(COMMANDER, 'pause inc-1.R1', 'one-click');
    const { accepted } = await bot.dispatcher.receive({
      id: 'one-click',
      source: 'cli',
      text: 'pause INC-1.r1',
      user: COMMANDER,
      channel: 'C0',
    });
    const resumed = await typed(COMMANDER, 'resume INC-1.r1');

    expect(paused.text).toBe(
      'INC-1.r1 is paused: what runs now ends, and no new step starts until `/dr resume INC-1.r1`.',
    );
    expect(accepted).toBe(false);
    expect(resumed.text).toBe('INC-1.r1 goes on.');
    expect((await stateOf(bot)).run?.status).toBe('running');
  });

  test.each(['pause INC-1.r1', 'resume INC-1.r1', 'emergency INC-1.r1 --reason x', 'release INC-1 --reason x'])(
    '%s is for commanders',
    async (line) => {
      await startRun(bot);

      const reply = await typed(APPROVER, line);

      expect(reply).toMatchObject({ tone: 'refused', text: expect.stringContaining('Ask <@U0COMMANDER>.') });
    },
  );
});

describe('a run', () => {
  test('is named by its incident, or not at all where only one is under way', async () => {
    await startRun(bot);
    await failStep(bot, 'promote', [{ key: 'x', sentence: 'Something else.' }]);

    const lines = [
      'pause',
      'resume INC-1',
      'retry INC-1 promote',
      'skip promotion --reason x',
      'override promote --reason x',
      'emergency --reason x',
      'confirm sign-in',
    ];
    const replies: string[] = [];
    for (const line of lines) {
      if (line.startsWith('override')) await failStep(bot, 'promote', [{ key: 'x', sentence: 'Something else.' }]);
      replies.push((await typed(COMMANDER, line)).text);
    }

    expect(replies).toEqual([
      expect.stringMatching(/^INC-1\.r1 is paused/),
      expect.stringMatching(/^Nobody holds INC-1\.r1 any more/),
      'promote of INC-1.r1 is tried again.',
      expect.stringMatching(/^INC-1\.r1 has no step “promotion”/),
      expect.stringMatching(/^You asked to override promote of INC-1\.r1/),
      expect.stringMatching(/^INC-1\.r1 is an emergency from its start/),
      expect.stringMatching(/^INC-1\.r1 has no step “sign-in”/),
    ]);
  });

  test('that there is not is said so', async () => {
    expect((await typed(COMMANDER, 'pause')).text).toBe('No run is under way. What is open: `/dr status`.');
    await typed(REQUESTER, 'failover chatbot');
    expect((await typed(COMMANDER, 'resume INC-1')).text).toMatch(/^INC-1 has no run yet/);
  });
});

describe('/dr emergency', () => {
  test('says what it means and changes nothing until the button is pressed', async () => {
    bot.plan((request) => planFor(request, { steps: [plannedStep('fence', { uses: 'postgres.fence' })] }));
    await startRun(bot, 'planned');

    const asked = await typed(COMMANDER, `emergency INC-1.r1 --reason "it's down: \\"now\\""`);
    expect((await stateOf(bot)).run?.modeChange).toBeUndefined();
    const [button] = asked.buttons ?? [];
    const done = await typed(COMMANDER, `${button?.verb} ${button?.value}`);

    expect(asked.lines?.[0]).toMatch(/^You sign that chatbot-prod in us-east-1 stays unfenced/);
    expect(done).toMatchObject({ tone: 'done' });
    expect((await stateOf(bot)).run?.modeChange).toMatchObject({ by: COMMANDER, to: 'emergency' });
    expect((await stateOf(bot)).run?.modeChange?.reason).toMatch(/down/);
  });

  test('needs a reason', async () => {
    const reply = await typed(COMMANDER, 'emergency INC-1.r1');

    expect(reply.text).toBe('--reason is missing. Write `/dr emergency [run] --reason "…" [--yes]`.');
  });
});

describe('/dr failover --instead', () => {
  test('asks a commander to let the run under way give way', async () => {
    await startRun(bot);

    const refused = await typed(REQUESTER, 'failover chatbot');
    const planned = await typed(REQUESTER, 'failover chatbot --instead');
    const approved = await typed(COMMANDER, 'approve INC-1.p2');

    expect(refused.text).toContain('`/dr failover chatbot --instead`, which a commander asks for or approves.');
    expect(planned.text).toBe(
      'Plan INC-1.p2 waits for approval by <@U0COMMANDER>: that aborts INC-1.r1, and it starts when that has ended. Nothing was changed yet.',
    );
    expect(approved.text).toBe(
      'You approved INC-1.p2. INC-1.r1 is being aborted, and run INC-1.r2 starts when that has ended.',
    );
  });
});

test('/dr failover for what waits already makes no other plan, and says who may approve it', async () => {
  await typed(REQUESTER, 'failover chatbot');

  const [same, own] = [await typed(APPROVER, 'failover chatbot'), await typed(REQUESTER, 'failover chatbot')];

  expect(same).toMatchObject({
    tone: 'info',
    text: 'Plan INC-1.p1, which <@U0REQUESTER> asked for, is the same and waits for approval, so no other was made. You may approve it: `/dr approve INC-1.p1`.',
  });
  expect(own.text).toContain(
    'which you asked for, is the same and waits for approval, so no other was made. Ask <@U0APPROVER> or <@U0COMMANDER>.',
  );
});

describe('/dr release and /dr acknowledge', () => {
  test('end a watch and a cool-down', async () => {
    await startRun(bot);
    await append(bot, {
      type: 'watch.started',
      watch: 'INC-1.r1/unfenced',
      runId: 'INC-1.r1',
      step: 'promote',
      kind: 'unfenced',
      subject: 'chatbot-prod in us-east-1',
    });
    await finishRun(bot);
    await bot.useCases.automaticFailover({
      trigger: 'alarm 5xx',
      at: Date.now(),
      system: 'chatbot',
      mode: 'emergency',
    });

    const status = await typed(BYSTANDER, 'status');
    const released = await typed(COMMANDER, 'release inc-1.R1/Unfenced --reason "instance deleted"');
    const acknowledged = await typed(REQUESTER, 'acknowledge ChatBot');
    const again = await typed(APPROVER, 'acknowledge chatbot');

    expect(status.lines?.join(' ')).toMatch(/held back until \d\d:\d\d UTC.*Held back: alarm 5xx\./);
    expect(released.text).toBe('INC-1.r1/unfenced is released: chatbot-prod in us-east-1 is not watched any more.');
    expect(acknowledged.text).toMatch(
      /^The cool-down of chatbot after INC-1\.r1 is over: .* Held back were: alarm 5xx;/,
    );
    expect(again).toMatchObject({ tone: 'refused', text: '<@U0REQUESTER> already ended the cool-down of chatbot.' });
  });
});
