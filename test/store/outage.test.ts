import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Retryable } from '../../src/domain/errors.ts';
import { createStore } from '../../src/store/store.ts';
import { usePostgres } from '../support/postgres.ts';
import { type Bench, createBench, declared, eventually, NOON, planFailed, silent } from './support.ts';

const connections = (name: string) =>
  `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${name}' and datname = current_database()`;

describe('when the database goes away', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await createBench();
  });

  afterAll(async () => {
    await bench.close();
  });

  /** Connections that are open stay; nobody gets a new one until `work` has ended. */
  async function withoutNewConnections(work: () => Promise<void>): Promise<void> {
    const [row] = await bench.sql('select current_database() as name');
    const admin = new pg.Client(usePostgres());
    await admin.connect();
    try {
      await admin.query(`alter database ${String(row?.name)} with allow_connections false`);
      await work();
      await admin.query(`alter database ${String(row?.name)} with allow_connections true`);
    } finally {
      await admin.end();
    }
  }

  it('hears appends of every process, and after a lost connection what it missed', async () => {
    const heard: string[] = [];
    const last = () => heard.at(-1);
    const unsubscribe = await bench.store.journal.subscribe((incident, sequence) => {
      heard.push(`${incident}:${sequence}`);
      throw new Error('a subscriber that fails harms nobody');
    });

    const [entry] = await bench.other.journal.open('chatbot', NOON, { events: [declared()] });
    const incident = entry?.incident ?? '';
    await eventually('the first append is heard', () => last() === `${incident}:1`);

    await withoutNewConnections(async () => {
      await bench.sql(connections('lifeboat-listen'));
      await bench.other.journal.decide(incident, NOON, () => planFailed('in the gap'));
    });
    await eventually('the gap is made good', () => last() === `${incident}:2`);
    await withoutNewConnections(async () => {
      await bench.sql(connections('lifeboat-listen'));
      await bench.other.journal.decide(incident, NOON, () => ({ events: [{ type: 'incident.resolved', by: 'U1' }] }));
    });
    await eventually('the resolution in the gap is heard, too', () => last() === `${incident}:3`);

    await unsubscribe();
    await eventually('the connection is closed', async () => {
      const [open] = await bench.sql(
        `select count(*)::int as n from pg_stat_activity
         where application_name = 'lifeboat-listen' and datname = current_database()`,
      );
      return open?.n === 0;
    });
    expect(heard.filter((line) => line === `${incident}:1`)).toHaveLength(1);
  });

  it('goes on with new connections after all were cut', async () => {
    const [entry] = await bench.store.journal.open('cut', NOON, { events: [declared('cut')] });
    const incident = entry?.incident ?? '';

    await bench.sql(connections('lifeboat'));
    await eventually('a decision succeeds again', async () => {
      const result = await bench.store.journal
        .decide(incident, NOON, ({ planFailure }) => (planFailure ? { events: [] } : planFailed('after the cut')))
        .catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(Retryable);
      return !(result instanceof Error);
    });

    expect(await bench.store.journal.read(incident)).toHaveLength(2);
  });

  it('cut in the middle of a decision, appends nothing and says that it may be tried again', async () => {
    const [entry] = await bench.store.journal.open('middle', NOON, { events: [declared('middle')] });
    const incident = entry?.incident ?? '';
    await bench.sql('begin');
    await bench.sql('select from lifeboat.incidents where id = $1 for update', [incident]);

    const decision = bench.store.journal.decide(incident, NOON, () => planFailed('never'));
    const outcome = decision.catch((error: unknown) => error);
    await eventually('the decision waits for the head row', async () => {
      const [row] = await bench.sql(
        `select count(*)::int as n from pg_stat_activity
         where application_name = 'lifeboat' and datname = current_database() and wait_event_type = 'Lock'`,
      );
      return row?.n === 1;
    });
    await bench.sql(connections('lifeboat'));
    await bench.sql('commit');

    expect(await outcome).toMatchObject({ code: 'store.unavailable', name: 'Retryable' });
    expect(await bench.store.journal.read(incident)).toHaveLength(1);
  });

  it('says that there is no database rather than wait for one', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));

    const opening = createStore({ connectionString: `postgres://nobody@127.0.0.1:${port}/none`, logger: silent });

    await expect(opening).rejects.toMatchObject({ code: 'store.unavailable', name: 'Retryable' });
  });
});
