import { afterEach, describe, expect, test } from '@jest/globals';
import type { Action } from '../../src/domain/action.ts';
import { Permanent } from '../../src/domain/errors.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { createEngineBench, type EngineBench, recordingAction, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';
const COMMANDER = 'U0COMMANDER';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const named = (id: string, change: Partial<PlannedStep> = {}) => plannedStep(id, { with: { name: id }, ...change });

describe('a run that somebody holds', () => {
  test('lets what runs end, starts nothing, and goes on to the same end when it is resumed', async () => {
    const { action, called } = recordingAction();
    const held = Promise.withResolvers<void>();
    const slow = testAction('test.slow', async () => {
      await held.promise;
      return {};
    });
    const plan = planWith([plannedStep('a', { uses: 'test.slow' }), named('b', { needs: ['a'] })]);
    bench = await createEngineBench(plan, [action, slow]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    await bench.append({ type: 'run.pause-requested', runId: RUN, by: COMMANDER });
    held.resolve();
    await advancing;
    const paused = (await bench.state()).run;
    await bench.append({ type: 'run.resumed', runId: RUN, by: COMMANDER });
    await bench.advance();

    expect(paused).toMatchObject({ status: 'paused', hold: { by: COMMANDER } });
    expect(paused?.steps.a?.status).toBe('succeeded');
    expect(paused?.steps.b?.status).toBe('waiting');
    expect(called).toEqual(['b']);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });
});

describe('the abort window', () => {
  const plan = planWith(
    [named('a'), plannedStep('promote', { uses: 'test.promote', effect: 'irreversible', with: { name: 'promote' } })],
    { abortWindowSeconds: 3600 },
  );

  test('precedes the first irreversible step, while others go on; its timer lets the step begin', async () => {
    const { action, called } = recordingAction();
    const promote = recordingAction('test.promote', 'irreversible');
    bench = await createEngineBench(plan, [action, promote.action]);

    const advancing = bench.advance();
    const open = await bench.until(({ run }) => run?.steps.a?.status === 'succeeded' && run.abortWindow !== undefined);
    const { dueAt } = (await bench.timer('INC-1.r1/abort-window')) ?? {};
    await bench.append({ type: 'run.abort-window-closed', runId: RUN });
    await advancing;

    expect(called).toEqual(['a']);
    expect(open.run?.abortWindow).toMatchObject({ step: 'promote', closed: false });
    expect(open.run?.steps.promote?.status).toBe('waiting');
    expect(dueAt).toBe(Math.ceil(open.run?.abortWindow?.until ?? 0));
    expect(promote.called).toEqual(['promote']);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });

  test('is the last moment for an abort: nothing irreversible was sent', async () => {
    const promote = recordingAction('test.promote', 'irreversible');
    bench = await createEngineBench(plan, [recordingAction().action, promote.action]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.abortWindow !== undefined && run.steps.a?.status === 'succeeded');
    await bench.append({ type: 'run.abort-requested', runId: RUN, by: COMMANDER });
    await advancing;

    expect(promote.called).toEqual([]);
    expect((await bench.state()).run).toMatchObject({ status: 'finished', outcome: 'aborted' });
  });
});

describe('copies of a step', () => {
  test('run no more at a time than their limit says, and what gathers them has every output in order', async () => {
    let running = 0;
    let most = 0;
    const act = testAction('test.act', async (_context, input) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return { name: input.name ?? null };
    });
    const items = ['a', 'b', 'c', 'd', 'e'];
    const copies = items.map((item, index) =>
      plannedStep(`each.${index + 1}`, {
        item,
        group: { id: 'each', limit: 2 },
        with: { name: `\${{ item }}` },
      }),
    );
    const gathers = { kind: 'list' as const, steps: copies.map(({ id }) => id) };
    const plan = planWith([
      ...copies,
      plannedStep('each', { effect: 'read', needs: gathers.steps, gathers, with: {} }),
    ]);
    bench = await createEngineBench(plan, [act]);

    await bench.advance();

    const { run } = await bench.state();
    expect(most).toBe(2);
    expect(run?.steps.each?.outputs).toEqual({ items: items.map((name) => ({ name })) });
    expect(run?.outcome).toBe('recovered');
  });
});

describe('a step that takes something back', () => {
  test('gets what was done from the plan, and its failure pauses the run as any other', async () => {
    const taken: unknown[] = [];
    let broken = true;
    const act: Action = {
      ...testAction('test.act', async () => ({})),
      undo: {
        title: () => 'Take it back',
        repeat: 'it is a test',
        change: () => ({ changes: [] }),
        async run(_context, input, done) {
          if (broken) throw new Permanent('test.gone', 'It cannot be taken back any more.');
          taken.push(input, done);
          return { outputs: {}, changes: done.changes };
        },
      },
    };
    const done = { outputs: { before: 3 }, changes: [{ what: 'weight', before: '3', after: '7' }] };
    const plan = planWith([plannedStep('undo-a', { with: { name: 'a' }, undoes: { runId: RUN, step: 'a', done } })]);
    bench = await createEngineBench(plan, [act]);

    await bench.advance();
    const paused = (await bench.state()).run;
    broken = false;
    await bench.append({ type: 'step.retry-requested', runId: RUN, step: 'undo-a', by: COMMANDER });
    await bench.advance();

    expect(paused?.steps['undo-a']?.errors).toEqual([
      { code: 'test.gone', message: 'It cannot be taken back any more.' },
    ]);
    expect(taken).toEqual([{ name: 'a' }, done]);
    expect((await bench.state()).run?.steps['undo-a']?.changes).toEqual(done.changes);
  });
});

