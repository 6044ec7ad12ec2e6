// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import { createEngineBench, type EngineBench, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const RUN = 'INC-1.r1';

describe('a run', () => {
  test('starts steps as soon as what they need has ended, and side by side', async () => {
    const begun: string[] = [];
    const both = Promise.withResolvers<void>();
    const act = testAction('test.act', async (_context, input) => {
      begun.push(JSON.stringify(input.name));
      if (begun.includes('"b"') && begun.includes('"c"')) both.resolve();
      if (input.name !== 'a') await both.promise;
      return { name: input.name ?? null };
    });
    const plan = planWith([
      plannedStep('a', { with: { name: 'a' } }),
      plannedStep('b', { with: { name: 'b' }, needs: ['a'] }),
      plannedStep('c', { with: { name: 'c' }, needs: ['a'] }),
      plannedStep('d', { with: { name: `\${{ steps.b.outputs.name + "d" }}` }, needs: ['b', 'c'] }),
    ]);
    bench = await createEngineBench(plan, [act]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.outcome).toBe('recovered');
    expect(begun[0]).toBe('"a"');
    expect(begun[3]).toBe('"bd"');
    expect(Object.values(run?.steps ?? {}).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
  });

  test('leaves a step out when its condition is false, and goes on', async () => {
    const plan = planWith([plannedStep('a', { if: 'mode == "planned"' }), plannedStep('b', { needs: ['a'] })]);
    bench = await createEngineBench(plan, [testAction('test.act', async () => ({}))]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.a?.status).toBe('left out');
    expect(run?.steps.b?.status).toBe('succeeded');
  });

  test('pauses at a failed step, keeps the error, and goes on after a retry', async () => {
    let broken = true;
    const act = testAction('test.act', async () => {
      if (broken) throw new Permanent('test.refused', 'The service refused.');
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a'), plannedStep('b', { needs: ['a'] })]), [act]);

    await bench.advance();
    const paused = (await bench.state()).run;
    broken = false;
    await bench.append({ type: 'step.retry-requested', runId: RUN, step: 'a', by: 'U0COMMANDER' });
    await bench.advance();

    const { run } = await bench.state();
    expect(paused?.status).toBe('paused');
    expect(paused?.steps.b?.status).toBe('waiting');
    expect(run?.outcome).toBe('recovered');
    expect(run?.steps.a).toMatchObject({
      attempts: 2,
      errors: [{ code: 'test.refused', message: 'The service refused.' }],
    });
  });

  test('a skipped step is an exception of the outcome', async () => {
    const act = testAction('test.act', async (_context, input) => {
      if (input.fail) throw new Permanent('test.refused', 'no');
      return {};
    });
    const plan = planWith([plannedStep('a', { with: { fail: true } }), plannedStep('b', { needs: ['a'] })]);
    bench = await createEngineBench(plan, [act]);

    await bench.advance();
    await bench.append({ type: 'step.skipped', runId: RUN, step: 'a', by: 'U0COMMANDER', reason: 'done by hand' });
    await bench.advance();

    const { run } = await bench.state();
    expect(run?.outcome).toBe('recovered with exceptions');
    expect(run?.exceptions).toEqual(['skipped a']);
  });

  test('an abort cancels what waits, starts nothing more and says so', async () => {
    const started: string[] = [];
    const act = testAction('test.act', async (context, input) => {
      started.push(JSON.stringify(input.name));
      return context.waitUntil<Record<string, string>>(async () => undefined);
    });
    const plan = planWith([
      plannedStep('a', { with: { name: 'a' } }),
      plannedStep('b', { with: { name: 'b' }, needs: ['a'] }),
    ]);
    bench = await createEngineBench(plan, [act]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    await bench.append({ type: 'run.abort-requested', runId: RUN, by: 'U0COMMANDER' });
    await advancing;

    const { run } = await bench.state();
    expect(run).toMatchObject({ status: 'finished', outcome: 'aborted' });
    expect(started).toEqual(['"a"']);
  });

  test('a step that ignores its timeout fails at it', async () => {
    const never = testAction('test.act', () => new Promise(() => undefined));
    bench = await createEngineBench(planWith([plannedStep('a', { timeoutSeconds: 0.05 })]), [never]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.a?.errors[0]?.code).toBe('step.timeout');
  });

  test('a step that never got to look says why at its timeout, and meanwhile', async () => {
    const silent = (): Promise<JsonObject> =>
      Promise.reject(new Retryable('rds.timeout', 'RDS in us-east-1 does not answer.'));
    const waiting = testAction('test.act', (context) => context.waitUntil(silent));
    bench = await createEngineBench(planWith([plannedStep('a', { timeoutSeconds: 0.5 })]), [waiting]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.a?.errors[0]).toMatchObject({
      code: 'step.timeout',
      message: expect.stringMatching(/: not done after .*, the step's timeout\. RDS in us-east-1 does not answer\.$/),
    });
    expect(await bench.store.progress.of(RUN)).toMatchObject({
      a: { sentence: 'RDS in us-east-1 does not answer.' },
    });
  });

  test('a step that could look at last does not name what had kept it from it', async () => {
    let looks = 0;
    const look = async (): Promise<JsonObject | undefined> => {
      looks += 1;
      if (looks === 1) throw new Retryable('rds.timeout', 'RDS in us-east-1 does not answer.');
      return undefined;
    };
    const waiting = testAction('test.act', (context) => context.waitUntil(look));
    bench = await createEngineBench(planWith([plannedStep('a', { timeoutSeconds: 4 })]), [waiting]);

    await bench.advance();

    expect((await bench.state()).run?.steps.a?.errors[0]?.message).toMatch(/, the step's timeout\.$/);
    expect(looks).toBeGreaterThan(1);
  });

  test('sees the answer of a person as soon as it is journalled', async () => {
    const ask = testAction('test.act', async (context) => {
      const answer = await context.waitUntil(async () => context.answer());
      return { by: answer.by };
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [ask]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    await bench.append({ type: 'step.answered', runId: RUN, step: 'a', by: 'U0APPROVER', confirmed: true });
    await advancing;

    expect((await bench.state()).run?.steps.a?.outputs).toEqual({ by: 'U0APPROVER' });
  });
});

describe('guards', () => {
  const guard = plannedStep('lag', {
    uses: 'test.look',
    effect: 'read',
    expect: 'outputs.lag <= 30',
    explain: 'Wait.',
    changes: [],
  });

  test('a guard that fails stops the run before anything is changed, with the measured value', async () => {
    const changed: string[] = [];
    const look = testAction(
      'test.look',
      async () => ({}),
      () => ({ lag: 31 }),
      'read',
    );
    const act = testAction('test.act', async () => {
      changed.push('changed');
      return {};
    });
    bench = await createEngineBench(planWith([guard, plannedStep('a', { needs: ['lag'] })]), [look, act]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.status).toBe('paused');
    expect(run?.steps.lag?.errors[0]?.message).toContain('lag 31');
    expect(changed).toEqual([]);
  });

  test.each([
    ['brings what later steps read, as any step does', { port: '${{ steps.lag.outputs.port }}' }, [{ port: 5432 }], 1],
    ['is not asked again when nobody reads it', { port: 1 }, [{ port: 1 }], 0],
  ])('one that could not be measured and that two people passed %s', async (_what, given, inputs, calls) => {
    const seen: unknown[] = [];
    let runs = 0;
    const look: Action = {
      ...testAction(
        'test.look',
        async () => ({}),
        () => ({}),
        'read',
      ),
      observe: () => Promise.reject(new Permanent('test.late', 'There was no time to look at everything.')),
      run: async () => {
        runs += 1;
        return { outputs: { lag: 31, port: 5432 }, changes: [] };
      },
    };
    const act = testAction('test.act', async (_context, input) => {
      seen.push(input);
      return {};
    });
    bench = await createEngineBench(planWith([guard, plannedStep('a', { needs: ['lag'], with: given })]), [look, act]);

    await bench.advance();
    const stopped = (await bench.state()).run?.steps.lag;
    const accepts = stopped?.differences ?? [];
    await bench.append(
      { type: 'step.override-requested', runId: 'INC-1.r1', step: 'lag', by: 'U0COMMANDER', reason: 'known', accepts },
      { type: 'step.overridden', runId: 'INC-1.r1', step: 'lag', by: 'U0APPROVER' },
    );
    await bench.advance();

    expect(stopped?.errors[0]?.message).toContain('it could not be measured. There was no time to look at everything.');
    expect(seen).toEqual(inputs);
    expect(runs).toBe(calls);
    expect((await bench.state()).run?.exceptions).toEqual(['overridden lag']);
  });

  test('guards are judged again directly before what cannot be taken back', async () => {
    let lag = 1;
    const look = testAction(
      'test.look',
      async () => ({}),
      () => ({ lag }),
      'read',
    );
    const act = testAction('test.act', async () => {
      lag = 60;
      return {};
    });
    const promoted: string[] = [];
    const promote = testAction('test.promote', async () => {
      promoted.push('promoted');
      return {};
    });
    const plan = planWith([
      guard,
      plannedStep('a', { needs: ['lag'] }),
      plannedStep('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['a'] }),
    ]);
    bench = await createEngineBench(plan, [look, act, promote]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.promote?.errors[0]?.code).toBe('approval.void');
    expect(run?.steps.promote?.differences?.map(({ key }) => key)).toEqual(['guard:lag']);
    expect(promoted).toEqual([]);
  });
});
