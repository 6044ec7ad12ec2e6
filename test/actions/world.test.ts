import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActionBench, benchOf } from '../support/actions.ts';
import { patient } from '../support/patient.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;
let act: ActionBench;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60 });
  act = benchOf(bench);
});
afterAll(() => bench.close());

const west = { region: 'us-west-2' };

describe('http.check', () => {
  const url = 'https://us-west-2.api.chatbot.com/ready';

  it('waits for good answers in a row', async () => {
    const clock = patient(bench.world.clock);

    const { outputs, context } = await act.run('http.check', { url, consecutive: 3 }, { clock });

    expect(outputs).toMatchObject({ healthy: true, status: 200 });
    expect(context.sentences).toEqual([1, 2, 3].map((n) => `${n}/3 good answers from us-west-2.api.chatbot.com`));
  });

  it.each(['region-down', 'region-refuse'] as const)('measures that nothing answers: %s', async (name) => {
    bench.world.switchFault({ name, target: 'us-west-2' }, true);
    try {
      const { facts, measurements } = await act.look('http.check', { url }, { signal: AbortSignal.timeout(1500) });

      expect(facts).toEqual({});
      expect(measurements).toMatchObject({ healthy: false, status: 0 });
    } finally {
      bench.world.switchFault({ name, target: 'us-west-2' }, false);
    }
  });
});

describe('a region that hangs', () => {
  const east = { region: 'us-east-1' };

  it.each([
    ['rds.describe', { ...east, instance: 'chatbot-prod' }, 'rds.timeout'],
    ['k8s.capacity', { ...east, profile: 'full' }, 'kubernetes.timeout'],
    ['k8s.restart', east, 'kubernetes.timeout'],
    ['elbv2.shift-traffic', east, 'elbv2.timeout'],
  ])('is unreachable to %s when the deadline passes', async (id, given, code) => {
    bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, true);
    try {
      const looking = act.look(id, given, { signal: AbortSignal.timeout(300) });

      await expect(looking).rejects.toMatchObject({ name: 'Retryable', code });
    } finally {
      bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, false);
    }
  });
});

describe('k8s', () => {
  it('finds room for full capacity', async () => {
    const { measurements } = await act.look('k8s.capacity', { ...west, profile: 'full' });

    expect(measurements).toMatchObject({ missingMillicores: 0, neededMillicores: (20 + 10 + 5 - 4) * 250 });
  });

  it("raises replicas, or the autoscaler's bounds where one owns the deployment, and only once", async () => {
    const input = { ...west, profile: 'full' };

    const planned = await act.look('k8s.scale', input);
    const first = await act.run('k8s.scale', input);
    const second = await act.run('k8s.scale', input);

    expect(planned.change.owner).toBe('autoscaler chatbot-api');
    expect(planned.change.changes).toEqual([
      {
        what: 'chatbot-api in us-west-2',
        before: 'autoscaler chatbot-api between 2 and 30',
        after: 'autoscaler chatbot-api between 20 and 30',
      },
      { what: 'websocket-service in us-west-2', before: '1 replicas', after: '10 replicas' },
      { what: 'auth-service in us-west-2', before: '1 replicas', after: '5 replicas' },
    ]);
    expect(first.changes).toEqual(planned.change.changes);
    expect(first.outputs).toEqual({
      ready: { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 },
      before: {
        'chatbot-api': { autoscaler: 'chatbot-api', minReplicas: 2, maxReplicas: 30 },
        'websocket-service': { replicas: 1 },
        'auth-service': { replicas: 1 },
      },
    });
    expect(first.calls).toHaveLength(3);
    expect(first.context.leaseAssertions()).toBeGreaterThanOrEqual(3);
    expect(second).toMatchObject({ changes: [], calls: [] });
    expect((await act.look('k8s.scale', input)).change.changes).toEqual([]);
  });

  it('changes host and port of the connection secret, keeps its other keys, and shows none of them', async () => {
    const input = { ...west, host: 'new.example.com', port: 5433 };
    const secret = () => bench.world.state.kubernetes['us-west-2']?.secrets['db-credentials'];
    const before = { ...secret()?.data };

    const planned = await act.look('k8s.patch-secret', input);
    const { changes, calls } = await act.run('k8s.patch-secret', input);

    expect(secret()?.data).toEqual({ ...before, host: 'new.example.com', port: '5433' });
    expect(changes).toEqual(planned.change.changes);
    expect(changes[0]?.after).toBe('new.example.com:5433');
    expect(JSON.stringify(planned)).not.toContain(before.password);
    expect(calls).toHaveLength(1);
    expect((await act.run('k8s.patch-secret', input)).calls).toEqual([]);
  });

  it('looks again when the secret was changed between look and patch', async () => {
    const read = () => bench.world.state.kubernetes['us-west-2']?.secrets['db-credentials'];
    let interferences = 0;
    const onLease = () => {
      const secret = read();
      if (!secret || interferences++ > 0) return;
      secret.resourceVersion = String(Number(secret.resourceVersion) + 1);
    };

    const { calls } = await act.run(
      'k8s.patch-secret',
      { ...west, host: 'other.example.com', port: 5434 },
      { onLease },
    );

    expect(calls).toHaveLength(1);
    expect(interferences).toBe(2);
    expect(read()?.data.host).toBe('other.example.com');
  });

  it('restarts every pod, and a repetition of the same step restarts none', async () => {
    const pods = () => Object.values(bench.world.state.kubernetes['us-west-2']?.pods ?? {});
    const old = new Set(pods().map(({ name }) => name));
    const firstAttemptAt = bench.world.clock.now();

    const first = await act.run('k8s.restart', west, { firstAttemptAt });
    const again = await act.run('k8s.restart', west, { firstAttemptAt });

    const left = pods().filter(({ name, deletedAt }) => old.has(name) && deletedAt === undefined);
    expect(left).toEqual([]);
    expect(first.changes).toHaveLength(3);
    expect(first.calls).toHaveLength(3);
    expect(again).toMatchObject({ calls: [], changes: [] });
  });
});

