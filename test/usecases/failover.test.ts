import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Permanent } from '../../src/domain/errors.ts';
import { timerDecision } from '../../src/domain/timer-decision.ts';
import { startedReply } from '../../src/usecases/started-reply.ts';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, startRun, stateOf } from '../support/story-of-run.ts';

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

const failover = (user = REQUESTER, more: { at?: number } = {}) =>
  bot.useCases.failover({ user, at: Date.now(), system: 'chatbot', mode: 'emergency', ...more });

describe('failover', () => {
  test('declares an incident with its tiers and makes a plan that waits for approval', async () => {
    const detectedAt = Date.now() - 60_000;
    await bot.close();
    bot = await createBotBench({ detectedAt: async () => detectedAt });

    const { incident, plan, joined } = await failover();

    expect({ incident, joined, planId: plan.id }).toEqual({ incident: 'INC-1', joined: false, planId: 'INC-1.p1' });
    const { detectedAt: seen, tiers, plans } = await stateOf(bot);
    expect(seen).toBe(detectedAt);
    expect(tiers.map(({ tier, dueAt }) => [tier, (dueAt - detectedAt) / 60_000])).toEqual([
      [1, 0],
      [2, 15],
      [3, 30],
      [4, 60],
    ]);
    expect(plans.map(({ status }) => status)).toEqual(['awaiting approval']);
  });

  test.each([
    ['is measured at the second look', 1, 'ready'],
    ['stays unmeasured', 2, 'refused'],
  ] as const)(
    'looks twice before a guard that did not answer refuses the plan: what %s',
    async (_what, silent, verdict) => {
      let looks = 0;
      bot.plan((request) => {
        looks += 1;
        if (looks > silent) return planFor(request);
        const observation = { state: 'unreachable', reason: 'no answer within 2.0 s' } as const;
        const guard = { step: 'loss', title: 'Loss', expression: 'true', passed: false, measured: 'not measured' };
        return planFor(request, {
          steps: [plannedStep('loss', { observation })],
          guards: [guard],
          verdict: 'refused',
        });
      });

      const { plan } = await failover();

      expect(looks).toBe(2);
      expect(plan?.verdict).toBe(verdict);
      expect((await stateOf(bot)).plans).toHaveLength(1);
    },
  );

  test('pages tier 1 once at detection and the next ones when they are due', async () => {
    await failover();
    const { detectedAt } = await stateOf(bot);

    const first = await bot.store.timers.fireDue(detectedAt + 1000, timerDecision);
    const again = await bot.store.timers.fireDue(detectedAt + 2000, timerDecision);
    const later = await bot.store.timers.fireDue(detectedAt + 16 * 60_000, timerDecision);

    const tiers = [first, again, later].map((fired) => fired.filter(({ kind }) => kind === 'tier'));
    expect(tiers.map((fired) => fired.map(({ id }) => id))).toEqual([['INC-1/tier/1'], [], ['INC-1/tier/2']]);
    expect((await stateOf(bot)).tiers.filter(({ reachedAt }) => reachedAt !== undefined)).toHaveLength(2);
  });

  test('joins the open incident, and a plan of another mode takes the place of the one that waits', async () => {
    await failover();

    const second = await bot.useCases.failover({ user: APPROVER, at: Date.now(), system: 'chatbot', mode: 'planned' });

    expect(second).toMatchObject({ incident: 'INC-1', joined: true, plan: { id: 'INC-1.p2' } });
    expect((await stateOf(bot)).plans.map(({ status }) => status)).toEqual(['voided', 'awaiting approval']);
  });

  test('by two people at the same instant opens one incident', async () => {
    const results = await Promise.all([failover(REQUESTER), failover(APPROVER)]);

    expect(new Set(results.map(({ incident }) => incident)).size).toBe(1);
    expect(await bot.store.journal.openIncidents()).toEqual(['INC-1']);
    const { plans } = await stateOf(bot);
    expect(plans.filter(({ status }) => status === 'awaiting approval')).toHaveLength(1);
    expect(plans).toHaveLength(1);
  });

  test('taken up again after a crash finds its plan instead of making another', async () => {
    const at = Date.now();
    await failover(REQUESTER, { at });

    const again = await failover(REQUESTER, { at });

    expect(again.plan.id).toBe('INC-1.p1');
    expect(bot.planned).toHaveLength(1);
  });

  test('is refused while a run is under way, naming it and who asked for it', async () => {
    await startRun(bot);

    await expect(failover(COMMANDER)).rejects.toThrow(/INC-1\.r1, asked for by <@U0REQUESTER>, is already recovering/);

    expect(bot.planned).toHaveLength(2);
  });

  test('says first that users are served where the plan has seen it, and how the paging ends', async () => {
    const seen = { state: 'observed' as const, facts: { healthy: true }, measurements: {} };
    bot.plan((request) =>
      planFor(request, { steps: [plannedStep('outage', { uses: 'http.check', observation: seen })] }),
    );

    const started = await failover();

    expect(started.usersServed).toBe(true);
    expect(startedReply(started, REQUESTER).text).toMatch(
      /^Users are served, as Lifeboat sees it: if nothing is wrong, `\/dr resolve INC-1` ends the paging\. Plan INC-1\.p1 waits/,
    );
  });

  test('back to where an earlier run has moved the system from says so', async () => {
    const promotion = plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible' });
    bot.plan((request) => planFor(request, { steps: [promotion] }));
    await startRun(bot);
    await append(
      bot,
      { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' },
      {
        type: 'step.succeeded',
        runId: 'INC-1.r1',
        step: 'promote',
        attempt: 1,
        outputs: {},
        changes: [],
        exceptions: [],
      },
      { type: 'run.finished', runId: 'INC-1.r1', outcome: 'recovered', exceptions: [] },
    );
    const back = { user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency', to: 'us-east-1' } as const;

    await expect(bot.useCases.failover(back)).rejects.toThrow(
      /^INC-1\.r1 has moved chatbot to us-west-2, and us-east-1 holds only the old primary \(chatbot-prod\).* To go back: `\/dr run chatbot\/failback`/,
    );
  });

  test('records that no plan could be made, and numbers the next one anew', async () => {
    bot.plan(() => {
      throw new Permanent('aws.denied', 'AWS refuses the credentials.');
    });
    await expect(failover()).rejects.toThrow('AWS refuses the credentials.');
    expect((await stateOf(bot)).planFailure).toMatchObject({ planId: 'INC-1.p1', error: { code: 'aws.denied' } });
    bot.plan((request) => planFor(request));

    const { plan } = await failover();

    expect(plan.id).toBe('INC-1.p2');
  });

  test.each([
    ['an unknown system', { system: 'chatbt' }, /Did you mean chatbot\?/],
    ['a region the system does not have', { to: 'eu-west-1' }, /not prepared for eu-west-1\. It can go to us-west-2/],
    ['the region of the primary', { to: 'us-east-1' }, /nothing to promote there\. It can go to us-west-2/],
  ])('refuses %s before anything is declared', async (_what, change, message) => {
    const input = { user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' as const, ...change };

    await expect(bot.useCases.failover(input)).rejects.toThrow(message);

    expect(await bot.store.journal.openIncidents()).toEqual([]);
  });
});
