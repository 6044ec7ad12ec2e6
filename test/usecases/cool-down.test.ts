import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/domain/clock.ts';
import { createClock } from '../../src/domain/clock.ts';
import { coolDownOf } from '../../src/domain/cool-down.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { APPROVER, type BotBench, BYSTANDER, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { approved, chatbot, declared, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { finishRun, newestEvents, startRun, stateOf } from '../support/story-of-run.ts';

const MINUTE = 60_000;

describe('the cool-down after a run', () => {
  const finished: IncidentEvent = { type: 'run.finished', runId: 'INC-1.r1', outcome: 'recovered', exceptions: [] };
  const story = (coolDown?: number) =>
    stateAfter(
      declared,
      { type: 'plan.created', plan: planWith([], coolDown === undefined ? {} : { system: { ...chatbot, coolDown } }) },
      approved,
      runStarted,
      finished,
    );

  test.each([
    ['30 minutes where system.yaml says nothing', undefined, 29, 31],
    ['what system.yaml says', 600, 9, 11],
  ])('lasts %s', (_what, coolDown, within, after) => {
    const state = story(coolDown);
    const ended = state.run?.finishedAt ?? 0;

    expect(coolDownOf(state, ended + within * MINUTE)).toMatchObject({ runId: 'INC-1.r1', endedAt: ended });
    expect(coolDownOf(state, ended + after * MINUTE)).toBeUndefined();
  });

  test('is none where system.yaml says so, before a run has ended, and once it is acknowledged', () => {
    const state = story();
    const ended = state.run?.finishedAt ?? 0;

    expect(coolDownOf(story(0), ended)).toBeUndefined();
    expect(coolDownOf(stateAfter(declared), ended)).toBeUndefined();
    expect(coolDownOf({ ...state, coolDownEnded: { by: REQUESTER, at: ended + 1 } }, ended + 2)).toBeUndefined();
    expect(coolDownOf({ ...state, coolDownEnded: { by: REQUESTER, at: ended - 1 } }, ended + 2)).toBeDefined();
  });
});

