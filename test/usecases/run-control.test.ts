import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { abortWindowTimer, timerDecision } from '../../src/domain/timer-decision.ts';
import { APPROVER, access, type BotBench, COMMANDER, createBotBench, planFor } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, failStep, finishRun, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

const OTHER = 'U0OTHER';
const run = { runId: 'INC-1.r1' };
const fence = plannedStep('fence', { uses: 'postgres.fence', title: 'Stop writes' });
const drain = plannedStep('drain', { graceful: true, title: 'Drain sessions' });

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench({ access: { chatbot: { ...access.chatbot, command: [COMMANDER, OTHER] } as never } });
  bot.plan((request) => planFor(request, { steps: [fence, drain, plannedStep('promote')] }));
});
afterEach(() => bot.close());

const runNow = async () => (await stateOf(bot)).run;

describe('pause and resume', () => {
  test('hold a run until somebody lets it go on', async () => {
    await startRun(bot);

    await bot.useCases.pause({ ...run, user: COMMANDER, reason: 'Let us look first' });
    await bot.useCases.pause({ ...run, user: COMMANDER });
    expect(await runNow()).toMatchObject({ status: 'paused', hold: { by: COMMANDER, reason: 'Let us look first' } });
    await expect(bot.useCases.resume({ ...run, user: OTHER })).resolves.toBeUndefined();
    await bot.useCases.resume({ ...run, user: OTHER });

    expect((await runNow())?.status).toBe('running');
    expect(await newestEvents(bot, 3)).toEqual(['run.started', 'run.pause-requested', 'run.resumed']);
  });

  test('a second pause by the same person puts another reason in the record', async () => {
    await startRun(bot);
    const pause = (reason?: string) =>
      bot.useCases.pause({ user: COMMANDER, runId: 'INC-1.r1', ...(reason === undefined ? {} : { reason }) });

    await pause();
    await pause('wait for the DBA');
    await pause('wait for the DBA');

    expect((await stateOf(bot)).run?.hold?.reason).toBe('wait for the DBA');
    const events = await bot.store.journal.read('INC-1');
    expect(events.filter(({ event }) => event.type === 'run.pause-requested')).toHaveLength(2);
  });

  test('by two commanders at once pause once, and the other is told by whom', async () => {
    await startRun(bot);

    const clicks = [COMMANDER, OTHER].map((user) => bot.useCases.pause({ ...run, user }));
    const results = await Promise.allSettled(clicks);

    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(String(lost[0]?.reason)).toMatch(/<@U0(COMMANDER|OTHER)> already paused INC-1\.r1: `\/dr resume INC-1\.r1`/);
  });

  test('say what to decide where a step has failed and nobody holds the run', async () => {
    await startRun(bot);
    await failStep(bot, 'promote');

    await expect(bot.useCases.resume({ ...run, user: COMMANDER })).rejects.toThrow(
      /Nobody holds INC-1\.r1: it is paused because promote failed\. Decide: `\/dr retry INC-1\.r1 promote`/,
    );
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['retried', () => bot.useCases.retry({ ...run, step: 'promote', user: OTHER }), 'waiting'],
    ['skipped', () => bot.useCases.skip({ ...run, step: 'promote', user: OTHER, reason: 'By hand' }), 'skipped'],
  ])('hold a run although a step has failed: it is %s, and the rest waits', async (_how, decide, status) => {
    await startRun(bot);
    await failStep(bot, 'promote');

    await bot.useCases.pause({ ...run, user: COMMANDER, reason: 'Nothing but this step' });
    const held = await decide();
    const between = await runNow();
    await bot.useCases.resume({ ...run, user: COMMANDER });

    expect(held).toBe('<@U0COMMANDER> holds the run: nothing starts until `/dr resume INC-1.r1`.');
    expect(between).toMatchObject({ status: 'paused', steps: { promote: { status } } });
    expect((await runNow())?.status).toBe('running');
  });

  test('keep an overridden step from being tried again before somebody resumes', async () => {
    await startRun(bot);
    await failStep(bot, 'promote', [{ key: 'guard:loss', sentence: 'Loss: no.' }]);
    await bot.useCases.pause({ ...run, user: COMMANDER });
    const target = { target: 'INC-1.r1', step: 'promote' };
    await bot.useCases.override({ ...target, user: COMMANDER, reason: 'Staying down is worse' });

    const signed = await bot.useCases.override({ ...target, user: APPROVER });

    expect(signed).toMatchObject({ kind: 'signed', held: expect.stringMatching(/holds the run/) });
    expect((await runNow())?.status).toBe('paused');
  });

  test('tell that a resumed run stays paused where a step failed meanwhile', async () => {
    await startRun(bot);
    await bot.useCases.pause({ ...run, user: COMMANDER });
    await failStep(bot, 'promote');

    const left = await bot.useCases.resume({ ...run, user: COMMANDER });

    expect(left).toMatch(/^it is paused because promote failed/);
    expect(await runNow()).toMatchObject({ status: 'paused' });
  });

  test.each(['pause', 'resume'] as const)('%s is refused to others, of other runs and after the end', async (verb) => {
    await startRun(bot);
    await expect(bot.useCases[verb]({ ...run, user: APPROVER })).rejects.toThrow(/Ask <@U0COMMANDER> or <@U0OTHER>/);
    await expect(bot.useCases[verb]({ runId: 'INC-1.r2', user: COMMANDER })).rejects.toThrow(/INC-1 has INC-1\.r1/);
    await finishRun(bot);

    await expect(bot.useCases[verb]({ ...run, user: COMMANDER })).rejects.toThrow('INC-1.r1 is finished.');
  });
});

