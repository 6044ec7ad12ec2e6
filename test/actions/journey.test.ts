import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testUserPassword } from '../../sandbox/edge/sign-in.ts';
import { judge } from '../../src/actions/http/journey.ts';
import type { Asked } from '../../src/actions/http/visit.ts';
import { createActions } from '../../src/actions/index.ts';
import type { Action } from '../../src/domain/action.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

describe('http.journey', () => {
  let bench: TestWorld;
  let journey: Action;

  beforeAll(async () => {
    bench = await startTestWorld({ speed: 60, withDatabases: true });
    const found = createActions(bench.clients).get('http.journey');
    if (!found) throw new Error('no action http.journey');
    journey = found;
  });
  afterAll(() => bench.close());
  afterEach(() => {
    for (const { name, target } of [...bench.world.state.faults]) {
      bench.world.switchFault({ name, ...(target !== undefined && { target }) }, false);
    }
  });

  const contextOf = (milliseconds = 20_000) =>
    createRunContext({
      system: bench.system,
      clock: bench.world.clock,
      signal: AbortSignal.timeout(milliseconds),
    });
  const run = async (given: Record<string, unknown>, context = contextOf()) => {
    const { outputs } = await journey.run(context, journey.input.parse(given));
    return { outputs, context };
  };
  const messages = async () => {
    const [row] = await bench.databases.query<{ count: string }>(
      bench.system.database.primary.instance,
      'SELECT count(*) FROM messages',
    );
    return Number(row?.count);
  };

  it('signs in, reads and writes as clients do, and measures them', async () => {
    const before = await messages();

    const { outputs } = await run({ clients: 10, maxP95LatencyMs: 2000, maxErrorPercent: 1, minCacheHitPercent: 80 });

    expect(journey.output.parse(outputs)).toEqual({
      errorPercent: 0,
      p50LatencyMs: expect.any(Number),
      p95LatencyMs: expect.any(Number),
      cacheHitPercent: expect.any(Number),
      clients: 10,
      sentence: expect.stringMatching(
        /^10 clients: 0 % errors, 95 % answered within \d+ ms, \d+ % of reads from the cache\.$/,
      ),
    });
    expect(await messages()).toBeGreaterThanOrEqual(before + 10);
  });

  it('leaves nothing behind when it only looks', async () => {
    const before = await messages();

    const { facts, measurements } = await journey.observe(contextOf(), journey.input.parse({}));

    expect({ facts, errorPercent: measurements.errorPercent }).toEqual({ facts: {}, errorPercent: 0 });
    expect(await messages()).toBe(before);
  });

  it('measures errors where nothing answers, and tells nobody the password', async () => {
    bench.world.switchFault({ name: 'region-refuse', target: 'us-east-1' }, true);

    const { measurements } = await journey.observe(contextOf(), journey.input.parse({}));

    expect(measurements).toMatchObject({ errorPercent: 100, p95LatencyMs: 0, cacheHitPercent: -1 });
    expect(measurements.sentence).toMatch(/^One client: 100 % errors \(sign-in: .+\)\.$/);
    expect(JSON.stringify(measurements)).not.toContain(testUserPassword('test@example.com'));
  });

  it('waits until the limits are met, and says what is missing', async () => {
    const pods = Object.values(bench.world.state.kubernetes['us-east-1']?.pods ?? {});
    const spare = pods.filter(({ deployment }) => deployment === 'auth-service').slice(2);
    const before = spare.map(({ readyAt }) => readyAt);
    for (const pod of spare) pod.readyAt = Number.MAX_SAFE_INTEGER;
    const context = contextOf();
    const running = run({ clients: 3, maxP95LatencyMs: 1500 }, context);
    while (context.sentences.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const [index, pod] of spare.entries()) pod.readyAt = before[index] ?? 0;

    const { outputs } = await running;

    expect(context.sentences[0]).toMatch(/^3 clients: .+ Wanted: 95 % within 1500 ms\.$/);
    expect(outputs).toMatchObject({ errorPercent: 0 });
    expect((outputs as { p95LatencyMs: number }).p95LatencyMs).toBeLessThan(1500);
  });
});

describe('what is made of the answers', () => {
  const asked = (latencyMs: number, more: Partial<Asked> = {}): Asked => ({
    ...{ what: 'read', good: true, latencyMs, cache: '', complaint: '' },
    ...more,
  });

  it('gives percentiles of what was answered well, and rates over everything', () => {
    const good = Array.from({ length: 95 }, (_, index) => asked(index + 1, { cache: index < 86 ? 'hit' : 'miss' }));
    const bad = Array.from({ length: 5 }, () => asked(9999, { good: false, complaint: 'write got 503' }));

    expect(judge([...good, ...bad], 50)).toEqual({
      errorPercent: 5,
      p50LatencyMs: 48,
      p95LatencyMs: 90,
      cacheHitPercent: 90.5,
      clients: 50,
      sentence: '50 clients: 5 % errors (write got 503), 95 % answered within 90 ms, 90.5 % of reads from the cache.',
    });
  });

  it('says nothing of a cache that the answers do not mention', () => {
    expect(judge([asked(10)], 1)).toMatchObject({
      cacheHitPercent: -1,
      sentence: 'One client: 0 % errors, 95 % answered within 10 ms.',
    });
  });
});