describe('an automatic start', () => {
  const trigger = 'CloudWatch alarm chatbot-5xx';
  let bot: BotBench;
  let later: number;
  beforeEach(async () => {
    later = 0;
    const real = createClock();
    const clock: Clock = { ...real, now: () => real.now() + later };
    bot = await createBotBench({ clock });
    bot.plan((request) => planFor(request, { createdAt: clock.now() }));
  });
  afterEach(() => bot.close());
  const automatic = (by = trigger) =>
    bot.useCases.automaticFailover({ trigger: by, at: bot.parts.clock.now(), system: 'chatbot', mode: 'emergency' });
  const failover = () =>
    bot.useCases.failover({ user: REQUESTER, at: bot.parts.clock.now(), system: 'chatbot', mode: 'emergency' });
  const acknowledge = (user = REQUESTER) => bot.useCases.acknowledge({ user, system: 'chatbot' });

  test('declares and plans in its own name; people approve it', async () => {
    const result = await automatic();

    expect(result).toMatchObject({ incident: 'INC-1', joined: false, plan: { requestedBy: trigger } });
    expect(await stateOf(bot)).toMatchObject({ declaredBy: trigger, plans: [{ status: 'awaiting approval' }] });
    await bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
    expect((await stateOf(bot)).run?.status).toBe('running');
  });

  test('leaves a plan that people can decide on to them', async () => {
    await failover();

    const result = await automatic();

    expect(result).toMatchObject({ joined: true, plan: { id: 'INC-1.p1', requestedBy: REQUESTER } });
    expect((await stateOf(bot)).plans).toHaveLength(1);
  });

  test('is held back while a run is under way, on its record, once for each trigger', async () => {
    await startRun(bot);

    const first = await automatic();
    await automatic();
    await automatic('schedule nightly-check');

    expect(first).toEqual({ heldBack: { incident: 'INC-1' } });
    expect((await stateOf(bot)).heldBack).toMatchObject([{ trigger }, { trigger: 'schedule nightly-check' }]);
    expect(await newestEvents(bot, 3)).toEqual(['run.started', 'start.held-back', 'start.held-back']);
    expect((await stateOf(bot)).plans).toHaveLength(1);
  });

  test('that was held back by a run is so again, and once, by its cool-down', async () => {
    await startRun(bot);
    await automatic();
    await finishRun(bot);

    await automatic();
    await automatic();

    expect((await stateOf(bot)).heldBack.map(({ until }) => until !== undefined)).toEqual([false, true]);
  });

  test('is held back in the cool-down, on the record of the newest incident, once for each trigger', async () => {
    await startRun(bot);
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });
    const finishedAt = (await stateOf(bot)).run?.finishedAt ?? 0;

    const first = await automatic();
    await automatic();
    await automatic('schedule nightly-check');

    expect(first).toEqual({ heldBack: { incident: 'INC-1', until: finishedAt + 30 * MINUTE } });
    expect((await stateOf(bot)).heldBack.map((held) => held.trigger)).toEqual([trigger, 'schedule nightly-check']);
    expect(await bot.store.journal.openIncidents()).toEqual([]);
    const { coolDowns } = await bot.useCases.status();
    expect(coolDowns).toEqual([
      expect.stringMatching(
        /^Automatic starts of chatbot are held back until \d\d:\d\d UTC, because INC-1\.r1 has ended\. Held back: CloudWatch alarm chatbot-5xx, schedule nightly-check\. `\/dr acknowledge chatbot` ends that\.$/,
      ),
    ]);
  });

  test('happens again once the cool-down is over', async () => {
    await startRun(bot);
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });
    later = 31 * MINUTE;

    await expect(automatic()).resolves.toMatchObject({ incident: 'INC-2' });
  });

  test('happens again once a person has acknowledged the run that ended', async () => {
    await startRun(bot);
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });
    await automatic();

    await expect(acknowledge()).resolves.toMatchObject({ runId: 'INC-1.r1', heldBack: [{ trigger }] });
    await expect(acknowledge()).rejects.toThrow('You already ended the cool-down of chatbot.');

    expect(await newestEvents(bot, 2)).toEqual(['start.held-back', 'cool-down.ended']);
    await expect(acknowledge(APPROVER)).rejects.toThrow('<@U0REQUESTER> already ended the cool-down of chatbot.');
    await expect(automatic()).resolves.toMatchObject({ incident: 'INC-2' });
  });

  test('is held back, too, after an incident in which nothing ran', async () => {
    await startRun(bot);
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });
    later = 5 * MINUTE;
    await failover();
    await bot.useCases.resolve({ user: COMMANDER });

    await expect(automatic()).resolves.toMatchObject({ heldBack: { incident: 'INC-1' } });
  });

  test('by a person happens at any time, with a warning in the plan', async () => {
    await startRun(bot);
    await finishRun(bot);
    await bot.useCases.resolve({ user: COMMANDER });
    later = 12 * MINUTE;

    const { plan } = await failover();

    const warning = expect.stringMatching(/^INC-1\.r1 ended 12 min( \d+ s)? ago; .* held back until \d\d:\d\d UTC\.$/);
    expect(plan.warnings).toEqual([warning]);
    expect((await stateOf(bot, 'INC-2')).plans[0]?.plan.warnings).toEqual([warning]);
  });

  test.each([
    ['by a bystander', () => acknowledge(BYSTANDER), /You may not end the cool-down for chatbot/],
    ['where there is none', () => acknowledge(), /chatbot has no cool-down now/],
    [
      'of a mistyped system',
      () => bot.useCases.acknowledge({ user: REQUESTER, system: 'chatbt' }),
      /Did you mean chatbot\?/,
    ],
  ])('is not acknowledged %s', async (_how, click, message) => {
    await startRun(bot);

    await expect(click()).rejects.toThrow(message);
  });
});
