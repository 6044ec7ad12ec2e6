import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Bench, createBench, declared, eventually, NOON, planFailed } from './support.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await createBench();
});

afterAll(async () => {
  await bench.close();
});

it('renews leases while an append waits for an incident that somebody else holds', async () => {
  const { journal, leases } = bench.store;
  for (const system of ['chatbot', 'thebot']) await journal.open(system, NOON, { events: [declared(system)] });
  const one = await leases.acquire('run/INC-1', 'worker', 60_000);
  const two = await leases.acquire('run/INC-2', 'worker', 60_000);
  if (!one || !two) throw new Error('the leases were not free');
  // From now on this process knows the end of the journal, and tries to append in one statement.
  await journal.decide('INC-1', NOON, () => planFailed('INC-1.p1'), one);
  await bench.sql('begin');
  await bench.sql("select 1 from lifeboat.incidents where id = 'INC-1' for update");
  const order: string[] = [];

  const decided = journal
    .decide('INC-1', NOON, () => planFailed('INC-1.p2'), one)
    .then(({ state }) => order.push(`decided up to ${state.sequence}`));
  await eventually('the append waits', isWaitedForHere);
  for (const lease of [one, two]) order.push(`${lease.name} renewed: ${await leases.renew(lease, 60_000)}`);
  await bench.sql('rollback');
  await decided;

  expect(order).toEqual(['run/INC-1 renewed: true', 'run/INC-2 renewed: true', 'decided up to 3']);
});

async function isWaitedForHere(): Promise<boolean> {
  // Within a transaction the view shows what it showed first.
  await bench.sql('select pg_stat_clear_snapshot()');
  const waiting = await bench.sql(
    'select 1 from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid)) limit 1',
  );
  return waiting.length > 0;
}
