import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { WakeQueue } from '../../src/engine/ports.ts';
import { createWakeQueue } from '../../src/queue/wake-queue.ts';
import { startWakeWorker } from '../../src/queue/wake-worker.ts';
import { eventually, silent } from '../store/support.ts';
import { createTestDatabase } from '../support/postgres.ts';

type OnWake = (incident: string, signal: AbortSignal) => Promise<void>;

/** A handler that is held until `open` is called. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
}

describe('wakes on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let queue: WakeQueue;
  const workers: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    queue = await createWakeQueue({ connectionString: database.connectionString, logger: silent });
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
  });

  afterAll(async () => {
    await queue.close();
    await database.drop();
  });

  async function work(onWake: OnWake, concurrency = 2): Promise<void> {
    const { connectionString } = database;
    // Longer than a busy machine stalls: no wake is taken from a worker that lives.
    const lockDuration = 60_000;
    workers.push(await startWakeWorker({ connectionString, logger: silent, concurrency, lockDuration, onWake }));
  }

  async function sql(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  const jobs = async () => (await sql('select count(*)::int as n from lifeboat_queue.job'))[0]?.n;

  it('are one while nobody has taken them, and leave nothing behind', async () => {
    const woken: string[] = [];
    for (let index = 0; index < 5; index += 1) await queue.wake('INC-1');
    await queue.wake('INC-2');

    await work(async (incident) => {
      woken.push(incident);
    });
    await eventually('the queue is empty', async () => (await jobs()) === 0);

    expect(woken.sort()).toEqual(['INC-1', 'INC-2']);
  });

  it('that come while the handler runs make it run once more, never beside itself', async () => {
    let runs = 0;
    let running = 0;
    let most = 0;
    const first = gate();
    const onWake = async () => {
      runs += 1;
      running += 1;
      most = Math.max(most, running);
      if (runs === 1) await first.passed;
      running -= 1;
    };
    await work(onWake);
    await work(onWake);
    await queue.wake('INC-3');
    await eventually('the handler runs', () => runs === 1);

    for (let index = 0; index < 5; index += 1) await queue.wake('INC-3');
    first.open();
    await eventually('the queue is empty', async () => (await jobs()) === 0);

    expect(runs).toBe(2);
    expect(most).toBe(1);
  });

  it('are shared by two workers', async () => {
    const both = gate();
    const byFirst = new Set<string>();
    const bySecond = new Set<string>();
    const take = (taken: Set<string>) => async (incident: string) => {
      taken.add(incident);
      if (byFirst.size > 0 && bySecond.size > 0) both.open();
      await both.passed;
    };
    await work(take(byFirst), 1);
    await work(take(bySecond), 1);

    for (const incident of ['INC-4', 'INC-5', 'INC-6']) await queue.wake(incident);
    await eventually('all are handled', () => byFirst.size + bySecond.size === 3);

    expect([...byFirst].filter((incident) => bySecond.has(incident))).toEqual([]);
  });

  it('wake again after a handler that failed', async () => {
    let runs = 0;
    await work(async () => {
      runs += 1;
      if (runs === 1) throw new Error('the handler fails');
    });
    await queue.wake('INC-7');
    await eventually('the failure has left the queue', async () => runs === 1 && (await jobs()) === 0);

    await queue.wake('INC-7');

    await eventually('the handler runs again', () => runs === 2);
  });

  it('for later do not delay one that is wanted now', async () => {
    const started = performance.now();
    const times: number[] = [];
    await work(async () => {
      times.push(performance.now() - started);
    });

    await queue.wake('INC-8', 5000);
    await queue.wake('INC-8');
    await eventually('both have come', () => times.length === 2);

    expect(times[0]).toBeLessThan(4900);
    expect(times[1]).toBeGreaterThanOrEqual(4999);
  });

  it('tell the handler when the worker closes, and wait for it', async () => {
    const told: unknown[] = [];
    let begun = false;
    await work(async (_incident, signal) => {
      begun = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      told.push(signal.aborted);
    });
    await queue.wake('INC-9');
    await eventually('the handler runs', () => begun);

    await Promise.all(workers.splice(0).map((worker) => worker.close()));

    expect(told).toEqual([true]);
    expect(await jobs()).toBe(0);
  });

  it('come back when their worker died in the middle', async () => {
    let runs = 0;
    await queue.wake('INC-10');
    // As a worker leaves it that took the job and was killed.
    await sql(`update lifeboat_queue.job set state = 'active', lock_token = 'dead', locked_until_ms = 0`);

    await work(async () => {
      runs += 1;
    });
    await queue.wake('INC-10');

    await eventually('the wake is handled', async () => runs > 0 && (await jobs()) === 0);
  });

  it('go on after every connection was cut, and until then are neither thrown nor waited for', async () => {
    const woken: string[] = [];
    await work(async (incident) => {
      woken.push(incident);
    });

    await sql(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await queue.wake('INC-11');
    await eventually('a wake arrives again', async () => {
      await queue.wake('INC-12');
      return woken.includes('INC-12');
    });
  });
});

describe('a queue that is not there', () => {
  it('is refused at the start', async () => {
    const opening = createWakeQueue({ connectionString: 'postgres://nobody@127.0.0.1:1/none', logger: silent });

    await expect(opening).rejects.toMatchObject({ code: 'queue.unavailable', name: 'Retryable' });
  });

  it('that goes away later makes wake log and resolve', async () => {
    const lines: string[] = [];
    const logger = silent.child({}, { level: 'warn' });
    logger.warn = (_fields: unknown, message?: string) => {
      lines.push(message ?? '');
    };
    const database = await createTestDatabase();
    const queue = await createWakeQueue({ connectionString: database.connectionString, logger });

    await database.drop();
    await queue.wake('INC-1');
    await queue.wake('INC-1');

    expect(lines.filter((line) => line === 'Wake not queued')).toHaveLength(1);
    await queue.close();
  });
});
