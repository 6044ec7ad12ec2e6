import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Permanent } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { timerDecision } from '../../src/domain/timer-decision.ts';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

async function state(incident = 'INC-1'): Promise<IncidentState> {
  const found = await bot.store.journal.state(incident);
  if (!found) throw new Error(`there is no ${incident}`);
  return found;
}

const failover = (user = REQUESTER, more: { at?: number } = {}) =>
  bot.useCases.failover({ user, at: Date.now(), system: 'chatbot', mode: 'emergency', ...more });
const approve = (planId: string, user = APPROVER) => bot.useCases.approve({ planId, user });
const append = (...events: IncidentEvent[]) => bot.store.journal.decide('INC-1', Date.now(), () => ({ events }));

async function runningIncident(): Promise<void> {
  await failover();
  await approve('INC-1.p1');
}

async function pausedIncident(step = 'promote'): Promise<void> {
  await runningIncident();
  const failure = { code: 'rds.refused', message: 'RDS refused the promotion.' };
  await append(
    { type: 'step.started', runId: 'INC-1.r1', step, attempt: 1, operationId: 'o' },
    { type: 'step.failed', runId: 'INC-1.r1', step, attempt: 1, error: failure, changes: [] },
  );
}

describe('failover', () => {
  test('declares an incident with its tiers and makes a plan that waits for approval', async () => {
    const detectedAt = Date.now() - 60_000;
    await bot.close();
    bot = await createBotBench({ detectedAt: async () => detectedAt });

    const { incident, plan, joined } = await failover();

    expect({ incident, joined, planId: plan.id }).toEqual({ incident: 'INC-1', joined: false, planId: 'INC-1.p1' });
    const { detectedAt: seen, tiers, plans } = await state();
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
      expect((await state()).plans).toHaveLength(1);
    },
  );

  test('pages tier 1 once at detection and the next ones when they are due', async () => {
    await failover();
    const { detectedAt } = await state();

    const first = await bot.store.timers.fireDue(detectedAt + 1000, timerDecision);
    const again = await bot.store.timers.fireDue(detectedAt + 2000, timerDecision);
    const later = await bot.store.timers.fireDue(detectedAt + 16 * 60_000, timerDecision);

    const tiers = [first, again, later].map((fired) => fired.filter(({ kind }) => kind === 'tier'));
    expect(tiers.map((fired) => fired.map(({ id }) => id))).toEqual([['INC-1/tier/1'], [], ['INC-1/tier/2']]);
    expect((await state()).tiers.filter(({ reachedAt }) => reachedAt !== undefined)).toHaveLength(2);
  });

  test('joins the open incident, and a plan of another mode takes the place of the one that waits', async () => {
    await failover();

    const second = await bot.useCases.failover({ user: APPROVER, at: Date.now(), system: 'chatbot', mode: 'planned' });

    expect(second).toMatchObject({ incident: 'INC-1', joined: true, plan: { id: 'INC-1.p2' } });
    expect((await state()).plans.map(({ status }) => status)).toEqual(['voided', 'awaiting approval']);
  });

  test('by two people at the same instant opens one incident', async () => {
    const results = await Promise.all([failover(REQUESTER), failover(APPROVER)]);

    expect(new Set(results.map(({ incident }) => incident)).size).toBe(1);
    expect(await bot.store.journal.openIncidents()).toEqual(['INC-1']);
    const { plans } = await state();
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
    await runningIncident();

    await expect(failover(COMMANDER)).rejects.toThrow(/INC-1\.r1, asked for by <@U0REQUESTER>, is already recovering/);

    expect(bot.planned).toHaveLength(2);
  });

  test('says first that users are served where the plan has seen it, and how the paging ends', async () => {
    const seen = { state: 'observed' as const, facts: { healthy: true }, measurements: {} };
    bot.plan((request) =>
      planFor(request, { steps: [plannedStep('outage', { uses: 'http.check', observation: seen })] }),
    );

    await expect(failover()).resolves.toMatchObject({ usersServed: true });
  });

  test('back to where an earlier run has moved the system from says so', async () => {
    const promotion = plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible' });
    bot.plan((request) => planFor(request, { steps: [promotion] }));
    await runningIncident();
    await append(
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
    expect((await state()).planFailure).toMatchObject({ planId: 'INC-1.p1', error: { code: 'aws.denied' } });
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

describe('approve', () => {
  test('starts the run with its locks, in one decision, and wakes it', async () => {
    await failover();

    const result = await approve('INC-1.p1');

    expect(result).toMatchObject({ status: 'approved', runId: 'INC-1.r1' });
    const { run, plans } = await state();
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

    expect((await state()).plans[0]?.decision?.signed).toEqual(['unfenced:chatbot-prod in us-east-1']);
  });

  test('is recorded before the live state is read again, and only when the click counts', async () => {
    await failover();
    const seen: unknown[] = [];
    bot.plan(async (request) => {
      seen.push((await state()).plans[0]?.approval?.by);
      return planFor(request);
    });
    await expect(approve('INC-1.p1', REQUESTER)).rejects.toThrow();
    expect((await state()).plans[0]?.approval).toBeUndefined();

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
    await runningIncident();

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
    expect((await state()).run !== undefined).toBe(outcome === 'approved');
  });

  test('does not count when the live state has changed: the plan is voided and a new one is shown', async () => {
    await failover();
    bot.plan((request) => planFor(request, { hash: 'different' }));

    const result = await approve('INC-1.p1');

    expect(result).toMatchObject({ status: 'voided', fresh: { id: 'INC-1.p2', requestedBy: REQUESTER } });
    const { plans, run } = await state();
    expect(run).toBeUndefined();
    expect(plans.map(({ status }) => status)).toEqual(['voided', 'awaiting approval']);
  });

  test('leaves the plan open when the live state cannot be read, and says why', async () => {
    await failover();
    bot.plan(() => {
      throw new Permanent('aws.denied', 'AWS refuses the credentials.');
    });

    await expect(approve('INC-1.p1')).rejects.toThrow('AWS refuses');

    expect((await state()).plans[0]).toMatchObject({
      status: 'awaiting approval',
      approval: { by: APPROVER, failure: { code: 'aws.denied', message: 'AWS refuses the credentials.' } },
    });
  });

  test('is refused politely when another run holds a lock that this one needs', async () => {
    await failover();
    const other = { owner: 'INC-9.r1', names: ['test/promote'] };
    await bot.store.journal.decide('INC-1', Date.now(), () => ({ events: [], lock: other }));

    await expect(approve('INC-1.p1')).rejects.toThrow(/INC-1\.p1 cannot start now: .*INC-9\.r1/);

    expect((await state()).run).toBeUndefined();
    expect((await state()).plans[0]?.approval?.failure?.code).toBe('approval.lock-held');
  });

  test('comes too late for a plan that expired', async () => {
    await failover();
    const expiry = (await state()).plans[0]?.createdAt ?? 0;
    await bot.store.timers.fireDue(expiry + 61 * 60_000, timerDecision);

    await expect(approve('INC-1.p1')).rejects.toThrow(/INC-1\.p1 is expired/);
  });
});

describe('steps', () => {
  test('a failed step is tried again by a commander only', async () => {
    await pausedIncident();
    const input = { runId: 'INC-1.r1', step: 'promote' };
    await expect(bot.useCases.retry({ ...input, user: APPROVER })).rejects.toThrow(/Ask <@U0COMMANDER>/);

    await bot.useCases.retry({ ...input, user: COMMANDER });

    expect((await state()).run).toMatchObject({ status: 'running', steps: { promote: { status: 'waiting' } } });
    expect(bot.woken).toEqual(['INC-1', 'INC-1']);
  });

  test('a failed step is skipped with a reason that stands in the journal', async () => {
    await pausedIncident();

    await bot.useCases.skip({ user: COMMANDER, runId: 'INC-1.r1', step: 'promote', reason: 'Done by hand' });

    const { run } = await state();
    expect(run?.steps.promote).toMatchObject({
      status: 'skipped',
      skippedBy: { by: COMMANDER, reason: 'Done by hand' },
    });
  });

  test('a failed guard is never skipped', async () => {
    bot.plan((request) => planFor(request, { steps: [plannedStep('loss', { expect: 'outputs.n < 1' })] }));
    await pausedIncident('loss');
    const input = { user: COMMANDER, runId: 'INC-1.r1', step: 'loss', reason: 'In a hurry' };

    await expect(bot.useCases.skip(input)).rejects.toThrow(/loss is a guard/);
  });

  test('a running manual step is answered once, by an approver or a requester', async () => {
    bot.plan((request) => planFor(request, { steps: [plannedStep('sign-in', { uses: 'manual.confirm' })] }));
    await runningIncident();
    await append({ type: 'step.started', runId: 'INC-1.r1', step: 'sign-in', attempt: 1, operationId: 'o' });
    const input = { runId: 'INC-1.r1', step: 'sign-in' };

    await bot.useCases.answer({ ...input, user: REQUESTER, confirmed: true });

    expect((await state()).run?.steps['sign-in']?.answer).toEqual({ by: REQUESTER, confirmed: true });
    const late = bot.useCases.answer({ ...input, user: APPROVER, confirmed: false });
    await expect(late).rejects.toThrow('<@U0REQUESTER> already answered sign-in with yes: the run goes on with that.');
  });

  test('a manual step that was answered with no and retried is answered anew', async () => {
    bot.plan((request) => planFor(request, { steps: [plannedStep('sign-in', { uses: 'manual.confirm' })] }));
    await runningIncident();
    const step = { runId: 'INC-1.r1', step: 'sign-in' };
    const error = { code: 'manual.declined', message: 'Ada said no.' };
    await append({ type: 'step.started', ...step, attempt: 1, operationId: 'o' });
    await bot.useCases.answer({ ...step, user: APPROVER, confirmed: false });
    await append({ type: 'step.failed', ...step, attempt: 1, error, changes: [] });

    await bot.useCases.retry({ ...step, user: COMMANDER });

    expect((await state()).run?.steps['sign-in']?.answer).toBeUndefined();
    await append({ type: 'step.started', ...step, attempt: 2, operationId: 'o' });
    await bot.useCases.answer({ ...step, user: APPROVER, confirmed: true });
    expect((await state()).run?.steps['sign-in']?.answer).toEqual({ by: APPROVER, confirmed: true });
  });

  test.each([
    ['a step that did not fail', 'dns', /only a failed step can be retried/],
    ['an unknown step', 'promot', /Did you mean promote\?/],
  ])('%s is not retried', async (_what, step, message) => {
    await pausedIncident();

    await expect(bot.useCases.retry({ user: COMMANDER, runId: 'INC-1.r1', step })).rejects.toThrow(message);
  });
});

describe('abort, reject and resolve', () => {
  test('a commander aborts the only run without naming it', async () => {
    await runningIncident();

    const { runId } = await bot.useCases.abort({ user: COMMANDER, reason: 'The primary is back' });

    expect(runId).toBe('INC-1.r1');
    expect((await state()).run).toMatchObject({ status: 'aborting', abort: { by: COMMANDER } });
    await expect(bot.useCases.abort({ user: COMMANDER })).resolves.toBeDefined();
  });

  test('what an abort would do is told before, and changes nothing', async () => {
    bot.plan((request) =>
      planFor(request, { steps: [plannedStep('promote', { title: 'Promote', effect: 'irreversible' })] }),
    );
    await runningIncident();
    await append({ type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' });

    const about = await bot.useCases.aboutAbort({ user: COMMANDER });

    expect(about).toMatchObject({ incident: 'INC-1', runId: 'INC-1.r1' });
    expect(about.warnings).toEqual([
      'Nothing is undone by itself, and no new step starts.',
      '“Promote” has begun and ends by itself; a new plan then goes on from there.',
      'Stays as it is: “Promote”.',
    ]);
    expect((await state()).run?.status).toBe('running');
    await expect(bot.useCases.aboutAbort({ user: APPROVER })).rejects.toThrow(/You may not abort a run/);
  });

  test('aborting nothing says what to do instead', async () => {
    await failover();

    const attempt = bot.useCases.abort({ user: COMMANDER, incident: 'INC-1' });

    await expect(attempt).rejects.toThrow('Plan INC-1.p1 awaits approval: `/dr reject INC-1.p1` turns it down.');
  });

  test.each([
    ['an approver turns a plan down', APPROVER, false],
    ['whoever asked for a plan withdraws it', REQUESTER, true],
  ])('%s', async (_what, user, withdrawn) => {
    await failover();

    const result = await bot.useCases.reject({ planId: 'INC-1.p1', user });

    expect(result.withdrawn).toBe(withdrawn);
    expect((await state()).plans[0]).toMatchObject({ status: 'rejected', decision: { by: user } });
  });

  test('an incident is not resolved while its run is under way', async () => {
    await runningIncident();

    await expect(bot.useCases.resolve({ user: COMMANDER })).rejects.toThrow(/INC-1\.r1 is still running/);
  });

  test('resolving ends the incident, its escalation and what still awaited approval', async () => {
    await failover();

    await bot.useCases.resolve({ user: REQUESTER });

    const { status, plans } = await state();
    expect({ status, plan: plans[0]?.status }).toEqual({ status: 'resolved', plan: 'voided' });
    expect(await bot.store.timers.nextDueAt()).toBeUndefined();
    await expect(approve('INC-1.p1')).rejects.toThrow(/voided/);
  });
});

describe('status', () => {
  test('says what waits for whom', async () => {
    await failover();

    const { incidents } = await bot.useCases.status();

    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      now: 'Plan INC-1.p1 awaits approval.',
      next: 'Somebody other than <@U0REQUESTER> decides: `/dr approve INC-1.p1` or `/dr reject INC-1.p1`.',
    });
  });

  test('says how a paused run can go on', async () => {
    await pausedIncident();

    const { incidents } = await bot.useCases.status('inc-1');

    expect(incidents[0]?.now).toBe(
      'INC-1.r1 is paused after 0 of 2 steps: Do promote failed. RDS refused the promotion.',
    );
    expect(incidents[0]?.next).toContain('/dr skip INC-1.r1 promote --reason');
  });

  test('names systems without an incident and what cannot be used', async () => {
    await bot.close();
    bot = await createBotBench({ problems: () => ['eden/failover.yaml:3:1: the action is unknown.'] });

    const status = await bot.useCases.status();

    expect(status).toEqual({
      incidents: [],
      quiet: ['chatbot'],
      coolDowns: [],
      watches: [],
      problems: ['eden/failover.yaml:3:1: the action is unknown.'],
    });
  });
});
