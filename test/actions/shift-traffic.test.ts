import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { loadBalancersOf } from '../../sandbox/aws/elbv2/find.ts';
import { shiftTraffic } from '../../src/actions/elbv2/shift-traffic.ts';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const WEST = 'us-west-2';
const CANARY = `arn:aws:elasticloadbalancing:${WEST}:123456789012:targetgroup/chatbot-canary/0123456789abcdef`;

let bench: TestWorld;
let action: Action;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 600 });
  action = shiftTraffic(bench.clients);
});
afterAll(() => bench.close());

/** Ten of a hundred users get the canary, which has no target. */
beforeEach(() => {
  const { active } = groups();
  const balancer = balancerOf();
  const group = { arn: CANARY, name: 'chatbot-canary', kind: 'service' as const, healthCheckPath: '/' };
  balancer.targetGroups[CANARY] = { ...group, deployment: 'chatbot-canary' };
  balancer.weights = { [active]: 90, [CANARY]: 10 };
});

function groups() {
  const found = bench.system.loadBalancers[WEST];
  if (!found) throw new Error('chatbot has a load balancer there');
  return found;
}
function balancerOf() {
  const found = loadBalancersOf(bench.world.state, WEST).find(({ listenerArn }) => listenerArn === groups().listener);
  if (!found) throw new Error('the world has none');
  return found;
}
const contextOf = (system = bench.system) =>
  createRunContext({ system, clock: bench.world.clock, signal: AbortSignal.timeout(10_000) });
const inputOf = (to: string) => action.input.parse({ region: WEST, to }) as never;

it('takes all traffic from a third group, and gives it back', async () => {
  const { active, standby } = groups();
  const planned = await action.observe(contextOf(), inputOf('service'));

  const { outputs, changes } = await action.run(contextOf(), inputOf('service'));
  const shifted = { ...balancerOf().weights };
  const done = { outputs: outputs as JsonObject, changes };
  const undone = await action.undo?.run(contextOf(), inputOf('service'), done);

  expect(planned.facts).toEqual({ active: 90, standby: 0, others: { 'chatbot-canary': 10 } });
  expect(action.change(planned, inputOf('service'), contextOf()).changes).toEqual(changes);
  expect(changes).toEqual([
    {
      what: 'Load balancer in us-west-2',
      before: 'service 90, standby page 0, chatbot-canary 10',
      after: 'service 100, standby page 0, chatbot-canary 0',
    },
  ]);
  expect(shifted).toEqual({ [active]: 100, [CANARY]: 0, [standby]: 0 });
  expect(undone?.changes).toMatchObject([{ after: 'service 90, standby page 0, chatbot-canary 10' }]);
  expect(balancerOf().weights).toEqual({ [active]: 90, [CANARY]: 10 });
});

it('gives it back by what the plan saw, where the step was cut short', async () => {
  const { facts, measurements } = await action.observe(contextOf(), inputOf('service'));
  await action.run(contextOf(), inputOf('service'));

  const done = { outputs: {}, changes: [], observed: { ...facts, ...measurements } };
  await action.undo?.run(contextOf(), inputOf('service'), done);

  expect(balancerOf().weights).toEqual({ [groups().active]: 90, [CANARY]: 10 });
});

it('tells of a standby page without a healthy target', async () => {
  const loadBalancers = { ...bench.system.loadBalancers, [WEST]: { ...groups(), standby: CANARY } };
  const context = contextOf({ ...bench.system, loadBalancers });

  const { outputs, finding } = await action.run(context, inputOf('standby'));

  expect(outputs).toMatchObject({ active: 0, standby: 100, healthyTargets: 0 });
  expect(finding?.sentence).toMatch(/us-west-2 .* no healthy target: they get an error \(503\)/);
  expect(context.sentences.at(-1)).toBe('Traffic goes to the standby page, 0 healthy targets');
});

it('tells of nothing where the standby page answers', async () => {
  const { outputs, finding } = await action.run(contextOf(), inputOf('standby'));

  expect(outputs).toMatchObject({ active: 0, standby: 100, healthyTargets: 1 });
  expect(finding).toBeUndefined();
});
