// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { afterEach, expect, test } from '@jest/globals';
import { createClock } from '../../src/domain/clock.ts';
import { Runbook } from '../../src/domain/runbook.ts';
import { makePlan } from '../../src/usecases/make-plan.ts';
import { createEngineBench, type EngineBench, testAction } from '../support/engine.ts';
import { chatbot } from '../support/incident.ts';

let bench: EngineBench | undefined;
afterEach(() => bench?.close());

const runbookOf = (steps: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
  Runbook.parse({
    title: 'Test',
    severity: 'P0',
    mode: ['planned'],
    abortWindow: '0s',
    phases: [{ id: 'one', title: 'One', target: '5m', steps: steps.map((step) => ({ title: 'Do it', ...step })) }],
    ...more,
  });

/** Each node of the system is drained by a runbook, which nests one for what its own first step has found. */
const RUNBOOKS = {
  main: runbookOf([
    { id: 'find', uses: 'test.act', with: { name: 'zone' } },
    {
      id: 'drain',
      uses: 'runbook',
      forEach: '${{ ["a", "b", "c"] }}',
      concurrency: 1,
      with: { runbook: 'drain', params: { node: '${{ item + steps.find.outputs.name }}' } },
    },
    {
      id: 'report',
      uses: 'test.act',
      with: { name: '${{ steps.drain.outputs.items.map(one, one.evicted) }}' },
    },
  ]),
  drain: runbookOf(
    [
      { id: 'ask', uses: 'test.look', expect: 'outputs.ready', explain: 'Wait.' },
      { id: 'cordon', uses: 'test.act', with: { name: '${{ params.node }}' } },
      {
        id: 'evict',
        uses: 'runbook',
        with: { runbook: 'evict', params: { from: '${{ steps.cordon.outputs.name }}' } },
      },
    ],
    { params: { node: { type: 'string' } }, outputs: { evicted: 'steps.evict.outputs.pods' } },
  ),
  evict: runbookOf(
    [
      { id: 'skipped', uses: 'test.act', if: 'params.from == "nobody"' },
      {
        id: 'each',
        uses: 'test.act',
        forEach: '${{ [1, 2] }}',
        with: { name: '${{ params.from + "/" + string(item) }}' },
      },
    ],
    { params: { from: { type: 'string' } }, outputs: { pods: 'steps.each.outputs.items.map(one, one.name)' } },
  ),
};

test('a run goes through nested runbooks and lists, with outputs between all of them', async () => {
  const begun: unknown[] = [];
  const act = testAction('test.act', async (_context, input) => {
    begun.push(input.name);
    return { name: input.name ?? null };
  });
  const look = testAction(
    'test.look',
    async () => ({}),
    () => ({ ready: true }),
    'read',
  );
  const plan = await makePlan({
    entry: { system: chatbot, runbooks: RUNBOOKS, config: {} },
    systemName: 'chatbot',
    runbookId: 'main',
    mode: 'planned',
    params: {},
    incident: 'INC-1',
    planId: 'INC-1.p1',
    requestedBy: 'U0REQUESTER',
    actions: new Map([act, look].map((action) => [action.id, action])),
    samples: { newest: async () => undefined, newestReceived: async () => undefined },
    clock: createClock(),
    observationTimeoutMs: () => 1000,
  });
  bench = await createEngineBench(plan, [act, look]);

  await bench.advance();

  const { run } = await bench.state();
  const drained = ['a', 'b', 'c'].map((node) => [`${node}zone/1`, `${node}zone/2`]);
  expect(plan.guards.map(({ step, passed }) => [step, passed])).toEqual([
    ['drain.1.ask', true],
    ['drain.2.ask', true],
    ['drain.3.ask', true],
  ]);
  expect(run?.outcome).toBe('recovered');
  expect(run?.steps['drain.2.evict.skipped']?.status).toBe('left out');
  expect(run?.steps.drain?.outputs).toEqual({ items: drained.map((evicted) => ({ evicted })) });
  expect(begun.at(-1)).toEqual(drained);
  // One node after another, each with everything that belongs to it.
  expect(begun.slice(1, -1).map((name) => String(name)[0])).toEqual('aaabbbccc'.split(''));
});