describe('emergency', () => {
  const input = { ...run, user: COMMANDER, reason: 'us-east-1 is down' };

  test('says before what it means, and then signs for an unfenced old primary', async () => {
    await startRun(bot, 'planned');

    const about = await bot.useCases.aboutEmergency(input);
    expect((await runNow())?.modeChange).toBeUndefined();
    await bot.useCases.emergency(input);
    await bot.useCases.emergency(input);

    expect(about).toEqual([
      expect.stringMatching(/^You sign that chatbot-prod in us-east-1 stays unfenced if it cannot be reached/),
      expect.stringMatching(
        /^Left out, on the record: “Drain sessions”\. .* At most 7 s by the plan; they stay on the old/,
      ),
      'What only an emergency asks is judged first: a guard that fails pauses the run.',
      expect.stringMatching(/^What has been done stays/),
    ]);
    expect((await runNow())?.modeChange).toMatchObject({
      by: COMMANDER,
      reason: 'us-east-1 is down',
      signed: ['unfenced:chatbot-prod in us-east-1'],
    });
    expect(await newestEvents(bot, 2)).toEqual(['run.started', 'run.mode-changed']);
    await expect(bot.useCases.emergency({ ...input, user: OTHER })).rejects.toThrow(
      /<@U0COMMANDER> already turned .* `\/dr status INC-1`\./,
    );
  });

  test('signs for nothing where the fence stands', async () => {
    await startRun(bot, 'planned');
    const step = { ...run, step: 'fence', attempt: 1 };
    await append(
      bot,
      { type: 'step.started', ...step, operationId: 'o' },
      { type: 'step.succeeded', ...step, outputs: { fenced: true }, changes: [], exceptions: [] },
    );

    await bot.useCases.emergency(input);

    expect((await runNow())?.modeChange?.signed).toEqual([]);
  });

  test('is refused where it is one already, to others, while it is aborted and after the end', async () => {
    await startRun(bot);
    await expect(bot.useCases.emergency(input)).rejects.toThrow(
      'INC-1.r1 is an emergency from its start. Follow it with `/dr status INC-1`.',
    );
    await expect(bot.useCases.aboutEmergency(input)).rejects.toThrow('INC-1.r1 is an emergency from its start.');
    await expect(bot.useCases.emergency({ ...input, user: APPROVER })).rejects.toThrow(/Ask <@U0COMMANDER>/);
    await bot.useCases.abort({ user: COMMANDER });
    await expect(bot.useCases.emergency(input)).rejects.toThrow(
      'INC-1.r1 is aborting. How far that is: `/dr status INC-1`.',
    );
    await finishRun(bot, 'aborted');

    await expect(bot.useCases.emergency(input)).rejects.toThrow('INC-1.r1 is finished.');
  });

  test('is refused where it would leave nothing out any more', async () => {
    await startRun(bot, 'planned');
    const ended = (step: string): Parameters<typeof append>[1][] => [
      { type: 'step.started', runId: 'INC-1.r1', step, attempt: 1, operationId: step },
      { type: 'step.succeeded', runId: 'INC-1.r1', step, attempt: 1, outputs: {}, changes: [], exceptions: [] },
    ];
    await append(bot, ...ended('fence'), ...ended('drain'));

    await expect(bot.useCases.aboutEmergency({ ...run, user: COMMANDER, reason: 'x' })).rejects.toThrow(
      'INC-1.r1 waits for nothing any more that an emergency would leave out: let it go on,',
    );
  });

  test('is refused where the runbook has no such mode', async () => {
    await startRun(bot, 'planned');
    bot.parts.runbook = () => ({ title: 'Switch over', severity: 'P2', mode: ['planned'], params: {} });

    await expect(bot.useCases.emergency(input)).rejects.toThrow(/has no emergency mode: let INC-1\.r1 go on/);
  });
});

