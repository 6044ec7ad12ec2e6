import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { standingFence } from '../../src/domain/standing-fence.ts';
import { undoable } from '../../src/domain/undo.ts';
import { APPROVER, type BotBench, BYSTANDER, COMMANDER, createBotBench, planFor, REQUESTER } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { stateOf } from '../support/story-of-run.ts';
import {
  actions,
  begin,
  beginWorld,
  fail,
  finish,
  runId,
  STEPS,
  set,
  setting,
  succeed,
  undoPlan,
  world,
} from './undo-support.ts';

let bot: BotBench;
beforeEach(async () => {
  beginWorld();
  bot = await createBotBench();
  bot.plan((request) => (request.undoOf === undefined ? planFor(request, { steps: STEPS }) : undoPlan(bot, request)));
});
afterEach(() => bot.close());

const append = (...events: IncidentEvent[]) => {
  const ended = events.find(({ type }) => type === 'run.finished');
  return bot.store.journal.decide('INC-1', Date.now(), () => ({ events, ...(ended ? { unlock: runId } : {}) }));
};

async function startRun(...events: IncidentEvent[]): Promise<void> {
  await failover();
  await bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
  if (events.length > 0) await append(...events);
}

const undo = (user = REQUESTER, at = Date.now()) => bot.useCases.undo({ user, at });
const undoOf = (run?: string) =>
  bot.useCases.undo({ user: REQUESTER, at: Date.now(), incident: 'INC-1', ...(run === undefined ? {} : { run }) });
const failover = () =>
  bot.useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency', to: 'us-west-2' });

