import pg from 'pg';
import { ProxyAgent, request } from 'undici';
import { createAuthority } from '../../../sandbox/authority.ts';
import { startDnsServers } from '../../../sandbox/dns/index.ts';
import { startEdge } from '../../../sandbox/edge/index.ts';
import type { Ports } from '../../../sandbox/listen.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { createWorld, system } from '../kubernetes/world.ts';

/** Points every connection secret and running pod at the database behind `connectionString`. */
function usePostgresIn(world: World, connectionString: string): void {
  const { username, password, port, pathname } = new URL(connectionString);
  const values = { username, password: decodeURIComponent(password), database: pathname.slice(1), port };
  for (const cluster of Object.values(world.state.kubernetes)) {
    for (const secret of Object.values(cluster.secrets)) Object.assign(secret.data, values);
    for (const pod of Object.values(cluster.pods)) Object.assign(pod.environment, values);
  }
}

/** The edge over a real database with the table of the product; all of it is gone after `close()`. */
export async function startTestEdge({
  speed = 1,
  ports = {},
  databaseTimeout,
}: {
  speed?: number;
  ports?: Ports;
  databaseTimeout?: number;
} = {}) {
  const database = await createTestDatabase();
  const sql = new pg.Client({ connectionString: database.connectionString });
  await sql.connect();
  await sql.query('CREATE TABLE messages (id bigint PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now())');
  const world = createWorld({ speed, databasePort: Number(new URL(database.connectionString).port) });
  usePostgresIn(world, database.connectionString);
  const authority = await createAuthority();
  const dns = await startDnsServers(world, { system });
  const resolver = dns.resolvers[0]?.address ?? '';
  const edge = await startEdge(world, { authority, system, resolver, ports, databaseTimeout });
  const dispatcher = new ProxyAgent({ uri: edge.proxyUrl, requestTls: { ca: authority.certificate } });
  return {
    world,
    edge,
    dns,
    sql,
    authority,
    resolver,
    /** Sends a request as the bot does: by HTTPS through the proxy. */
    async send(
      url: string,
      {
        authorization,
        ...options
      }: { method?: 'GET' | 'POST'; body?: string; authorization?: string | undefined } = {},
    ) {
      const { statusCode, headers, body } = await request(url, {
        dispatcher,
        ...options,
        ...(authorization !== undefined && { headers: { authorization } }),
      });
      return { status: statusCode, headers, text: await body.text() };
    },
    async close() {
      await dispatcher.destroy();
      await edge.close();
      await dns.close();
      await sql.end();
      await database.drop();
    },
  };
}