describe('abort', () => {
  test('in the abort window leaves no timer that ends it', async () => {
    await startRun(bot);
    const until = Date.now() + 10_000;
    await bot.store.journal.decide('INC-1', Date.now(), () => ({
      events: [{ type: 'run.abort-window-opened', ...run, step: 'promote', until }],
      arm: [abortWindowTimer('INC-1.r1', until)],
    }));

    await bot.useCases.abort({ user: COMMANDER });

    const fired = await bot.store.timers.fireDue(until + 1000, timerDecision);
    expect(fired.map(({ id }) => id)).not.toContain('INC-1.r1/abort-window');
    expect(await newestEvents(bot, 1)).not.toEqual(['run.abort-window-closed']);
  });

  test('offers to take a standing fence away before all else', async () => {
    await startRun(bot);
    const step = { ...run, step: 'fence', attempt: 1 };
    await append(
      bot,
      { type: 'step.started', ...step, operationId: 'o' },
      {
        type: 'step.succeeded',
        ...step,
        outputs: { fenced: true },
        changes: [{ what: 'Sign-in', before: 'allowed', after: 'taken away' }],
        exceptions: [],
      },
    );

    const { warnings } = await bot.useCases.aboutAbort({ user: COMMANDER });

    expect(warnings[1]).toBe(
      'Writes on the old primary stay stopped: once the run has ended, `/dr undo INC-1` allows them again, first of all.',
    );
    expect(warnings[0]).toBe('Nothing is undone by itself, and no new step starts.');
  });

  test('of nothing says where to look', async () => {
    await startRun(bot);
    await finishRun(bot);

    await expect(bot.useCases.abort({ user: COMMANDER, incident: 'INC-1' })).rejects.toThrow(
      'No run of INC-1 is under way, so there is nothing to abort. How it stands: `/dr status INC-1`.',
    );
  });

  test('names what can be taken back afterwards', async () => {
    await startRun(bot);
    const step = { ...run, step: 'drain', attempt: 1 };
    await append(
      bot,
      { type: 'step.started', ...step, operationId: 'o' },
      {
        type: 'step.succeeded',
        ...step,
        outputs: {},
        changes: [{ what: 'Sessions', before: '12', after: '0' }],
        exceptions: [],
      },
    );

    const { warnings } = await bot.useCases.aboutAbort({ user: COMMANDER });

    expect(warnings).toContain('Can be taken back with `/dr undo INC-1` once the run has ended: “Drain sessions”.');
  });
});

describe('skip', () => {
  const skip = (step: string) => bot.useCases.skip({ ...run, user: COMMANDER, step, reason: 'It takes too long' });

  test.each([
    [
      'emergency',
      /Retry it with `\/dr retry INC-1\.r1 fence`, or abort with `\/dr abort INC-1` and ask for a new plan/,
    ],
    ['planned', /sign for that with `\/dr emergency INC-1\.r1 --reason "…"`, or abort/],
  ] as const)('leaves no fence behind in mode %s on one name, and names the ways', async (mode, ways) => {
    await startRun(bot, mode);
    await failStep(bot, 'fence');

    await expect(skip('fence')).rejects.toMatchObject({ code: 'step.fence', message: expect.stringMatching(ways) });

    await expect(bot.useCases.resume({ ...run, user: COMMANDER })).rejects.not.toThrow('/dr skip');
    expect(await runNow()).toMatchObject({ status: 'paused', steps: { fence: { status: 'failed' } } });
  });

  test('leaves it behind once an emergency has signed for it, and other steps always', async () => {
    await startRun(bot, 'planned');
    await bot.useCases.emergency({ ...run, user: COMMANDER, reason: 'us-east-1 is down' });
    await failStep(bot, 'fence');
    await failStep(bot, 'promote');

    await skip('fence');
    await skip('promote');

    expect(await runNow()).toMatchObject({ steps: { fence: { status: 'skipped' }, promote: { status: 'skipped' } } });
  });

  test('of a step that has not failed says what to do', async () => {
    await startRun(bot);

    await expect(skip('fence')).rejects.toThrow(
      'fence of INC-1.r1 is waiting, and only a failed step can be skipped: wait until it begins.',
    );
  });
});
