import { afterEach, describe, expect, test } from '@jest/globals';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import { createEngineBench, type EngineBench, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';
const COMMANDER = 'U0COMMANDER';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

describe('a retry policy', () => {
  const failing = (times: number, error: () => Error, effect: Action['effect'] = 'reversible') => {
    let left = times;
    return testAction(
      'test.act',
      async () => {
        if (left-- > 0) throw error();
        return {};
      },
      () => ({}),
      effect,
    );
  };
  const throttled = () => new Retryable('test.throttled', 'Slow down.');

  test('tries again after what may pass by itself, and keeps every error', async () => {
    const plan = planWith([plannedStep('a', { retry: { attempts: 3, backoffSeconds: 0.01 } })]);
    bench = await createEngineBench(plan, [failing(2, throttled)]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 3 });
    expect(run?.steps.a?.errors.map(({ code }) => code)).toEqual(['test.throttled', 'test.throttled']);
  });

  test('gives up after its attempts; a person who retries grants as many again', async () => {
    const plan = planWith([plannedStep('a', { retry: { attempts: 2, backoffSeconds: 0.01 } })]);
    bench = await createEngineBench(plan, [failing(3, throttled)]);

    await bench.advance();
    const paused = (await bench.state()).run;
    await bench.append({ type: 'step.retry-requested', runId: RUN, step: 'a', by: COMMANDER });
    await bench.advance();

    expect(paused).toMatchObject({ status: 'paused', steps: { a: { status: 'failed', attempts: 2 } } });
    expect((await bench.state()).run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 4 });
  });

  test('counts only the codes that it names', async () => {
    const retry = { attempts: 3, backoffSeconds: 0.01, retryOn: ['test.busy'] };
    const plan = planWith([plannedStep('a', { retry }), plannedStep('b', { uses: 'test.other', needs: ['a'], retry })]);
    const busy = failing(1, () => new Permanent('test.busy', 'In use.'));
    bench = await createEngineBench(plan, [busy, { ...failing(1, throttled), id: 'test.other' }]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(run?.steps.b).toMatchObject({ status: 'failed', attempts: 1 });
  });

  test('is there without asking for what only reads, and for no other step', async () => {
    const plan = planWith([
      plannedStep('look', { uses: 'test.look', effect: 'read', retry: { attempts: 3, backoffSeconds: 0.01 } }),
      plannedStep('act', { needs: ['look'] }),
    ]);
    const look = { ...failing(2, throttled, 'read'), id: 'test.look' };
    bench = await createEngineBench(plan, [look, failing(1, throttled)]);

    await bench.advance();

    const { run } = await bench.state();
    expect(run?.steps.look).toMatchObject({ status: 'succeeded', attempts: 3 });
    expect(run?.steps.act).toMatchObject({ status: 'failed', attempts: 1 });
  });

  test('never fails a step because our own database was away', async () => {
    const away = () => new Retryable('store.unavailable', 'The database does not answer.');
    bench = await createEngineBench(planWith([plannedStep('a')]), [failing(1, away)]);

    await bench.advance();

    expect((await bench.state()).run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  test('counts errors, not workers that died', async () => {
    let calls = 0;
    let first: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      first = resolve;
    });
    const act = testAction('test.act', async (context) => {
      calls += 1;
      if (calls > 1) throw throttled();
      first();
      return context.waitUntil<JsonObject>(async () => undefined);
    });
    bench = await createEngineBench(planWith([plannedStep('a', { retry: { attempts: 2, backoffSeconds: 0.01 } })]), [
      act,
    ]);
    const dying = new AbortController();

    const advancing = bench.advance('worker-1', dying.signal);
    await hanging;
    dying.abort(new Error('killed'));
    await advancing;
    await bench.advance('worker-2');

    expect((await bench.state()).run?.steps.a).toMatchObject({ status: 'failed', attempts: 3 });
    expect(calls).toBe(3);
  });
});
