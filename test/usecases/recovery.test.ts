import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { APPROVER, type BotBench, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { append, failStep, startRun, stateOf } from '../support/story-of-run.ts';

let bot: BotBench;
beforeEach(async () => {
  bot = await createBotBench();
});
afterEach(() => bot.close());

const failover = () => bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });

async function pausedIncident(step = 'promote'): Promise<void> {
  await startRun(bot);
  await failStep(bot, step);
}

describe('steps', () => {
  test('a failed step is tried again by a commander only', async () => {
    await pausedIncident();
    const input = { runId: 'INC-1.r1', step: 'promote' };
    await expect(bot.useCases.retry({ ...input, user: APPROVER })).rejects.toThrow(/Ask <@U0COMMANDER>/);

    await bot.useCases.retry({ ...input, user: COMMANDER });

    expect((await stateOf(bot)).run).toMatchObject({ status: 'running', steps: { promote: { status: 'waiting' } } });
    expect(bot.woken).toEqual(['INC-1', 'INC-1']);
  });

  test('a failed step is skipped with a reason that stands in the journal', async () => {
    await pausedIncident();

    await bot.useCases.skip({ user: COMMANDER, runId: 'INC-1.r1', step: 'promote', reason: 'Done by hand' });

    const { run } = await stateOf(bot);
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
    await startRun(bot);
    await append(bot, { type: 'step.started', runId: 'INC-1.r1', step: 'sign-in', attempt: 1, operationId: 'o' });
    const input = { runId: 'INC-1.r1', step: 'sign-in' };

    await bot.useCases.answer({ ...input, user: REQUESTER, confirmed: true });

    expect((await stateOf(bot)).run?.steps['sign-in']?.answer).toEqual({ by: REQUESTER, confirmed: true });
    const late = bot.useCases.answer({ ...input, user: APPROVER, confirmed: false });
    await expect(late).rejects.toThrow('<@U0REQUESTER> already answered sign-in with yes: the run goes on with that.');
  });

  test('a manual step that was answered with no and retried is answered anew', async () => {
    bot.plan((request) => planFor(request, { steps: [plannedStep('sign-in', { uses: 'manual.confirm' })] }));
    await startRun(bot);
    const step = { runId: 'INC-1.r1', step: 'sign-in' };
    const error = { code: 'manual.declined', message: 'Ada said no.' };
    await append(bot, { type: 'step.started', ...step, attempt: 1, operationId: 'o' });
    await bot.useCases.answer({ ...step, user: APPROVER, confirmed: false });
    await append(bot, { type: 'step.failed', ...step, attempt: 1, error, changes: [] });

    await bot.useCases.retry({ ...step, user: COMMANDER });

    expect((await stateOf(bot)).run?.steps['sign-in']?.answer).toBeUndefined();
    await append(bot, { type: 'step.started', ...step, attempt: 2, operationId: 'o' });
    await bot.useCases.answer({ ...step, user: APPROVER, confirmed: true });
    expect((await stateOf(bot)).run?.steps['sign-in']?.answer).toEqual({ by: APPROVER, confirmed: true });
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
    await startRun(bot);

    const { runId } = await bot.useCases.abort({ user: COMMANDER, reason: 'The primary is back' });

    expect(runId).toBe('INC-1.r1');
    expect((await stateOf(bot)).run).toMatchObject({ status: 'aborting', abort: { by: COMMANDER } });
    await expect(bot.useCases.abort({ user: COMMANDER })).resolves.toBeDefined();
  });

  test('what an abort would do is told before, and changes nothing', async () => {
    bot.plan((request) =>
      planFor(request, { steps: [plannedStep('promote', { title: 'Promote', effect: 'irreversible' })] }),
    );
    await startRun(bot);
    await append(bot, { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' });

    const about = await bot.useCases.aboutAbort({ user: COMMANDER });

    expect(about).toMatchObject({ incident: 'INC-1', runId: 'INC-1.r1' });
    expect(about.warnings).toEqual([
      'Nothing is undone by itself, and no new step starts.',
      '“Promote” has begun and ends by itself; a new plan then goes on from there.',
      'Stays as it is: “Promote”.',
    ]);
    expect((await stateOf(bot)).run?.status).toBe('running');
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
    expect((await stateOf(bot)).plans[0]).toMatchObject({ status: 'rejected', decision: { by: user } });
  });

  test('an incident is not resolved while its run is under way', async () => {
    await startRun(bot);

    await expect(bot.useCases.resolve({ user: COMMANDER })).rejects.toThrow(/INC-1\.r1 is still running/);
  });

  test('resolving ends the incident, its escalation and what still awaited approval', async () => {
    await failover();

    await bot.useCases.resolve({ user: REQUESTER });

    const { status, plans } = await stateOf(bot);
    expect({ status, plan: plans[0]?.status }).toEqual({ status: 'resolved', plan: 'voided' });
    expect(await bot.store.timers.nextDueAt()).toBeUndefined();
    await expect(bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER })).rejects.toThrow(/voided/);
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

    expect(incidents[0]?.now).toBe('INC-1.r1 is paused after 0 of 2 steps: Do promote failed. RDS refused it.');
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