describe('undo', () => {
  test('plans one step for each change, in reverse order, one after the other', async () => {
    await startRun(...succeed('one', { before: 'was one' }), ...succeed('two', { before: 'was two' }), finish);

    const { plan, replaces } = await undo();

    expect(replaces).toBeUndefined();
    expect(plan).toMatchObject({
      id: 'INC-1.p2',
      title: 'Undo: Primary region failure',
      undoOf: runId,
      verdict: 'ready',
      abortWindowSeconds: 0,
      guards: [],
      phases: [{ id: 'undo', title: 'Undo' }],
      predicted: { durationSeconds: 20, criticalPath: ['undo-two', 'undo-one'] },
    });
    expect(plan.steps).toMatchObject([
      {
        id: 'undo-two',
        title: 'Set two back',
        uses: 'test.set',
        effect: 'reversible',
        needs: [],
        with: { thing: 'two', to: 'us-west-2' },
        writes: ['thing/two'],
        changes: [{ what: 'two', before: 'new', after: 'was two' }],
        observation: { state: 'observed', facts: { is: 'new' } },
        undoes: { runId, step: 'two', done: { outputs: { before: 'was two' } } },
      },
      { id: 'undo-one', needs: ['undo-two'], changes: [{ after: 'was one' }] },
    ]);
    const fired = await bot.store.timers.nextDueAt();
    expect(fired).toBeDefined();
  });

  test('takes what was before from the plan where a step was cut short, and says what stays', async () => {
    await startRun(...succeed('one', {}), begin('two'), ...fail('three'));

    const { plan, replaces } = await undo();

    expect(replaces).toBe(runId);
    expect(plan.steps.map(({ id, changes }) => [id, changes[0]?.after])).toEqual([
      ['undo-two', 'old two'],
      ['undo-three', 'old three'],
      ['undo-one', 'old one'],
    ]);
  });

  test('names what nobody knows how to set back, and plans the rest', async () => {
    const unseen = { ...setting('two', ['one']), observation: { state: 'later' as const, after: [] } };
    bot.plan((request) =>
      request.undoOf === undefined ? planFor(request, { steps: [setting('one'), unseen] }) : undoPlan(bot, request),
    );
    await startRun(...succeed('one', { before: 'was one' }), ...fail('two'));

    const { plan } = await undo();

    expect(plan.steps.map(({ id }) => id)).toEqual(['undo-one']);
    expect(plan.warnings).toEqual(['“Do two” stays: What was there before is not known.']);
  });

  test('approved by a second person after the run has ended, starts a run of its own', async () => {
    await startRun(...succeed('one', { before: 'was one' }), finish);
    await undo(APPROVER);

    await expect(bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER })).rejects.toThrow(/second person/);
    const approved = await bot.useCases.approve({ planId: 'INC-1.p2', user: COMMANDER });

    expect(approved).toMatchObject({ status: 'approved', runId: 'INC-1.r2' });
    expect((await stateOf(bot)).run).toMatchObject({ id: 'INC-1.r2', locks: ['system/chatbot', 'thing/one'] });
  });

  test('of a paused run takes its place: a commander approves, and that run is aborted first', async () => {
    await startRun(...succeed('one', { before: 'was one' }), ...fail('two'));
    await undo();

    await expect(bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER })).rejects.toThrow(/must be a commander/);
    const approved = await bot.useCases.approve({ planId: 'INC-1.p2', user: COMMANDER });

    expect(approved).toMatchObject({ status: 'approved', runId: 'INC-1.r2', replaces: runId });
    expect(await stateOf(bot)).toMatchObject({ run: { id: runId, status: 'aborting' }, next: { planId: 'INC-1.p2' } });
  });

  test('asked for twice, by whomever, is one plan, which both are told', async () => {
    await startRun(...succeed('one', { before: 'was one' }), ...fail('two'));
    await undo(COMMANDER);

    const [again, other] = [await undo(COMMANDER, Date.now() + 1), await undo(REQUESTER)];

    expect([again, other]).toMatchObject([
      { plan: { id: 'INC-1.p2' }, waitedAlready: true, mayApprove: [APPROVER] },
      { plan: { id: 'INC-1.p2' }, waitedAlready: true },
    ]);
    await expect(bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER })).resolves.toMatchObject({
      replaces: runId,
    });
  });

  test('is voided when somebody has set a thing back by hand meanwhile, and planned anew', async () => {
    await startRun(...succeed('one', { before: 'was one' }), ...succeed('two', { before: 'was two' }), finish);
    await undo();
    world.two = 'was two';

    const result = await bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER });

    expect(result).toMatchObject({ status: 'voided', fresh: { undoOf: runId, steps: [{ id: 'undo-one' }] } });
  });

  test('that was not finished can be planned again for what is left', async () => {
    await startRun(...succeed('one', { before: 'was one' }), ...succeed('two', { before: 'was two' }), finish);
    await undo();
    await bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER });
    const second = 'INC-1.r2';
    await append(...succeed('undo-two', {}, second), ...fail('undo-one', second));

    const { plan, replaces } = await undo(REQUESTER, Date.now());

    expect(replaces).toBe(second);
    expect(plan.undoOf).toBe(runId);
    expect(plan.steps).toMatchObject([{ id: 'undo-one', needs: [], undoes: { runId, step: 'one' } }]);
  });

  test('taken up again after a crash finds its plan instead of making another', async () => {
    const at = Date.now();
    await startRun(...succeed('one', { before: 'was one' }), finish);
    await undo(REQUESTER, at);

    const again = await undo(REQUESTER, at);

    expect(again.plan.id).toBe('INC-1.p2');
    expect((await stateOf(bot)).plans).toHaveLength(2);
  });

  describe('of a fence, once a promotion was begun, looks at the replica', () => {
    // The thing is a stand-in: what matters is which action the step uses.
    const fence = { ...setting('one'), uses: 'postgres.fence' };
    const promote = plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible', needs: ['one'] });
    const scale = setting('three');
    beforeEach(async () => {
      actions.set('postgres.fence', set);
      const steps = [fence, promote, scale];
      bot.plan((request) => (request.undoOf === undefined ? planFor(request, { steps }) : undoPlan(bot, request)));
    });
    const fenceAndScale = [
      ...succeed('one', { fenced: true, before: 'was one' }),
      ...succeed('three', { before: 'x' }),
    ];

    test('a primary by now: nothing is undone, the way on is said, and again, and on the record', async () => {
      await startRun(...fenceAndScale, ...fail('promote'), finish);
      world.replicaOf = '';
      const sentence =
        'Nothing of INC-1.r1 is to be undone: chatbot-prod-replica-west is a primary now. us-west-2 holds the only database that may take writes: finish the failover with `/dr failover chatbot`.';

      await expect(undoOf()).rejects.toThrow(sentence);
      await expect(undoOf()).rejects.toThrow(sentence);

      const after = await stateOf(bot);
      expect(after.plans).toHaveLength(1);
      expect(standingFence(after)).toBeUndefined();
      expect(undoable(after).undo).toEqual([]);
    });

    test('still being promoted: asked again in a minute, after a time that is named', async () => {
      await startRun(...fenceAndScale, ...fail('promote'), finish);
      world.replicaOf = 'chatbot-prod';
      world.status = 'modifying';

      await expect(undoOf()).rejects.toThrow(
        /A promotion of chatbot-prod-replica-west was begun and it is modifying, .*: ask again in a minute, after \d\d:\d\d:\d\d UTC\./,
      );
      world.status = 'available';
      await expect(undoOf()).rejects.toThrow(/it may still become a primary/);
    });

    test('still a replica after AWS refused: the fence goes first, in an emergency run as well', async () => {
      const refused = fail('promote').map((event) =>
        event.type === 'step.failed' ? { ...event, error: { code: 'rds.promotion-refused', message: 'No.' } } : event,
      );
      await startRun(...fenceAndScale, ...refused, finish);
      world.replicaOf = 'chatbot-prod';

      const { plan } = await undoOf();

      expect(plan.mode).toBe('emergency');
      expect(plan.steps.map(({ id }) => id)).toEqual(['undo-one', 'undo-three']);
      expect(plan.warnings).toBeUndefined();
    });
  });

  test('of an older run is refused, and says what stands of it', async () => {
    await startRun(...succeed('one', { before: 'was one' }), finish);
    await failover();
    await bot.useCases.approve({ planId: 'INC-1.p2', user: APPROVER });
    const ended: IncidentEvent = { type: 'run.finished', runId: 'INC-1.r2', outcome: 'aborted', exceptions: [] };
    await bot.store.journal.decide('INC-1', Date.now(), () => ({ events: [ended], unlock: 'INC-1.r2' }));

    await expect(undoOf('INC-1.r1')).rejects.toThrow(
      'Only the newest run can be undone, INC-1.r2: `/dr undo INC-1.r2`. What INC-1.r1 changed stands, unless a later run has changed it: “Do one”.',
    );
    await expect(undoOf('INC-1.r9')).rejects.toThrow('There is no run INC-1.r9. INC-1 has INC-1.r2.');
  });

  describe('is refused, in one sentence that says what to do,', () => {
    test('while the run goes on', async () => {
      await startRun(...succeed('one'));

      await expect(undo()).rejects.toThrow(/INC-1\.r1 goes on .* `\/dr pause INC-1\.r1`/);
    });

    test('while the run is being aborted', async () => {
      await startRun(...succeed('one'), { type: 'run.abort-requested', runId, by: COMMANDER });

      await expect(undo()).rejects.toThrow('INC-1.r1 is being aborted. Ask again when it has ended.');
    });

    test('when nothing was changed', async () => {
      await startRun(finish);

      await expect(undo()).rejects.toThrow('there is nothing to undo');
      await expect(undoOf()).rejects.toThrow('Nothing of INC-1.r1 is left to undo: all is as it was before it.');
    });

    test('when all is as it was', async () => {
      await startRun(...succeed('one', { before: 'new' }), finish);

      await expect(undo()).rejects.toThrow('Nothing of INC-1.r1 is left to undo: all is as it was before it.');
      expect((await stateOf(bot)).plans).toHaveLength(1);
    });

    test('when nothing can be taken back, with the reason', async () => {
      bot.plan(async (request) => {
        const steps = [setting('one'), plannedStep('promote', { effect: 'irreversible', needs: ['one'] })];
        if (request.undoOf === undefined) return planFor(request, { steps });
        return undoPlan(bot, request);
      });
      await startRun(...succeed('one', { before: 'was one' }), ...succeed('promote'), finish);

      await expect(undoOf()).rejects.toThrow(
        'Nothing of INC-1.r1 can be undone: “Do promote” stays, because it cannot be taken back; “Do one” stays, because it came before “Do promote”, which stays.',
      );
    });

    test('when the incident is resolved', async () => {
      await startRun(...succeed('one', { before: 'was one' }), finish, { type: 'incident.resolved', by: COMMANDER });

      await expect(undoOf()).rejects.toThrow(/INC-1 is resolved/);
    });

    test('to people without a role', async () => {
      await startRun(...succeed('one', { before: 'was one' }), finish);

      await expect(undo(BYSTANDER)).rejects.toThrow(/You may not undo a run for chatbot/);
    });
  });
});
