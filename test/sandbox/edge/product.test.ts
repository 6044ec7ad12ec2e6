import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testUserPassword } from '../../../sandbox/edge/sign-in.ts';
import { EAST, system, WEST } from '../kubernetes/world.ts';
import { startTestEdge } from './edge-world.ts';

const { signIn = '', read = '', user = '' } = system.journey ?? {};
const CREDENTIALS = { email: user, password: testUserPassword(user) };

describe('the product, as its clients use it', () => {
  let edge: Awaited<ReturnType<typeof startTestEdge>>;
  const post = (url: string, content: object) => edge.send(url, { method: 'POST', body: JSON.stringify(content) });
  const podsOf = (deployment: string) =>
    Object.values(edge.world.state.kubernetes[EAST]?.pods ?? {}).filter((pod) => pod.deployment === deployment);

  beforeAll(async () => {
    edge = await startTestEdge();
    await edge.sql.query('CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE NOT NULL)');
    await edge.sql.query('INSERT INTO users VALUES (1, $1)', [user]);
  });
  afterAll(() => edge.close());
  beforeEach(() => {
    edge.world.state.applicationLogs = {};
  });

  it('gives a token to who signs in, and none for a wrong password or an unknown user', async () => {
    const right = await post(signIn, CREDENTIALS);
    const refused = [
      await post(signIn, { ...CREDENTIALS, password: 'another' }),
      await post(signIn, { email: 'nobody@example.com', password: testUserPassword('nobody@example.com') }),
      await post(signIn, { email: user }),
    ];

    expect(right.status).toBe(200);
    expect(JSON.parse(right.text)).toEqual({ token: expect.any(String), user });
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 400]);
  });

  it('reads with the token of any region, and with none, but not with one that somebody made up', async () => {
    const { token } = JSON.parse((await post(signIn, CREDENTIALS)).text) as { token: string };

    const answers = await Promise.all(
      [`Bearer ${token}`, undefined, 'Bearer made.up'].map((authorization) => edge.send(read, { authorization })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  it('answers reads from its cache for a minute, one question at a time', async () => {
    edge.world.clock.now = () => Date.UTC(2030, 0, 1);
    const first = await Promise.all([1, 2, 3].map(() => edge.send(read)));
    edge.world.clock.now = () => Date.UTC(2030, 0, 1, 0, 1, 1);
    const later = await edge.send(read);

    expect(first.map(({ headers }) => String(headers['x-cache'])).toSorted()).toEqual(['hit', 'hit', 'miss']);
    expect(later.headers['x-cache']).toBe('miss');
  });

  it('numbers a message that comes with a text, below those of the clients', async () => {
    const answer = await post(read, { text: 'hello' });

    const { id } = JSON.parse(answer.text) as { id: number };
    const { rowCount } = await edge.sql.query('SELECT FROM messages WHERE id = $1', [id]);
    expect(answer.status).toBe(201);
    expect(id).toBeLessThan(-1_000_000);
    expect(rowCount).toBe(1);
  });

  it('lets nobody sign in while no pod of the auth-service is ready', async () => {
    const pods = podsOf('auth-service');
    const before = pods.map(({ readyAt }) => readyAt);
    for (const pod of pods) pod.readyAt = Number.MAX_SAFE_INTEGER;

    const answer = await post(signIn, CREDENTIALS);
    const reading = await edge.send(read);
    for (const [index, pod] of pods.entries()) pod.readyAt = before[index] ?? 0;

    expect([answer.status, reading.status]).toEqual([503, 200]);
  });

  it('takes longer with fewer pods', async () => {
    const spare = podsOf('auth-service').slice(2);
    const took = async () => {
      const since = performance.now();
      await post(signIn, CREDENTIALS);
      return performance.now() - since;
    };

    // The best of some: what the machine adds is not the product's.
    const full = Math.min(await took(), await took(), await took());
    const before = spare.map(({ readyAt }) => readyAt);
    for (const pod of spare) pod.readyAt = Number.MAX_SAFE_INTEGER;
    const few = await took();
    for (const [index, pod] of spare.entries()) pod.readyAt = before[index] ?? 0;

    expect(few).toBeGreaterThan(3 * full);
    expect(few).toBeGreaterThan(1500);
  });

  it('logs a line, once, while the database does not answer, and counts what its load balancer saw', async () => {
    edge.world.clock.now = () => Date.UTC(2031, 0, 1);
    await edge.sql.query('ALTER TABLE messages RENAME TO elsewhere');
    for (let n = 0; n < 25; n += 1) await post(read, { id: n });
    await edge.sql.query('ALTER TABLE elsewhere RENAME TO messages');
    await post(read, { id: 4711 });

    const lines = edge.world.state.applicationLogs?.[EAST] ?? [];
    expect(lines).toHaveLength(20);
    expect(lines[0]).toMatchObject({
      level: 'error',
      pod: expect.stringContaining('chatbot-api-'),
      message: 'POST /messages answered 503: relation "messages" does not exist',
    });
    expect(edge.world.state.traffic?.[EAST]?.at(-1)).toMatchObject({ requests: 26, targetErrors: 25, writes: 1 });
    expect(edge.world.state.traffic?.[WEST]).toBeUndefined();
  });
});
