import { afterEach, describe, expect, test } from '@jest/globals';
import { Retryable } from '../../src/domain/errors.ts';
import { advance } from '../../src/engine/advance.ts';
import type { Journal } from '../../src/engine/ports.ts';
import { isUnderWay, startReconciler } from '../../src/engine/reconciler.ts';
import { createRunner } from '../../src/engine/runner.ts';
import { createEngineBench, type EngineBench, silent, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const away = () => new Retryable('store.unavailable', 'The database does not answer.');

/** The bench's worker over a journal in which `broken` decides which calls fail. */
function workerWith(on: EngineBench, broken: { decide?: () => boolean; state?: () => boolean }) {
  const worker = on.worker('worker-1');
  const journal: Journal = {
    ...worker.store.journal,
    decide: (...args) => (broken.decide?.() ? Promise.reject(away()) : worker.store.journal.decide(...args)),
    state: (incident) => (broken.state?.() ? Promise.reject(away()) : worker.store.journal.state(incident)),
  };
  return { ...worker, store: { ...worker.store, journal } };
}

describe('a store that is away for a moment', () => {
  test('does not turn a step that succeeded into a failed one', async () => {
    let failures = 0;
    let acted = 0;
    const act = testAction('test.act', async () => {
      acted += 1;
      failures = 2;
      return { done: true };
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);
    const worker = workerWith(bench, { decide: () => failures-- > 0 });

    await advance(worker, bench.incident, new AbortController().signal);

    const { run } = await bench.state();
    expect(run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 1, errors: [], outputs: { done: true } });
    expect(acted).toBe(1);
  });

  test('fails no step that is running or waits for somebody', async () => {
    let failing = false;
    const act = testAction('test.act', async (context) => {
      const answer = await context.waitUntil(async () => context.answer());
      return { by: answer.by };
    });
    bench = await createEngineBench(planWith([plannedStep('a'), plannedStep('b')]), [act]);
    const worker = workerWith(bench, { state: () => failing });

    const advancing = advance(worker, bench.incident, new AbortController().signal);
    await bench.until(({ run }) => run?.steps.b?.status === 'running');
    failing = true;
    for (const step of ['a', 'b']) {
      await bench.append({ type: 'step.answered', runId: 'INC-1.r1', step, by: 'U0APPROVER', confirmed: true });
    }
    failing = false;
    await advancing;

    const { run } = await bench.state();
    expect(run?.outcome).toBe('recovered');
    expect(Object.values(run?.steps ?? {}).map(({ attempts, errors }) => [attempts, errors])).toEqual([
      [1, []],
      [1, []],
    ]);
  });
});

test('a step that ends while another is being recorded is recorded too, and not begun again', async () => {
  let ended: () => void = () => undefined;
  const recording = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const quick = testAction('test.act', async () => ({}));
  const during = testAction('test.during', async () => {
    await recording;
    return {};
  });
  bench = await createEngineBench(planWith([plannedStep('a'), plannedStep('b', { uses: 'test.during' })]), [
    quick,
    during,
  ]);
  const worker = bench.worker('worker-1');
  const { journal } = worker.store;
  const slow: Journal = {
    ...journal,
    async decide(incident, at, decide, lease) {
      const result = await journal.decide(incident, at, decide, lease);
      if (result.entries.some(({ event }) => event.type === 'step.succeeded' && event.step === 'a')) {
        ended();
        // What ended is told to the driver before it hears that the decision is stored.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return result;
    },
  };

  await advance({ ...worker, store: { ...worker.store, journal: slow } }, bench.incident, new AbortController().signal);

  const { run } = await bench.state();
  expect(Object.values(run?.steps ?? {}).map(({ attempts }) => attempts)).toEqual([1, 1]);
  expect(run?.outcome).toBe('recovered');
});

describe('the reconciler', () => {
  test('takes up a paused run whose step was left running by a worker that died, without any queue', async () => {
    const act = testAction('test.act', async () => ({}));
    bench = await createEngineBench(planWith([plannedStep('a'), plannedStep('b')]), [act]);
    const identity = { runId: 'INC-1.r1', attempt: 1 };
    await bench.append(
      { type: 'step.started', ...identity, step: 'a', operationId: 'INC-1.r1.a' },
      { type: 'step.started', ...identity, step: 'b', operationId: 'INC-1.r1.b' },
      { type: 'step.failed', ...identity, step: 'b', error: { code: 'test', message: 'no' }, changes: [] },
    );
    const runner = createRunner(bench.worker('worker-2'));

    const reconciler = startReconciler({ journal: bench.store.journal, runner, logger: silent });
    const state = await bench.until(({ run }) => run?.steps.a?.status === 'succeeded');
    reconciler.close();
    await runner.close();

    expect(state.run?.status).toBe('paused');
    expect(state.run && isUnderWay(state.run)).toBe(false);
  });

  test('and the queue may ask for the same run at once: it is advanced once', async () => {
    let runs = 0;
    const act = testAction('test.act', async () => {
      runs += 1;
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);
    const runner = createRunner(bench.worker('worker-1'));

    await Promise.all([runner.advance(bench.incident), runner.advance(bench.incident), runner.advance(bench.incident)]);
    await runner.close();

    expect(runs).toBe(1);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });
});
