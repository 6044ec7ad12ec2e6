import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, it } from '@jest/globals';
import { effectiveWeights } from '../../../sandbox/aws/index.ts';
import { standingStill } from '../../support/standing-still.ts';
import { chatbot, EAST, healthyState, refusal, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const listenerOf = (region: string) => {
  const loadBalancer = chatbot.loadBalancers[region];
  if (!loadBalancer) throw new Error(`no load balancer in ${region}`);
  return loadBalancer;
};
const { listener, active, standby } = listenerOf(WEST);

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function shownWeights(region = WEST) {
  const { Listeners } = await sandbox
    .elbv2(region)
    .send(new DescribeListenersCommand({ ListenerArns: [listenerOf(region).listener] }));
  const groups = Listeners?.[0]?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  return Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [TargetGroupArn, Weight]));
}

function trafficWeights() {
  const loadBalancer = sandbox.world.state.elbv2[WEST];
  return loadBalancer && effectiveWeights(loadBalancer, sandbox.world.clock.now());
}

const forward = (...TargetGroups: TargetGroupTuple[]) =>
  new ModifyListenerCommand({
    ListenerArn: listener,
    DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
  });
const toActive = forward({ TargetGroupArn: active, Weight: 100 }, { TargetGroupArn: standby, Weight: 0 });

describe('descriptions', () => {
  it('show the primary forwarding to its service and the secondary to its standby page', async () => {
    sandbox = await startSandbox();

    const east = await shownWeights(EAST);
    const west = await shownWeights(WEST);

    expect(east).toEqual({ [listenerOf(EAST).active]: 100, [listenerOf(EAST).standby]: 0 });
    expect(west).toEqual({ [active]: 0, [standby]: 100 });
  });

  it('lead from the load balancer’s name to its listener and target groups', async () => {
    sandbox = await startSandbox();
    const client = sandbox.elbv2();

    const { LoadBalancers } = await client.send(new DescribeLoadBalancersCommand({ Names: ['chatbot-west'] }));
    const arn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
    const first = await client.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: arn, PageSize: 1 }));
    const second = await client.send(
      new DescribeTargetGroupsCommand({ LoadBalancerArn: arn, PageSize: 1, Marker: first.NextMarker }),
    );

    expect(LoadBalancers?.[0]).toMatchObject({
      DNSName: listenerOf(WEST).host,
      State: { Code: 'active' },
      Type: 'application',
    });
    expect(Listeners?.[0]).toMatchObject({ ListenerArn: listener, Port: 443, Protocol: 'HTTPS' });
    expect(first.TargetGroups?.[0]).toMatchObject({ TargetGroupArn: active, HealthCheckPath: '/ready' });
    expect(second.TargetGroups?.[0]).toMatchObject({ TargetGroupArn: standby });
    expect(second.NextMarker).toBeUndefined();
  });

  it('show the health of the pods behind the service', async () => {
    const state = healthyState();
    const pods = Object.values(state.kubernetes[WEST]?.pods ?? {}).filter((pod) => pod.deployment === 'chatbot-api');
    const [starting] = pods;
    if (!starting) throw new Error('the standby region has no pod');
    starting.readyAt = state.startedAt + 3_600_000;
    sandbox = await startSandbox({ state });
    const client = sandbox.elbv2();

    const health = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: active }));
    const page = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: standby }));
    const stranger = await client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: active, Targets: [{ Id: '192.0.2.1', Port: 80 }] }),
    );

    const states = health.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State);
    expect(states?.toSorted()).toEqual([...Array(pods.length - 1).fill('healthy'), 'initial']);
    expect(new Set(health.TargetHealthDescriptions?.map(({ Target }) => Target?.Id)).size).toBe(pods.length);
    expect(page.TargetHealthDescriptions?.[0]?.TargetHealth?.State).toBe('healthy');
    expect(stranger.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({ Reason: 'Target.NotRegistered' });
  });
});

describe('ModifyListener', () => {
  it('is shown at once and followed by traffic 5 to 15 s later', async () => {
    sandbox = await startSandbox({ speed: 60 });

    const atOnce = await standingStill(sandbox.world, async () => {
      await sandbox.elbv2().send(toActive);
      return { shown: await shownWeights(), traffic: trafficWeights() };
    });
    await until(() => (trafficWeights()?.[active] === 100 ? true : undefined));

    expect(atOnce).toEqual({ shown: { [active]: 100, [standby]: 0 }, traffic: { [active]: 0, [standby]: 100 } });
    expect(trafficWeights()).toEqual({ [active]: 100, [standby]: 0 });
    const [transition] = sandbox.world.state.transitions;
    const seconds = ((transition?.to ?? 0) - (transition?.from ?? 0)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(seconds).toBeLessThanOrEqual(15);
  });

  it('changes nothing when it asks for what is', async () => {
    sandbox = await startSandbox();

    await sandbox
      .elbv2()
      .send(forward({ TargetGroupArn: active, Weight: 0 }, { TargetGroupArn: standby, Weight: 100 }));

    expect(sandbox.world.state.transitions).toEqual([]);
    expect(trafficWeights()).toEqual({ [active]: 0, [standby]: 100 });
  });

  it('takes one target group without weights; the other is unused then', async () => {
    sandbox = await startSandbox();
    const client = sandbox.elbv2();

    const { Listeners } = await client.send(
      new ModifyListenerCommand({
        ListenerArn: listener,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: active }],
      }),
    );
    const health = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: standby }));

    expect(Listeners?.[0]?.DefaultActions?.[0]).toMatchObject({ Type: 'forward', TargetGroupArn: active });
    expect(health.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({ State: 'unused' });
  });

  const foreign = listenerOf(EAST).active;
  const unknown = active.replace('chatbot-api-west', 'nobody');
  it.each([
    ['a weight beyond 999', forward({ TargetGroupArn: active, Weight: 1000 }), 'ValidationError'],
    ['a negative weight', forward({ TargetGroupArn: active, Weight: -1 }), 'ValidationError'],
    ['no action', new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [] }), 'ValidationError'],
    ['a target group twice', forward({ TargetGroupArn: active }, { TargetGroupArn: active }), 'ValidationError'],
    ['a target group of another region', forward({ TargetGroupArn: foreign, Weight: 1 }), 'ValidationError'],
    ['an unknown target group', forward({ TargetGroupArn: unknown, Weight: 1 }), 'TargetGroupNotFoundException'],
    [
      'an unknown listener',
      new ModifyListenerCommand({ ListenerArn: `${listener}0`, DefaultActions: toActive.input.DefaultActions }),
      'ListenerNotFoundException',
    ],
    ['no listener', new ModifyListenerCommand({ ListenerArn: undefined }), 'ValidationError'],
  ])('refuses %s, and changes nothing', async (_what, command, name) => {
    sandbox = await startSandbox();

    const refused = await refusal(sandbox.elbv2().send(command));

    expect(refused).toMatchObject({ name, status: 400 });
    expect(await shownWeights()).toEqual({ [active]: 0, [standby]: 100 });
  });
});

it('refuses to list listeners of nothing', async () => {
  sandbox = await startSandbox();

  const refused = await refusal(sandbox.elbv2().send(new DescribeListenersCommand({})));

  expect(refused).toMatchObject({
    name: 'ValidationError',
    message: 'You must specify either listener ARNs or a load balancer ARN',
  });
});
