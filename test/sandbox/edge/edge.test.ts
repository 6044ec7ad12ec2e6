import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EAST, system, WEST } from '../kubernetes/world.ts';
import { startTestEdge } from './edge-world.ts';

const MESSAGES = `https://${system.dns.record}/messages`;
const HEALTH = system.endpoints.health;
const readyOf = (region: string) => system.endpoints.ready[region] ?? '';

describe('what users reach', () => {
  let edge: Awaited<ReturnType<typeof startTestEdge>>;
  const balancer = (region: string) => {
    const found = edge.world.state.elbv2[region];
    if (!found) throw new Error('no load balancer');
    return found;
  };
  const groupOf = (region: string, kind: string) =>
    Object.values(balancer(region).targetGroups).find((group) => group.kind === kind)?.arn ?? '';
  const post = (id: unknown) => edge.send(MESSAGES, { method: 'POST', body: JSON.stringify({ id }) });

  beforeEach(async () => {
    edge = await startTestEdge();
  });

  afterEach(() => edge.close());

  it('keeps what it acknowledges, and acknowledges only that', async () => {
    const answers = [await post(1), await post(2), await post(2), await post('three')];

    const { rows } = await edge.sql.query<{ id: string }>('SELECT id FROM messages ORDER BY id');
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 409, 400]);
    expect(rows.map(({ id }) => Number(id))).toEqual([1, 2]);
  });

  it('is healthy only while its database accepts writes, and leaves no row behind', async () => {
    const healthy = await edge.send(HEALTH);
    await edge.sql.query('ALTER TABLE messages RENAME TO elsewhere');
    const broken = await edge.send(HEALTH);

    const { rows } = await edge.sql.query<{ count: string }>('SELECT count(*) FROM elsewhere');
    expect(healthy.status).toBe(200);
    expect(broken.status).toBe(503);
    expect(JSON.parse(broken.text)).toMatchObject({
      status: 'unhealthy',
      region: EAST,
      components: { database: { writable: false, error: expect.stringContaining('messages') } },
    });
    expect(rows[0]?.count).toBe('0');
  });

  it('follows the connection that its pods started with, not the secret as it is now', async () => {
    const secret = edge.world.state.kubernetes[EAST]?.secrets['db-credentials'];
    if (secret) secret.data.host = 'nowhere.example.com';

    const before = await edge.send(HEALTH);
    for (const pod of Object.values(edge.world.state.kubernetes[EAST]?.pods ?? {})) {
      pod.environment.host = 'nowhere.example.com';
    }
    const after = await edge.send(HEALTH);

    expect([before.status, after.status]).toEqual([200, 503]);
    expect(after.text).toContain('ENOTFOUND nowhere.example.com');
  });

  it('shows users of the standby region a page, while its services answer under its own name', async () => {
    const record = edge.world.state.route53.zones[system.dns.hostedZone]?.records.find(
      ({ name }) => name === `${system.dns.record}.`,
    );
    if (record) record.values = [balancer(WEST).host];

    const user = await edge.send(HEALTH);
    const ready = await edge.send(readyOf(WEST));

    expect(user.status).toBe(503);
    expect(user.text).toContain('standby');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toMatchObject({ status: 'ready', region: WEST, missing: [] });
  });

  it('follows listener weights from when they are effective', async () => {
    const east = balancer(EAST);
    east.previousWeights = east.weights;
    east.weights = { [groupOf(EAST, 'service')]: 0, [groupOf(EAST, 'standby')]: 1 };
    east.effectiveAt = edge.world.clock.now() + 3_600_000;

    const before = await edge.send(HEALTH);
    east.effectiveAt = 0;
    const after = await edge.send(HEALTH);

    expect([before.status, after.status]).toEqual([200, 503]);
  });

  it('spreads requests in the ratio of the weights', async () => {
    balancer(EAST).weights = { [groupOf(EAST, 'service')]: 3, [groupOf(EAST, 'standby')]: 1 };

    const answers = await Promise.all(
      Array.from({ length: 40 }, () => edge.send(`https://${system.dns.record}/ready`)),
    );

    const served = answers.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(29);
    expect(served).toBeLessThanOrEqual(31);
  });

  it('is not ready while a deployment has no ready pod, and names it', async () => {
    for (const pod of Object.values(edge.world.state.kubernetes[WEST]?.pods ?? {})) {
      if (pod.deployment === 'auth-service') pod.readyAt = edge.world.clock.now() + 3_600_000;
    }

    const answer = await edge.send(readyOf(WEST));

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'not ready', missing: ['auth-service'] });
  });

  it('hangs while the region is down, and serves again afterwards', async () => {
    await edge.send(HEALTH);
    edge.world.switchFault({ name: 'region-down', target: EAST }, true);

    const hanging = edge.send(HEALTH).then(
      () => 'answered',
      () => 'broken',
    );
    const meanwhile = await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 300, 'silent'))]);
    const elsewhere = await edge.send(readyOf(WEST));
    edge.world.switchFault({ name: 'region-down', target: EAST }, false);
    const afterwards = await hanging;
    const again = await edge.send(HEALTH);

    expect([meanwhile, afterwards]).toEqual(['silent', 'broken']);
    expect([elsewhere.status, again.status]).toEqual([200, 200]);
  });

  it('closes at once while the region refuses', async () => {
    edge.world.switchFault({ name: 'region-refuse', target: EAST }, true);

    const refused = edge.send(HEALTH);

    await expect(refused).rejects.toThrow(/ECONNRESET|other side closed|disconnected|Proxy Connection failed/);
  });

  it('answers 502 for hosts that it does not know', async () => {
    const unknown = edge.send('https://www.example.com/');

    await expect(unknown).rejects.toThrow('502');
  });

  it('logs where answers turn bad, and none of the writes that went well', async () => {
    await post(1);
    await edge.send(HEALTH);
    await edge.sql.query('ALTER TABLE messages RENAME TO elsewhere');

    for (const id of [2, 3, 4]) await post(id);
    await edge.send(HEALTH);
    await edge.send(`https://${system.dns.record}/made-up`);

    const bad = {
      ...{ service: 'alb', region: EAST, resource: system.dns.record, mutating: false, status: 503 },
      latency: expect.any(Number),
    };
    expect(edge.world.state.calls).toEqual([
      { ...bad, operation: 'POST /messages', error: 'database not writable', at: expect.any(Number) },
      { ...bad, operation: 'GET /health', error: 'database not writable', at: expect.any(Number) },
    ]);
  });

  it('takes up the port of an earlier start, or a free one where somebody else has it', async () => {
    const { ports } = edge.edge;
    const beside = await startTestEdge({ ports });
    await edge.close();

    edge = await startTestEdge({ ports });
    const { status } = await beside.send(readyOf(EAST));
    await beside.close();

    expect(edge.edge.proxyUrl).toBe(`http://127.0.0.1:${ports.proxy}`);
    expect(beside.edge.ports.proxy).not.toBe(ports.proxy);
    expect(status).toBe(200);
  });

  it('takes requests in absolute form', async () => {
    const proxy = new URL(edge.edge.proxyUrl);

    const status = await new Promise((resolve, reject) => {
      const path = readyOf(EAST).replace('https:', 'http:');
      httpRequest({ host: proxy.hostname, port: proxy.port, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

    expect(status).toBe(200);
  });
});