describe('what a run leaves open', () => {
  const act: Action = {
    ...testAction('test.act', async () => ({})),
    run: async () => ({ outputs: {}, changes: [], exceptions: ['unfenced'] }),
    watch: { exception: 'unfenced', subject: () => 'db-1 in us-east-1', everySeconds: 5, look: async () => undefined },
  };

  test('is watched from the moment in which its step reports it', async () => {
    const plan = planWith([
      plannedStep('fence'),
      plannedStep('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['fence'] }),
    ]);
    bench = await createEngineBench(plan, [act, recordingAction('test.promote', 'irreversible').action]);

    await bench.advance();

    const state = await bench.state();
    expect(state.watches).toMatchObject([{ id: `${RUN}/unfenced`, subject: 'db-1 in us-east-1', status: 'watching' }]);
    expect(await bench.store.journal.watches()).toEqual([{ watch: `${RUN}/unfenced`, incident: 'INC-1' }]);
    expect(state.run?.exceptions).toEqual(['unfenced']);
  });

  test('is watched once for each thing that it is about', async () => {
    let subject = 'db-1';
    const each: Action = {
      ...act,
      watch: { exception: 'unfenced', subject: () => subject, everySeconds: 5, look: async () => undefined },
      async run() {
        return { outputs: {}, changes: [], exceptions: ['unfenced'] };
      },
    };
    const second: Action = {
      ...each,
      id: 'test.second',
      async run() {
        subject = 'db-2';
        return { outputs: {}, changes: [], exceptions: ['unfenced'] };
      },
    };
    const plan = planWith([
      plannedStep('a'),
      plannedStep('b', { needs: ['a'] }),
      plannedStep('c', { uses: 'test.second', needs: ['b'] }),
      plannedStep('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['c'] }),
    ]);
    bench = await createEngineBench(plan, [each, second, recordingAction('test.promote', 'irreversible').action]);

    await bench.advance();

    const { watches } = await bench.state();
    expect(watches.map(({ id, subject: about }) => [id, about])).toEqual([
      [`${RUN}/unfenced`, 'db-1'],
      [`${RUN}/unfenced/2`, 'db-2'],
    ]);
  });

  test('is no exception any more once a later step has closed it', async () => {
    const close: Action = {
      ...testAction('test.close', async () => ({})),
      run: async () => ({ outputs: {}, changes: [], closes: ['unfenced'] }),
    };
    const plan = planWith([plannedStep('fence'), plannedStep('close', { uses: 'test.close', needs: ['fence'] })]);
    bench = await createEngineBench(plan, [act, close]);

    await bench.advance();

    expect((await bench.state()).run).toMatchObject({ outcome: 'recovered', exceptions: [] });
  });

  test.each([
    [true, 'watching'],
    [false, 'cleared'],
  ])('is watched after a run that restores, replacing %s: %s', async (replacing, status) => {
    const fence: Action = { ...act, id: 'postgres.fence' };
    const plan = planWith([
      plannedStep('fence', { uses: 'postgres.fence', with: { replacing } }),
      plannedStep('swap', { uses: 'rds.rename-instance', needs: ['fence'] }),
    ]);
    bench = await createEngineBench(plan, [fence, recordingAction('rds.rename-instance').action]);

    await bench.advance();

    expect((await bench.state()).watches).toMatchObject([{ kind: 'unfenced', status }]);
  });

  test('is not watched when the irreversible step was stopped before it acted', async () => {
    const look = testAction(
      'test.look',
      async () => ({}),
      () => ({ lag }),
      'read',
    );
    let lag = 1;
    const fence: Action = {
      ...act,
      async run(context, input) {
        lag = 60;
        return act.run(context, input);
      },
    };
    const plan = planWith([
      plannedStep('lag', { uses: 'test.look', effect: 'read', expect: 'outputs.lag <= 30', explain: 'Wait.' }),
      plannedStep('fence', { needs: ['lag'] }),
      plannedStep('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['fence'] }),
    ]);
    bench = await createEngineBench(plan, [look, fence, recordingAction('test.promote', 'irreversible').action]);

    await bench.advance();
    await bench.append({ type: 'run.abort-requested', runId: RUN, by: COMMANDER });
    await bench.advance();

    const state = await bench.state();
    expect(state.run?.steps.promote?.errors[0]?.code).toBe('approval.void');
    expect(state.watches).toMatchObject([{ kind: 'unfenced', status: 'cleared' }]);
    expect(await bench.store.journal.watches()).toEqual([]);
  });

  test('is not watched when the run ended before anything irreversible was begun', async () => {
    const fails = testAction('test.fails', async () => {
      throw new Permanent('test.refused', 'no');
    });
    const plan = planWith([plannedStep('fence'), plannedStep('next', { uses: 'test.fails', needs: ['fence'] })]);
    bench = await createEngineBench(plan, [act, fails]);

    await bench.advance();
    await bench.append({ type: 'run.abort-requested', runId: RUN, by: COMMANDER });
    await bench.advance();

    const state = await bench.state();
    expect(state.run).toMatchObject({ status: 'finished', outcome: 'failed', exceptions: ['unfenced', 'failed next'] });
    expect(state.watches).toMatchObject([{ status: 'cleared' }]);
    expect(await bench.store.journal.watches()).toEqual([]);
  });
});
