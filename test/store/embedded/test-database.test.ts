import { expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../support/postgres.ts';

it('gives every caller an empty database of its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const client = new pg.Client({ connectionString: one.connectionString });
  await client.connect();

  await client.query('CREATE TABLE mine (id int)');
  const elsewhere = new pg.Client({ connectionString: other.connectionString });
  await elsewhere.connect();
  const found = await elsewhere.query("SELECT to_regclass('mine') AS name");

  expect(found.rows).toEqual([{ name: null }]);
  await Promise.all([client.end(), elsewhere.end()]);
  await Promise.all([one.drop(), other.drop()]);
});
