import { beforeEach, describe, expect, it } from '@jest/globals';
import { servingInstance } from '../../../sandbox/measurements/serving.ts';
import { TrafficWatch } from '../../../sandbox/measurements/traffic.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { createWorld, EAST, system, WEST } from '../kubernetes/world.ts';

const { primary, replica } = system.database;

describe('traffic and who serves it', () => {
  let world: World;
  let now: number;

  beforeEach(() => {
    world = createWorld({ speed: 1 });
    now = world.state.startedAt + 1000;
  });

  function moveDns(region: string, effectiveAt: number): void {
    const records = world.state.route53.zones[system.dns.hostedZone]?.records ?? [];
    const record = records.find(({ name }) => name === `${system.dns.record}.`);
    if (!record) throw new Error('no record');
    record.previous = { ttl: record.ttl, values: record.values };
    record.values = [system.loadBalancers[region]?.host ?? ''];
    record.effectiveAt = effectiveAt;
  }

  function openLoadBalancer(region: string, effectiveAt: number): void {
    const balancer = world.state.elbv2[region];
    const { active = '', standby = '' } = system.loadBalancers[region] ?? {};
    if (!balancer) throw new Error('no load balancer');
    balancer.previousWeights = balancer.weights;
    balancer.weights = { [active]: 100, [standby]: 0 };
    balancer.effectiveAt = effectiveAt;
  }

  function promote(): void {
    delete world.state.rds[replica.region]?.[replica.instance]?.replicaSource;
  }

  /** As if the pods of the standby region had been restarted with the new primary's address. */
  function connectWest(): void {
    const address = world.state.rds[replica.region]?.[replica.instance]?.address ?? '';
    for (const pod of Object.values(world.state.kubernetes[WEST]?.pods ?? {})) {
      pod.environment[system.kubernetes.secret.hostKey] = address;
    }
  }

  it('is where it was when somebody begins to look', () => {
    new TrafficWatch(world.state, system, now).look(now + 1000);

    expect(world.state.trafficLog).toBeUndefined();
  });

  it('is noted when it has really moved, with the time at which it did', () => {
    const watch = new TrafficWatch(world.state, system, now);
    openLoadBalancer(WEST, now + 7000);
    moveDns(WEST, now + 30_000);

    watch.look(now + 5000);
    const early = world.state.trafficLog;
    watch.look(now + 10_000);
    watch.look(now + 31_000);
    watch.look(now + 32_000);

    expect(early).toBeUndefined();
    expect(world.state.trafficLog).toEqual([
      { at: now + 7000, what: 'load-balancer', region: WEST, to: 'service' },
      { at: now + 30_000, what: 'dns', region: WEST },
    ]);
  });

  it('has no serving instance to compare with before anything was promoted', () => {
    expect(servingInstance(world.state, system, now)).toBeUndefined();
  });

  it('is served by the promoted instance when the old primary cannot be reached', () => {
    promote();
    world.switchFault({ name: 'region-down', target: EAST }, true);

    expect(servingInstance(world.state, system, now)).toBe(replica.instance);
  });

  it('is served by the old primary as long as users still reach it', () => {
    promote();

    expect(servingInstance(world.state, system, now)).toBe(primary.instance);
  });

  it('is served by what the services of the region are connected to which DNS names', () => {
    promote();
    moveDns(WEST, now);
    const before = servingInstance(world.state, system, now + 1000);
    connectWest();

    expect(before).toBe(primary.instance);
    expect(servingInstance(world.state, system, now + 1000)).toBe(replica.instance);
  });
});
