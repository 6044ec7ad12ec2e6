import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sample, SampleReader } from '../../src/domain/action.ts';
import type { Store } from '../../src/engine/ports.ts';
import { detectedAt, startObserver } from '../../src/observer/index.ts';
import { silent } from '../support/engine.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { memorySamples } from '../support/run-context.ts';
import { openTestStore } from '../support/store.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const PRIMARY = 'database/chatbot-prod';
const REPLICA = 'database/chatbot-prod-replica-west';

const SPEED = 20;
let bench: TestWorld;
let store: Store;
let reader: SampleReader;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  dropDatabase = database.drop;
  store = await openTestStore(database.connectionString);
  reader = store.samples.reader('chatbot');
  bench = await startTestWorld({ speed: SPEED, withDatabases: true, observationTimeoutMs: 600 });
});
afterAll(async () => {
  await bench.close();
  await store.close();
  await dropDatabase();
});

const observe = () =>
  startObserver({
    systems: { chatbot: bench.system },
    clients: bench.clients,
    samples: store.samples,
    journal: store.journal,
    clock: bench.world.clock,
    logger: silent,
  });

/** The newest sample of a subject that satisfies `condition`; asked again after each quarter of a second. */
async function sampled(subject: string, condition: (sample: Sample) => boolean = () => true): Promise<Sample> {
  for (;;) {
    const newest = await reader.newest(subject);
    if (newest && condition(newest)) return newest;
    await bench.world.clock.sleep(1000);
  }
}

const healthy = ({ value }: Sample) => value.healthy === true;

describe('the observer', () => {
  it('samples databases, health and last-known settings of a healthy system', async () => {
    const observer = await observe();
    try {
      const [primary, replica] = await Promise.all([sampled(PRIMARY), sampled(REPLICA)]);
      const [health, dns, west, replicas] = await Promise.all([
        sampled('health', healthy),
        sampled('dns'),
        sampled('load-balancer/us-west-2'),
        sampled('replicas/us-west-2'),
      ]);

      expect(primary.value).toMatchObject({ role: 'primary', status: 'available', reachable: true });
      expect(primary.value.position).toBeGreaterThan(0);
      expect(primary.value.endpoint).toBe('chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com');
      expect(replica.value).toMatchObject({ role: 'replica', region: 'us-west-2' });
      expect(health.value).toMatchObject({ healthy: true, status: 200 });
      expect(JSON.stringify(dns.value)).toContain('chatbot-east-1234567890');
      expect(west.value).toEqual({ active: 0, standby: 100 });
      expect(replicas.value).toEqual({ 'chatbot-api': 2, 'websocket-service': 1, 'auth-service': 1 });
      expect(await reader.newestReceived(PRIMARY, Number(primary.value.position))).toBeDefined();
    } finally {
      await observer.close();
    }
  });

  it('goes on with the replica while the primary hangs, keeps its last value, and says when the trouble began', async () => {
    const first = await observe();
    await sampled('health', healthy);
    // In real time: what is read of it below is not the machine's.
    bench.world.setSpeed(1);
    const failedAt = bench.world.clock.now();
    bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, true);
    const unhealthy = await sampled('health', ({ value }) => value.healthy === false);
    const lastKnown = await reader.newest(PRIMARY);
    await first.close();
    bench.world.setSpeed(SPEED);

    const second = await observe();
    try {
      const replica = await sampled(REPLICA, ({ at }) => at > unhealthy.at + 10_000);
      const later = await sampled('health', ({ at }) => at > unhealthy.at + 10_000);

      const detected = await detectedAt(reader, bench.world.clock.now());
      expect(replica.value.role).toBe('replica');
      expect(await reader.newest(PRIMARY)).toEqual(lastKnown);
      expect(later.value.since).toBe(unhealthy.value.since);
      expect(detected).toBe(unhealthy.value.since);
      // The first look after the failure began at most one interval later; its answer came within its patience.
      expect(detected - failedAt).toBeLessThan(20_000);
      expect(detected).toBeGreaterThanOrEqual(failedAt - 12_000);
    } finally {
      await second.close();
    }
  });

  it('sees that the system is healthy again', async () => {
    const observer = await observe();
    bench.world.switchFault({ name: 'region-down', target: 'us-east-1' }, false);
    try {
      const health = await sampled('health', healthy);
      const primary = await sampled(PRIMARY, ({ at }) => at > health.at);

      expect(primary.value.role).toBe('primary');
      // Of this sample alone: a busy machine may have missed the next one.
      const now = bench.world.clock.now();
      expect(await detectedAt(memorySamples({ health: [health] }), now)).toBe(now);
    } finally {
      await observer.close();
    }
  });
});
