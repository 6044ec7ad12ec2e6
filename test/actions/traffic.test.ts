import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../sandbox/world/state.ts';
import { judgeWays } from '../../src/actions/route53/control-plane.ts';
import type { Action, JsonObject } from '../../src/domain/action.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { patient } from '../support/patient.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60 });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const hostOf = (region: string) => bench.system.loadBalancers[region]?.host;
const contextOf = (clock: Clock = bench.world.clock) =>
  createRunContext({ system: bench.system, clock, signal: AbortSignal.timeout(20_000) });

function action(id: string): Action {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}

async function look(
  id: string,
  given: JsonObject,
  clock = patient(bench.world.clock),
): Promise<Record<string, unknown>> {
  const input = action(id).input.parse(given) as never;
  const observed = await action(id).observe(contextOf(clock), input);
  return { ...observed.facts, ...observed.measurements, ...action(id).change(observed, input, contextOf()) };
}

const run = async (id: string, given: JsonObject) =>
  action(id).run(contextOf(), action(id).input.parse(given) as never);

afterEach(() => {
  for (const { name, target } of [...bench.world.state.faults]) {
    bench.world.switchFault({ name, ...(target !== undefined && { target }) }, false);
  }
});
const on = (name: FaultName, target?: string) =>
  bench.world.switchFault({ name, ...(target !== undefined && { target }) }, true);

describe('route53.control-plane', () => {
  it('takes records while they can be changed', async () => {
    expect(await look('route53.control-plane', {})).toMatchObject({
      reachable: true,
      way: 'records',
      sentence: 'Traffic is moved by changing records, for Route 53’s control plane (us-east-1) answers.',
    });
  });

  it('takes routing controls when the control plane and the primary region are silent, and says why', async () => {
    on('route53-control-plane-down');
    on('region-down', EAST);

    const { reachable, way, sentence } = await look('route53.control-plane', {}, patient(bench.world.clock, 4000));

    expect({ reachable, way }).toEqual({ reachable: false, way: 'routing-controls' });
    expect(sentence).toMatch(
      /^Route 53, api\.chatbot\.com did not answer in time\. Traffic is moved by routing controls/,
    );
  });

  it.each(['records', 'routing-controls', 'object'] as const)(
    'looks at %s alone where that is preferred',
    async (prefer) => {
      expect(await look('route53.control-plane', { prefer })).toMatchObject({ way: prefer });
    },
  );

  it('says that no way works with expired credentials', async () => {
    on('expired-credentials');

    const { way, sentence } = await look('route53.control-plane', {});

    expect(way).toBe('none');
    expect(sentence).toContain('Traffic cannot be moved now. Route 53, api.chatbot.com: The security token');
    expect(sentence).toContain('Routing controls: The security token included in the request is expired');
    expect(sentence).toContain('S3 in us-west-2');
  });

  it('says so where nothing was prepared', () => {
    expect(judgeWays([])).toEqual({
      reachable: false,
      way: 'none',
      sentence: 'Traffic cannot be moved now. System.yaml has not prepared it.',
    });
  });
});

describe('arc.switch', () => {
  it('moves traffic without the control plane, in one call, and back', async () => {
    on('route53-control-plane-down');
    on('region-down', EAST);
    const before = bench.carriedOut().length;

    const planned = await look('arc.switch', { to: WEST });
    const { outputs, changes } = await run('arc.switch', { to: WEST });
    const resolved = await run('dns.check', { name: bench.system.dns.record, expected: hostOf(WEST) ?? '' });
    const again = await run('arc.switch', { to: WEST });
    const back = await run('arc.switch', { to: EAST });

    expect(planned.changes).toEqual([
      { what: 'Routing control of us-east-1', before: 'On', after: 'Off' },
      { what: 'Routing control of us-west-2', before: 'Off', after: 'On' },
    ]);
    expect(changes).toEqual(planned.changes);
    expect(outputs).toMatchObject({
      states: { [EAST]: 'Off', [WEST]: 'On' },
      before: { [EAST]: 'On', [WEST]: 'Off' },
    });
    expect(resolved.outputs).toMatchObject({ agreed: true });
    expect(again.changes).toEqual([]);
    expect(back.changes).toHaveLength(2);
    expect(bench.carriedOut().slice(before)).toEqual(
      Array(2).fill('route53-recovery-cluster UpdateRoutingControlStates'),
    );
  });

  it('says what a safety rule forbids', async () => {
    const { routingControls } = bench.clients.aws;
    const cluster = bench.system.routingControls;
    if (!cluster) throw new Error('chatbot has routing controls');

    const refused = routingControls.update(cluster, { [EAST]: 'Off', [WEST]: 'Off' }, WEST, AbortSignal.timeout(5000));

    await expect(refused).rejects.toMatchObject({
      name: 'Permanent',
      code: 'arc.conflict',
      message: expect.stringContaining('requires at least 1 of 2 routing controls to be On'),
    });
  });
});

describe('route53.switch-object', () => {
  it('moves traffic by writing the object, and lets it back by removing it', async () => {
    on('route53-control-plane-down');
    const planned = await look('route53.switch-object', { to: WEST });

    const { changes } = await run('route53.switch-object', { to: WEST });
    const resolved = await run('dns.check', { name: bench.system.dns.record, expected: hostOf(WEST) ?? '' });
    const back = await run('route53.switch-object', { to: EAST });

    expect(planned.changes).toEqual([
      {
        what: 'Object chatbot-traffic-us-west-2/leave-us-east-1',
        before: 'not there: traffic goes to us-east-1',
        after: 'there: traffic goes to us-west-2',
      },
    ]);
    expect(changes).toEqual(planned.changes);
    expect(resolved.outputs).toMatchObject({ agreed: true });
    expect(back.changes).toHaveLength(1);
  });
});

describe('route53.upsert', () => {
  it('says after four minutes that a change does not propagate, and what to do', async () => {
    on('dns-does-not-propagate');

    const moving = run('route53.upsert', { changes: 'dns-failover.json' });

    await expect(moving).rejects.toMatchObject({
      name: 'Permanent',
      code: 'route53.not-in-sync',
      message: expect.stringContaining(
        'its name servers still answer the old records. Retry to wait on, or skip this step',
      ),
    });
  });
});

describe('dns.check', () => {
  it('tells for how long a resolver goes on answering so', async () => {
    const { secondsLeft, answers } = await look('dns.check', { name: `us-east-1.${bench.system.dns.record}` });

    expect(Object.keys(answers as object)).toEqual(['cloudflare', 'google']);
    for (const seconds of Object.values(secondsLeft as Record<string, number>)) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect(Object.keys(secondsLeft as object)).toEqual(['cloudflare', 'google']);
  });
});

describe('elbv2.target-health', () => {
  it('counts targets, and says where users are sent', async () => {
    expect(await look('elbv2.target-health', { region: WEST })).toMatchObject({
      healthy: 2,
      total: 2,
      active: 0,
      standby: 100,
      sentence: '2 of 2 targets in us-west-2 are healthy; the load balancer sends users to the standby page.',
    });
  });
});