describe('elbv2.shift-traffic', () => {
  it('opens the standby load balancer, once', async () => {
    const planned = await act.look('elbv2.shift-traffic', west);
    const first = await act.run('elbv2.shift-traffic', west);
    const again = await act.run('elbv2.shift-traffic', west);

    expect(planned.facts).toEqual({ active: 0, standby: 100, others: {} });
    expect(first.outputs).toMatchObject({ active: 100, standby: 0 });
    expect(first.calls).toEqual(['elbv2 ModifyListener']);
    expect(again.calls).toEqual([]);
  });
});

describe('route53.upsert and dns.check', () => {
  const host = 'chatbot-west-0987654321.us-west-2.elb.amazonaws.com';

  it('moves the record, waits until INSYNC, and resolvers follow when their copy has expired', async () => {
    const planned = await act.look('route53.upsert', { changes: 'dns-failover.json' });
    const before = await act.look('dns.check', { name: 'api.chatbot.com', expected: `${host.toUpperCase()}.` });
    const moved = await act.run('route53.upsert', { changes: 'dns-failover.json' });
    const resolved = await act.run('dns.check', { name: 'api.chatbot.com', expected: `${host.toUpperCase()}.` });

    expect(planned.change.changes).toEqual([
      {
        what: 'api.chatbot.com CNAME primary',
        before: 'chatbot-east-1234567890.us-east-1.elb.amazonaws.com (TTL 60 s, PRIMARY, health check 0a1b2c3d)',
        after: `${host} (TTL 60 s, PRIMARY, health check 0a1b2c3d)`,
      },
    ]);
    expect(before.measurements).toMatchObject({ agreed: false });
    expect(moved.outputs).toMatchObject({ name: 'api.chatbot.com', value: host });
    expect(moved.changes).toEqual(planned.change.changes);
    expect(resolved.outputs).toMatchObject({ agreed: true });
    expect((await act.run('route53.upsert', { changes: 'dns-failover.json' })).calls).toEqual([]);
  });
});

describe('rds', () => {
  const replica = { ...west, instance: 'chatbot-prod-replica-west' };

  it('describes role and endpoint as facts, status as a measurement', async () => {
    const { facts, measurements } = await act.look('rds.describe', replica);

    expect(facts).toMatchObject({ identifier: 'chatbot-prod-replica-west', replicaOf: 'chatbot-prod' });
    expect(measurements).toEqual({ status: 'available' });
  });

  it('names an instance that does not exist', async () => {
    const looking = act.look('rds.describe', { ...west, instance: 'nothing' });

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'rds.db-instance-not-found' });
  });

  it('says of a promotion that AWS refused that it was refused, and that nothing was changed', async () => {
    bench.world.switchFault({ name: 'promotion-refused' }, true);
    try {
      const { error, changes } = await act.refused('rds.promote-replica', replica);

      expect(error).toMatchObject({ name: 'Permanent', code: 'rds.promotion-refused' });
      expect(changes).toEqual([]);
    } finally {
      bench.world.switchFault({ name: 'promotion-refused' }, false);
    }
  });

  it('promotes once, although it is called again while the promotion is under way, and again afterwards', async () => {
    const planned = await act.look('rds.promote-replica', replica);
    const both = await Promise.all([act.run('rds.promote-replica', replica), act.run('rds.promote-replica', replica)]);
    const after = await act.run('rds.promote-replica', replica);

    expect(planned.change.changes[0]).toMatchObject({ before: 'read replica of chatbot-prod' });
    expect(both.map(({ exceptions }) => exceptions)).toEqual([['unprotected'], ['unprotected']]);
    expect(after.outputs).toEqual(both[0]?.outputs);
    expect(after.changes).toEqual([]);
    expect(bench.carriedOut().filter((call) => call === 'rds PromoteReadReplica')).toHaveLength(1);
  });
});

describe('manual.confirm', () => {
  const question = 'Does sign-in work?';

  it('waits for the answer', async () => {
    let asked = 0;
    const answer = () => (asked++ > 2 ? { by: 'U0APPROVER', confirmed: true } : undefined);

    const { outputs } = await act.run('manual.confirm', { question }, { answer });

    expect(outputs).toEqual({ confirmed: true, by: 'U0APPROVER' });
    expect(asked).toBe(4);
  });

  it('ends with a refusal', async () => {
    const refused = act.run('manual.confirm', { question }, { answer: () => ({ by: 'U1', confirmed: false }) });

    await expect(refused).rejects.toMatchObject({ name: 'Permanent', code: 'manual.refused' });
  });
});
