import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../../sandbox/authority.ts';
import type { Dns } from '../../../src/adapters/dns/index.ts';
import { createPostgres, type PostgresTarget } from '../../../src/adapters/postgres/index.ts';
import type { TlsMode } from '../../../src/adapters/postgres/tls.ts';
import { createTestDatabase } from '../../support/postgres.ts';

const NAMED = 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com';
const SSL_REQUEST_BYTES = 8;

let target: PostgresTarget;
let trusted: Server;
let stranger: Server;
let drop: () => Promise<void>;
const sockets = new Set<Socket>();
const authorities = tls.getCACertificates('default');

beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  const { hostname, port, pathname, username, password } = new URL(database.connectionString);
  target = { host: NAMED, port: Number(port), database: pathname.slice(1), user: username, password };
  const [known, unknown] = await Promise.all([createAuthority(), createAuthority()]);
  tls.setDefaultCACertificates([...authorities, known.certificate]);
  trusted = await encrypting(await known.issue([NAMED]), hostname, target.port);
  stranger = await encrypting(await unknown.issue([NAMED]), hostname, target.port);
});
afterAll(async () => {
  tls.setDefaultCACertificates(authorities);
  for (const socket of sockets) socket.destroy();
  trusted.close();
  stranger.close();
  await drop();
});

/** A PostgreSQL server with TLS: agrees to encrypt, and hands what it decrypts to the real one. */
async function encrypting(certificate: { key: string; cert: string }, host: string, port: number): Promise<Server> {
  const context = tls.createSecureContext(certificate);
  const server = createServer((socket) => {
    keep(socket);
    socket.once('readable', () => {
      socket.read(SSL_REQUEST_BYTES);
      socket.write('S');
      const plain = keep(new tls.TLSSocket(socket, { isServer: true, secureContext: context }));
      const behind = keep(connect(port, host));
      plain.pipe(behind).pipe(plain);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function keep<T extends Socket>(socket: T): T {
  sockets.add(socket);
  return socket.on('error', () => socket.destroy());
}

const dns = { address: async () => '127.0.0.1' } as unknown as Dns;
const signal = () => AbortSignal.timeout(20_000);

function ask(mode: TlsMode, server: Server | undefined, host = NAMED) {
  const postgres = createPostgres({ dns, tls: mode, connectTimeoutMs: () => 3000, statementTimeoutMs: () => 1000 });
  const port = server ? (server.address() as AddressInfo).port : target.port;
  return postgres.use({ ...target, host, port }, signal(), (session) => session.query('SELECT 1 AS one', [], signal()));
}

describe('DATABASE_TLS', () => {
  it.each(['verify-full', 'require', 'prefer'] as const)('%s goes to a server that proves its name', async (mode) => {
    await expect(ask(mode, trusted)).resolves.toEqual([{ one: 1 }]);
  });

  it('require goes to a server whose certificate nobody vouches for', async () => {
    await expect(ask('require', stranger)).resolves.toEqual([{ one: 1 }]);
  });

  it.each([
    ['whose certificate nobody vouches for', () => ask('verify-full', stranger), /certificate is not trusted/],
    ['that is another one', () => ask('verify-full', trusted, 'other.example.com'), /certificate is not trusted/],
    ['without TLS', () => ask('verify-full', undefined), /the server offers no TLS/],
  ])('verify-full refuses a server %s, in one sentence', async (_what, asking, reason) => {
    const refused = asking();

    await expect(refused).rejects.toMatchObject({ name: 'Permanent', code: 'postgres.tls' });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(/^PostgreSQL at [^\n]+ or set DATABASE_TLS to [^\n]+\.$/);
  });
});
