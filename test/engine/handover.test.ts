import { afterEach, describe, expect, test } from '@jest/globals';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { createEngineBench, type EngineBench, testAction } from '../support/engine.ts';
import { declared, plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const mine = planWith([plannedStep('mine', { uses: 'test.mine' })], { id: 'INC-1.p2' });

/** What "abort that, start mine" appends when a commander approves it. */
const replace = (plan: Plan): IncidentEvent[] => [
  { type: 'plan.created', plan },
  { type: 'run.abort-requested', runId: RUN, by: 'U0COMMANDER', reason: `replaced by ${plan.id}` },
  { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: 'U0COMMANDER', signed: [], replaces: RUN },
];

describe('abort that, start mine', () => {
  test('starts in the very decision in which the other run ends, when its call has been answered', async () => {
    const order: string[] = [];
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const act = testAction('test.act', async (context) => {
      await context.assertLease();
      order.push('sent');
      context.changed([{ what: 'weight', before: '1', after: '2' }]);
      await answered;
      order.push('answered');
      return context.waitUntil<Record<string, string>>(async () => undefined);
    });
    const next = testAction('test.mine', async () => {
      order.push('mine');
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act, next]);

    const advancing = bench.advance();
    while (!order.includes('sent')) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.append(...replace(mine));
    await new Promise((resolve) => setTimeout(resolve, 200));
    answer();
    await advancing;

    const entries = await bench.store.journal.read(bench.incident);
    const types = entries.map(({ event }) => event.type);
    const ended = types.indexOf('run.finished');
    const failed = entries.find(({ event }) => event.type === 'step.failed')?.event;
    expect(order).toEqual(['sent', 'answered', 'mine']);
    expect(types.slice(ended, ended + 2)).toEqual(['run.finished', 'run.started']);
    // What was sent before the abort stands in the report.
    expect(failed).toMatchObject({ error: { code: 'run.aborted' }, changes: [{ what: 'weight' }] });
    const state = await bench.state();
    expect(state.run).toMatchObject({ id: 'INC-1.r2', planId: mine.id, outcome: 'recovered' });
    expect(state.next).toBeUndefined();
  });

  test('lets no further call of the old run out once it is asked to abort', async () => {
    const sent: string[] = [];
    const act = testAction('test.act', async (context) => {
      for (let call = 1; ; call++) {
        await context.assertLease();
        sent.push(`call ${call}`);
        // Longer than a busy machine takes to hear of an abort.
        await new Promise((resolve) => setTimeout(resolve, call === 1 ? 0 : 3000));
        sent.push(`answer ${call}`);
      }
    });
    const next = testAction('test.mine', async () => {
      sent.push('mine');
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act, next]);

    const advancing = bench.advance();
    while (!sent.includes('call 2')) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.append(...replace(mine));
    const before = sent.filter((one) => one.startsWith('call')).length;
    await advancing;

    expect(sent.filter((one) => one.startsWith('call')).length).toBe(before);
    expect(sent.at(-1)).toBe('mine');
    expect(sent.at(-2)).toBe(sent.at(-3)?.replace('call', 'answer'));
  });

  test('waits for its approval again when another run has locked what it wants', async () => {
    const act = testAction('test.act', (context) => context.waitUntil<Record<string, string>>(async () => undefined));
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);
    const { store } = bench;
    await store.journal.open('payments', Date.now(), (incident) => ({
      events: [{ ...declared, system: 'payments' } as IncidentEvent],
      lock: { owner: `${incident}.r1`, names: ['test/mine'] },
    }));

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    await bench.append(...replace(mine));
    await advancing;

    const state = await bench.state();
    expect(state.run).toMatchObject({ id: RUN, status: 'finished', outcome: 'aborted' });
    expect(state.next).toBeUndefined();
    expect(state.plans.at(-1)).toMatchObject({
      status: 'awaiting approval',
      // Somebody is reminded of it, and it expires.
      approval: { failure: { code: 'lock.held', message: expect.stringContaining('INC-2.r1') } },
    });
    expect(await bench.timer(`${mine.id}/expiry`)).toBeDefined();
  });
});

describe('a worker', () => {
  test('that dies is followed by another, which repeats the step under the same operation id', async () => {
    const operations: string[] = [];
    const second = Promise.withResolvers<void>();
    const act = testAction('test.act', async (context) => {
      operations.push(context.operationId);
      if (operations.length === 1) return context.waitUntil<Record<string, string>>(async () => undefined);
      second.resolve();
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);
    const dying = new AbortController();

    const first = bench.advance('worker-1', dying.signal);
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    dying.abort(new Error('killed'));
    await first;
    await bench.advance('worker-2');
    await second.promise;

    const { run } = await bench.state();
    expect(operations).toEqual(['INC-1.r1.a', 'INC-1.r1.a']);
    expect(run?.steps.a).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  test('does nothing while another holds the run', async () => {
    let runs = 0;
    const release = Promise.withResolvers<void>();
    const act = testAction('test.act', async () => {
      runs += 1;
      await release.promise;
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);

    const first = bench.advance('worker-1');
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    await bench.advance('worker-2');
    release.resolve();
    await first;

    expect(runs).toBe(1);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });

  test('whose lease was taken over can neither act nor append', async () => {
    const taken = Promise.withResolvers<void>();
    const acted: string[] = [];
    const act = testAction('test.act', async (context) => {
      if (context.signal.aborted) return {};
      await taken.promise;
      await context.assertLease();
      acted.push('acted');
      return {};
    });
    bench = await createEngineBench(planWith([plannedStep('a')]), [act]);
    const { store } = bench;

    const first = bench.advance('worker-1');
    await bench.until(({ run }) => run?.steps.a?.status === 'running');
    const token = await store.leases.acquire(RUN, 'worker-1', 1);
    if (token) await store.leases.release(token);
    await store.leases.acquire(RUN, 'worker-2', 60_000);
    taken.resolve();
    await first;

    expect(acted).toEqual([]);
    expect((await bench.state()).run?.steps.a?.status).toBe('running');
  });
});
