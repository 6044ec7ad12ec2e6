import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateQueue } from '../../src/queue/backend.ts';
import { createWakeQueue } from '../../src/queue/wake-queue.ts';
import { startWakeWorker } from '../../src/queue/wake-worker.ts';
import { freePort } from '../../src/store/embedded/server.ts';
import { eventually, silent } from '../store/support.ts';

const installed = spawnSync('redis-server', ['--version']).error === undefined;
const nowhere = 'postgres://nobody@127.0.0.1:1/none';

if (installed) {
  describe('wakes on Redis', () => {
    let server: ChildProcess;
    let ended: Promise<unknown>;
    let redisUrl: string;

    beforeAll(async () => {
      const port = await freePort();
      redisUrl = `redis://127.0.0.1:${port}`;
      server = spawn(
        'redis-server',
        ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        {
          cwd: '/tmp',
          stdio: 'ignore',
        },
      );
      ended = new Promise((resolve) => server.once('exit', resolve));
      await eventually('Redis answers', () =>
        migrateQueue({ connectionString: nowhere, redisUrl }).then(
          () => true,
          () => false,
        ),
      );
    });

    afterAll(async () => {
      server.kill('SIGKILL');
      await ended;
    });

    it('are handled, also the one that comes while the handler runs; without Redis wake resolves', async () => {
      const place = { connectionString: nowhere, redisUrl, logger: silent };
      const { promise: first, resolve: open } = Promise.withResolvers<void>();
      let runs = 0;
      const queue = await createWakeQueue(place);
      const worker = await startWakeWorker({
        ...place,
        concurrency: 2,
        // Longer than a busy machine stalls.
        lockDuration: 60_000,
        onWake: async () => {
          runs += 1;
          if (runs === 1) await first;
        },
      });

      await queue.wake('INC-1');
      await eventually('the handler runs', () => runs === 1);
      await queue.wake('INC-1');
      await queue.wake('INC-1');
      open();
      await eventually('it runs once more', () => runs === 2);
      await queue.wake('INC-1', 20);
      await eventually('a later wake comes', () => runs === 3);
      await worker.close();
      server.kill('SIGKILL');
      await ended;
      await queue.wake('INC-1');
      await queue.close();

      expect(runs).toBe(3);
    });
  });
} else {
  console.info('redis-server is not on the PATH: the queue on Redis is not tested here (Debian: redis-server).');

  it.skip('wakes on Redis: skipped, because redis-server is not on the PATH', () => undefined);
}

describe('a Redis that is not there', () => {
  it('is named', async () => {
    const opening = createWakeQueue({ connectionString: nowhere, redisUrl: 'redis://127.0.0.1:1', logger: silent });

    await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('REDIS_URL') });
  });
});
