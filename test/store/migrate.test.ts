import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/store.ts';
import { type Bench, createBench, silent } from './support.ts';

describe('migrations', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await createBench();
  });

  afterEach(async () => {
    await bench.close();
  });

  it('are applied once, though several processes do it at once', async () => {
    await bench.sql('drop schema lifeboat cascade');

    await Promise.all([1, 2, 3].map(() => migrate(bench.connectionString)));

    expect(await bench.sql('select number, name from lifeboat.migrations')).toEqual([
      { number: 1, name: '0001-journal-and-leases' },
      { number: 2, name: '0002-watches' },
    ]);
  });

  it('refuse a database that is newer than the program, also when a store is opened', async () => {
    await bench.sql("insert into lifeboat.migrations values (9999, '9999-from-the-future', 'x')");
    const refusal = { code: 'store.newer', message: expect.stringContaining('9999-from-the-future') };

    await expect(migrate(bench.connectionString)).rejects.toMatchObject(refusal);
    await expect(createStore({ connectionString: bench.connectionString, logger: silent })).rejects.toMatchObject(
      refusal,
    );
  });

  it('refuse a database whose migrations were not the ones of this program', async () => {
    await bench.sql("update lifeboat.migrations set checksum = 'edited'");

    await expect(migrate(bench.connectionString)).rejects.toMatchObject({ code: 'store.changed' });
  });

  it('are asked for when a database has none', async () => {
    await bench.sql('drop schema lifeboat cascade');

    const opening = createStore({ connectionString: bench.connectionString, logger: silent });

    await expect(opening).rejects.toMatchObject({ code: 'store.older', message: expect.stringContaining('0001') });
  });
});
