import { afterEach, describe, expect, test } from '@jest/globals';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import { Retryable } from '../../src/domain/errors.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { createEngineBench, type EngineBench, recordingAction, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const observed = (facts: JsonObject): Pick<PlannedStep, 'observation'> => ({
  observation: { state: 'observed', facts, measurements: { load: 0.5 } },
});
const step = (id: string, change: Partial<PlannedStep>) => plannedStep(id, { with: { name: id }, ...change });

describe('directly before what cannot be taken back', () => {
  const approved = { role: 'replica' };
  const plan = planWith([
    step('promote', { uses: 'test.promote', effect: 'irreversible', ...observed(approved) }),
    step('dns', { uses: 'test.dns', needs: ['promote'], ...observed({ value: 'east' }) }),
  ]);

  test('a fact of a step that is still to come voids the approval, and the difference is shown', async () => {
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const dns = recordingAction('test.dns', 'reversible', () => ({ value: 'somewhere else' }));
    bench = await createEngineBench(plan, [promote.action, dns.action]);

    await bench.advance();

    const { run } = await bench.state();
    expect(promote.called).toEqual([]);
    expect(run?.steps.promote?.errors[0]?.code).toBe('approval.void');
    expect(run?.steps.promote?.differences).toEqual([
      {
        key: 'fact:dns/value="somewhere else"',
        sentence: '"Do dns": value was east and is somewhere else now.',
      },
    ]);
  });

  test.each([
    ['is taken for certain', undefined, ['unreachable:dns']],
    ['may be taken or not', 'steps.way.outputs.value == "records"', []],
  ])('a step that %s and cannot be seen any more', async (_what, condition, keys) => {
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const way = recordingAction('test.way', 'reversible', () => ({ value: 'controls' }));
    const dns = recordingAction('test.dns', 'reversible', () => {
      throw new Retryable('test.timeout', 'No answer.');
    });
    const ways = planWith([
      step('promote', { uses: 'test.promote', effect: 'irreversible', ...observed(approved) }),
      step('way', { uses: 'test.way', needs: ['promote'] }),
      step('dns', {
        uses: 'test.dns',
        needs: ['way'],
        ...(condition === undefined ? {} : { if: condition }),
        ...observed({ value: 'east' }),
      }),
    ]);
    bench = await createEngineBench(ways, [promote.action, way.action, dns.action]);

    await bench.advance();

    const { run } = await bench.state();
    expect(promote.called).toEqual(keys.length > 0 ? [] : ['promote']);
    expect((run?.steps.promote?.differences ?? []).map(({ key }) => key)).toEqual(keys);
  });

  test('two people may accept exactly that difference; another value asks again', async () => {
    let value = 'b';
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const dns = recordingAction('test.dns', 'reversible', () => ({ value }));
    bench = await createEngineBench(plan, [promote.action, dns.action]);
    const on = bench;
    const accept = async () => {
      const accepts = (await on.state()).run?.steps.promote?.differences ?? [];
      await on.append(
        { type: 'step.override-requested', runId: RUN, step: 'promote', by: 'U0COMMANDER', reason: 'known', accepts },
        { type: 'step.overridden', runId: RUN, step: 'promote', by: 'U0APPROVER' },
      );
    };

    await bench.advance();
    await accept();
    value = 'c';
    await bench.advance();
    const again = (await bench.state()).run?.steps.promote;
    await accept();
    await bench.advance();

    expect(again?.differences?.map(({ key }) => key)).toEqual(['fact:dns/value="c"']);
    const { run } = await bench.state();
    expect(promote.called).toEqual(['promote']);
    expect(run).toMatchObject({ outcome: 'recovered with exceptions', exceptions: ['overridden promote'] });
    expect(run?.steps.promote?.overrides).toMatchObject([
      { by: 'U0COMMANDER', second: 'U0APPROVER', reason: 'known' },
      { by: 'U0COMMANDER', second: 'U0APPROVER', reason: 'known' },
    ]);
  });

  test('a step whose input only the run will bring is looked at as the plan looked at it', async () => {
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const inputs: unknown[] = [];
    const secret = recordingAction('test.secret', 'reversible', () => ({ host: 'east' }));
    const patch: Action = {
      ...secret.action,
      async observe(_context, input) {
        inputs.push(input);
        return { facts: { host: 'east' }, measurements: {} };
      },
    };
    const lookedWith = { name: '‹promote.endpoint›' };
    const later = planWith([
      step('promote', { uses: 'test.promote', effect: 'irreversible', ...observed(approved) }),
      plannedStep('secret', {
        uses: 'test.secret',
        needs: ['promote'],
        with: { name: `\${{ string(steps.promote.outputs) }}` },
        lookedWith,
        ...observed({ host: 'east' }),
      }),
    ]);
    bench = await createEngineBench(later, [promote.action, patch]);

    await bench.advance();

    expect(inputs).toEqual([lookedWith]);
    expect(promote.called).toEqual(['promote']);
  });

  test('what this run has written itself is no difference, nor is a source that is being left and flaps', async () => {
    let looks = 0;
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const weights = recordingAction('test.weights', 'reversible', () => ({ weight: 7 }));
    const source = recordingAction('test.source', 'reversible', () => {
      looks += 1;
      throw new Retryable('test.timeout', 'No answer.');
    });
    const own = planWith([
      step('first', { uses: 'test.weights', writes: ['lb/1'], ...observed({ weight: 1 }) }),
      step('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['first'], ...observed(approved) }),
      step('second', { uses: 'test.weights', writes: ['lb/1'], needs: ['promote'], ...observed({ weight: 1 }) }),
      step('left', {
        uses: 'test.left',
        needs: ['promote'],
        dependsOn: [{ region: 'us-east-1' }],
        ...observed({ role: 'primary' }),
      }),
    ]);
    const left: Action = { ...source.action, id: 'test.left' };
    bench = await createEngineBench(own, [promote.action, weights.action, left]);

    await bench.advance();

    expect(looks).toBe(0);
    expect(promote.called).toEqual(['promote']);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });

  test('a guard that turned bad asks for two names, with the measured value; it is passed in this run only', async () => {
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
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const guarded = planWith([
      plannedStep('lag', { uses: 'test.look', effect: 'read', expect: 'outputs.lag <= 30', explain: 'Wait.' }),
      plannedStep('a', { needs: ['lag'] }),
      step('promote', { uses: 'test.promote', effect: 'irreversible', needs: ['a'], ...observed(approved) }),
    ]);
    bench = await createEngineBench(guarded, [look, act, promote.action]);

    await bench.advance();
    const accepts = (await bench.state()).run?.steps.promote?.differences ?? [];
    await bench.append({
      type: 'step.override-requested',
      runId: RUN,
      step: 'promote',
      by: 'U0A',
      reason: 'r',
      accepts,
    });
    await bench.advance();
    const unsigned = [...promote.called];
    await bench.append({ type: 'step.overridden', runId: RUN, step: 'promote', by: 'U0B' });
    await bench.advance();

    expect(accepts).toEqual([{ key: 'guard:lag', sentence: 'Do lag: no (lag 60). Wait.' }]);
    expect(unsigned).toEqual([]);
    expect(promote.called).toEqual(['promote']);
  });

  test('a worker that dies while it looks has not acted: the next one looks, too', async () => {
    let value = 'east';
    let died: () => void = () => undefined;
    const looking = new Promise<void>((resolve) => {
      died = resolve;
    });
    let looks = 0;
    const promote = recordingAction('test.promote', 'irreversible', () => approved);
    const dns = recordingAction('test.dns', 'reversible', () => ({ value }));
    const slow: Action = {
      ...dns.action,
      async observe(context, input) {
        looks += 1;
        if (looks > 1) return dns.action.observe(context, input);
        died();
        return new Promise(() => undefined);
      },
    };
    bench = await createEngineBench(plan, [promote.action, slow]);
    const dying = new AbortController();

    const first = bench.advance('worker-1', dying.signal);
    await looking;
    dying.abort(new Error('killed'));
    await first;
    value = 'somewhere else';
    await bench.advance('worker-2');

    const { run } = await bench.state();
    expect(promote.called).toEqual([]);
    expect(run?.steps.promote).toMatchObject({ status: 'failed', attempts: 2, errors: [{ code: 'approval.void' }] });
  });

  test('a worker that dies after the first call has acted: the next one goes on without judging its own change', async () => {
    let role = 'replica';
    let calls = 0;
    let begun: () => void = () => undefined;
    const promoting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const base = recordingAction('test.promote', 'irreversible', () => ({ role }));
    const promote: Action = {
      ...base.action,
      async run(context) {
        calls += 1;
        if (calls > 1) return { outputs: {}, changes: [] };
        await context.assertLease();
        role = 'primary';
        begun();
        return context.waitUntil<never>(async () => undefined);
      },
    };
    bench = await createEngineBench(plan, [
      promote,
      recordingAction('test.dns', 'reversible', () => ({ value: 'east' })).action,
    ]);
    const dying = new AbortController();

    const first = bench.advance('worker-1', dying.signal);
    await promoting;
    dying.abort(new Error('killed'));
    await first;
    await bench.advance('worker-2');

    expect(calls).toBe(2);
    expect((await bench.state()).run?.outcome).toBe('recovered');
  });
});
