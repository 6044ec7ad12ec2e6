import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, createBench, eventually } from './support.ts';

describe('leases', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await createBench();
  });

  afterAll(async () => {
    await bench.close();
  });

  it('belongs to one of those who ask at once', async () => {
    const ask = (index: number) => (index % 2 === 0 ? bench.store : bench.other).leases;

    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ask(index).acquire('contended', `worker-${index}`, 60_000)),
    );

    expect(tokens.filter(Boolean)).toHaveLength(1);
  });

  it('passes to another holder when it expires, under a higher epoch, and the old one cannot renew it', async () => {
    const first = await bench.store.leases.acquire('expiring', 'worker-1', 50);
    if (!first) throw new Error('the lease was not free');

    await eventually('the lease is taken over', async () => {
      const token = await bench.other.leases.acquire('expiring', 'worker-2', 60_000);
      return token?.epoch === first.epoch + 1;
    });

    expect(await bench.store.leases.renew(first, 60_000)).toBe(false);
    await bench.store.leases.release(first);
    expect(await bench.store.leases.acquire('expiring', 'worker-3', 60_000)).toBeUndefined();
  });

  it('stays with its holder while it is renewed, also late when nobody took it', async () => {
    const token = await bench.store.leases.acquire('renewed', 'worker-1', 0);
    if (!token) throw new Error('the lease was not free');

    const renewed = await bench.store.leases.renew(token, 60_000);

    expect(renewed).toBe(true);
    expect(await bench.other.leases.acquire('renewed', 'worker-2', 60_000)).toBeUndefined();
  });

  it('is renewed together with others that ask at the same time, each by itself', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `together-${index}`);
    const tokens = await Promise.all(names.map((name) => bench.store.leases.acquire(name, 'worker-1', 0)));
    const lost = new Set(['together-3', 'together-17']);
    for (const name of lost) await bench.other.leases.acquire(name, 'worker-2', 60_000);

    const renewed = await Promise.all(tokens.map((token) => token && bench.store.leases.renew(token, 60_000)));

    expect(renewed).toEqual(names.map((name) => !lost.has(name)));
    const taken = await Promise.all(names.map((name) => bench.other.leases.acquire(name, 'worker-3', 60_000)));
    expect(taken.filter(Boolean)).toEqual([]);
  });

  it('is free when it was released, and its epoch only grows', async () => {
    const first = await bench.store.leases.acquire('released', 'worker-1', 60_000);
    if (!first) throw new Error('the lease was not free');

    await bench.store.leases.release(first);

    expect(await bench.store.leases.renew(first, 60_000)).toBe(false);
    expect(await bench.other.leases.acquire('released', 'worker-2', 60_000)).toMatchObject({ epoch: first.epoch + 1 });
  });

  it('fences the first token of a holder that takes its own lease again', async () => {
    const first = await bench.store.leases.acquire('again', 'worker-1', 60_000);
    if (!first) throw new Error('the lease was not free');

    const second = await bench.store.leases.acquire('again', 'worker-1', 60_000);

    expect(second?.epoch).toBe(first.epoch + 1);
    expect(await bench.store.leases.renew(first, 60_000)).toBe(false);
  });
});
