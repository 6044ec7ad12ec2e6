import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DnsServers, startDnsServers } from '../../../sandbox/dns/index.ts';
import { createDns, type Dns } from '../../../src/adapters/dns/index.ts';
import { createWorld, system } from '../../sandbox/kubernetes/world.ts';

let servers: DnsServers;
let dns: Dns;
const signal = () => AbortSignal.timeout(20_000);
const EAST = 'chatbot-east-1234567890.us-east-1.elb.amazonaws.com';

beforeAll(async () => {
  servers = await startDnsServers(createWorld({ speed: 1 }), { system });
  const resolvers = Object.fromEntries(servers.resolvers.map(({ name, address }) => [name, address]));
  dns = createDns({ servers: [servers.authoritative], resolvers, timeoutMs: () => 1000 });
});
afterAll(() => servers.close());

describe('dns', () => {
  it('finds the address of a database at the given servers', async () => {
    expect(await dns.address('chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com', signal())).toBe('127.0.0.1');
  });

  it('follows aliases, also where a server does not', async () => {
    expect(await dns.address('api.chatbot.com', signal())).toBe('127.0.0.1');
  });

  it('takes an address as it is', async () => {
    expect(await dns.address('10.1.2.3', signal())).toBe('10.1.2.3');
  });

  it('says which name does not resolve', async () => {
    const asking = dns.address('nothing.chatbot.com', signal());

    await expect(asking).rejects.toMatchObject({ name: 'Retryable', code: 'dns.no-address' });
  });

  it("asks a resolver of system.yaml at the address that replaces the resolver's own", async () => {
    const resolver = { name: 'cloudflare', address: '192.0.2.1' };

    expect(await dns.ask(resolver, { name: 'api.chatbot.com' }, signal())).toEqual([EAST, '127.0.0.1']);
    expect(await dns.ask(resolver, { name: 'api.chatbot.com', type: 'CNAME' }, signal())).toEqual([EAST]);
    expect(await dns.ask(resolver, { name: 'nothing.chatbot.com', type: 'A' }, signal())).toEqual([]);
  });

  it('ends with its signal when a server says nothing', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const silent = { name: 'silent', address: `127.0.0.1:${socket.address().port}` };

    const asking = dns.ask(silent, { name: 'api.chatbot.com' }, AbortSignal.timeout(50));

    await expect(asking).rejects.toMatchObject({ name: 'Retryable', code: 'dns.timeout' });
    socket.close();
  });
});
