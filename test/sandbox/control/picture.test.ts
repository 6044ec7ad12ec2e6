import { beforeEach, describe, expect, it } from '@jest/globals';
import { picture } from '../../../sandbox/control/picture.ts';
import { startDnsServers } from '../../../sandbox/dns/index.ts';
import type { Transition } from '../../../sandbox/world/state.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { createWorld, EAST, FULL, system, WEST } from '../kubernetes/world.ts';

const { primary, replica } = system.database;
const hostOf = (region: string) => system.loadBalancers[region]?.host ?? '';

describe('the picture of the world', () => {
  let world: World;
  let now: number;

  beforeEach(() => {
    world = createWorld({ speed: 1 });
    now = world.state.startedAt + 60_000;
  });

  const see = (seen = {}) => picture(world.state, system, now, seen);

  function transition(change: Partial<Transition>): void {
    world.state.transitions.push({
      service: 'rds',
      kind: 'promotion',
      resource: replica.instance,
      region: WEST,
      from: now - 1000,
      to: now + 1000,
      ...change,
    });
  }

  it('of a healthy system names who serves and where writes go', () => {
    const seen = see();

    expect(seen).toMatchObject({
      dns: { record: 'api.chatbot.com', region: EAST, host: hostOf(EAST), ttlSeconds: 60 },
      loadBalancers: { [EAST]: 'service', [WEST]: 'standby' },
      writesTo: primary.instance,
      replication: { from: primary.instance, to: replica.instance, state: 'streaming', lagSeconds: 0 },
      underWay: [],
    });
    expect(seen.pods[EAST]).toMatchObject({ ready: 35, wanted: 35, database: primary.instance });
    expect(seen.pods[EAST]?.deployments).toEqual(
      Object.entries(FULL).map(([name, count]) => ({ name, ready: count, wanted: count, updated: count })),
    );
  });

  it('tells that a resolver remembers what name servers do not answer any more', async () => {
    world.clock.now = () => now;
    const dns = await startDnsServers(world, { system });
    try {
      const { Resolver } = await import('node:dns/promises');
      const resolver = new Resolver();
      resolver.setServers([dns.resolvers[0]?.address ?? '']);
      await resolver.resolve4(system.dns.record);
      const records = world.state.route53.zones[system.dns.hostedZone]?.records ?? [];
      const record = records.find(({ name }) => name === `${system.dns.record}.`);
      if (record) record.values = [hostOf(WEST)];
      now += 18_500;

      const { dns: seen } = see({ remembered: dns.remembered(system.dns.record) });

      expect(seen.region).toBe(WEST);
      expect(seen.resolvers).toEqual([
        { name: 'cloudflare', region: EAST, secondsLeft: 42 },
        { name: 'google', region: WEST, secondsLeft: 0 },
      ]);
    } finally {
      await dns.close();
    }
  });

  it.each([
    ['streams', () => {}, 0, { state: 'streaming', lagSeconds: 0 }],
    ['is late', () => {}, 30, { state: 'late', lagSeconds: 30 }],
    [
      'is cut off with its primary',
      () => world.state.faults.push({ name: 'region-down', target: EAST, since: now - 40_000 }),
      0,
      { state: 'cut off', lagSeconds: 40 },
    ],
    [
      'is cut off with itself',
      () => world.state.faults.push({ name: 'region-refuse', target: WEST, since: now - 10_000 }),
      3,
      { state: 'cut off', lagSeconds: 10 },
    ],
    [
      'has ended',
      () => delete world.state.rds[WEST]?.[replica.instance]?.replicaSource,
      0,
      { state: 'ended', lagSeconds: 0 },
    ],
  ])('tells when replication %s', (_how, change, lagSeconds, expected) => {
    change();

    const { replication } = see({ lagSeconds });

    expect(replication).toMatchObject(expected);
  });

  it('shows what is under way, and nothing that has not begun or has ended', () => {
    transition({});
    transition({ kind: 'change', service: 'route53', resource: 'api.chatbot.com.', from: now + 1 });
    transition({ kind: 'listener-change', to: now });
    transition({ kind: 'cached-answer', service: 'dns' });

    const { underWay } = see();

    expect(underWay).toEqual([
      { kind: 'promotion', resource: replica.instance, region: WEST, from: now - 1000, to: now + 1000 },
    ]);
  });

  it('shows the pods of a deployment that become ready as one', () => {
    const pods = Object.values(world.state.kubernetes[WEST]?.pods ?? {}).filter(
      ({ deployment }) => deployment === 'chatbot-api',
    );
    for (const [index, { name }] of pods.entries()) {
      transition({
        kind: 'pod-ready',
        service: 'kubernetes',
        resource: name,
        from: now - index * 1000,
        to: now + 5000 + index,
      });
    }

    const { underWay } = see();

    expect(pods.length).toBeGreaterThan(1);
    expect(underWay).toEqual([
      {
        kind: 'pod-ready',
        resource: 'chatbot-api',
        region: WEST,
        from: now - (pods.length - 1) * 1000,
        to: now + 5000 + pods.length - 1,
      },
    ]);
  });

  it('takes from others what the state does not say, and says nothing where nobody looked', () => {
    const client = { acknowledged: 5, failed: 1, lost: 0 };

    const seen = see({ client, writable: { [primary.instance]: true } });

    expect(seen.client).toBe(client);
    expect(seen.databases).toEqual([
      { instance: primary.instance, region: EAST, status: 'available', role: 'primary', writable: true },
      { instance: replica.instance, region: WEST, status: 'available', role: 'replica' },
    ]);
  });
});
