import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDns } from '../../../src/adapters/dns/index.ts';
import { createPostgres, type PostgresTarget } from '../../../src/adapters/postgres/index.ts';
import type { TlsMode } from '../../../src/adapters/postgres/tls.ts';
import { createTestDatabase } from '../../support/postgres.ts';

let target: PostgresTarget;
let drop: () => Promise<void>;
let silent: Server;

beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  const { hostname, port, pathname, username, password } = new URL(database.connectionString);
  target = { host: hostname, port: Number(port), database: pathname.slice(1), user: username, password };
  // Accepts and never answers, as the addresses of a dead region do.
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(async () => {
  silent.close();
  await drop();
});

const postgres = ({
  tls = 'prefer',
  connectTimeoutMs = 20_000,
  statementTimeoutMs = 20_000,
}: {
  tls?: TlsMode;
  connectTimeoutMs?: number;
  statementTimeoutMs?: number;
} = {}) =>
  createPostgres({
    dns: createDns({ timeoutMs: () => 20_000 }),
    tls,
    connectTimeoutMs: () => connectTimeoutMs,
    statementTimeoutMs: () => statementTimeoutMs,
  });
const signal = () => AbortSignal.timeout(20_000);

describe('a connection', () => {
  it.each(['prefer', 'disable'] as const)('with sslmode %s goes to a server without TLS', async (tls) => {
    const rows = await postgres({ tls }).use(target, signal(), (session) =>
      session.query('SELECT 1 AS one', [], signal()),
    );

    expect(rows).toEqual([{ one: 1 }]);
  });

  it('with sslmode require does not', async () => {
    const connecting = postgres({ tls: 'require' }).connect(target, signal());

    await expect(connecting).rejects.toMatchObject({ message: expect.stringContaining('the server offers no TLS') });
  });

  it.each([
    { name: 'its own timeout', given: () => signal() },
    { name: 'the signal', given: () => AbortSignal.timeout(50) },
  ])('to a server that hangs ends with $name', async ({ given }) => {
    const port = (silent.address() as AddressInfo).port;

    const connecting = postgres({ connectTimeoutMs: 500 }).connect({ ...target, port }, given());

    await expect(connecting).rejects.toMatchObject({ name: 'Retryable', code: 'postgres.timeout' });
  });

  it('says that the password is wrong, and not what it was', async () => {
    const connecting = postgres().connect({ ...target, password: 'wrong-password' }, signal());

    await expect(connecting).rejects.toMatchObject({ name: 'Permanent', code: 'postgres.sign-in-refused' });
    await expect(connecting).rejects.not.toMatchObject({ message: expect.stringContaining('wrong-password') });
  });

  it('ends a statement that takes too long', async () => {
    const session = await postgres({ statementTimeoutMs: 300 }).connect(target, signal());

    await expect(session.query('SELECT pg_sleep(10)', [], signal())).rejects.toMatchObject({ name: 'Retryable' });
    session.close();
  });

  it('is of no more use once its signal ended a statement', async () => {
    const session = await postgres().connect(target, signal());

    const asking = session.query('SELECT pg_sleep(10)', [], AbortSignal.timeout(20));

    await expect(asking).rejects.toMatchObject({ name: 'Retryable', code: 'postgres.timeout' });
    expect(session.usable()).toBe(false);
  });
});
