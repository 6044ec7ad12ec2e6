import { execFile, spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import dnsPacket from 'dns-packet';
import { createStubResolver } from '../../../sandbox/dns/client.ts';
import { type DnsServers, startDnsServers } from '../../../sandbox/dns/index.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { createWorld, EAST, system, WEST } from '../kubernetes/world.ts';

const RECORD = system.dns.record;
const hostOf = (region: string) => system.loadBalancers[region]?.host ?? '';

/** A world whose clock stands still until it is set. */
function worldAt(start: number): { world: World; pass: (seconds: number) => void } {
  const world = createWorld({ speed: 1 });
  let now = start;
  world.clock.now = () => now;
  return { world, pass: (seconds) => (now += seconds * 1000) };
}

describe('the name servers of the world', () => {
  let world: World;
  let pass: (seconds: number) => void;
  let servers: DnsServers;
  const asking = (address: string | undefined) => {
    const resolver = new Resolver();
    resolver.setServers([address ?? '']);
    return resolver;
  };
  const moveTo = (region: string, inSeconds: number) => {
    const record = world.state.route53.zones[system.dns.hostedZone]?.records.find(({ name }) => name === `${RECORD}.`);
    if (!record) throw new Error('no record');
    record.previous = { ttl: record.ttl, values: record.values };
    record.values = [hostOf(region)];
    record.effectiveAt = world.clock.now() + inSeconds * 1000;
  };

  beforeEach(async () => {
    ({ world, pass } = worldAt(Date.now() + 60_000));
    servers = await startDnsServers(world, { system });
  });

  afterEach(() => servers.close());

  it('answers from the zone, and follows the alias to an address', async () => {
    const resolver = asking(servers.authoritative);

    const alias = await resolver.resolveCname(RECORD);
    const addresses = await resolver.resolve4(RECORD, { ttl: true });

    expect(alias).toEqual([hostOf(EAST)]);
    expect(addresses).toEqual([{ address: '127.0.0.1', ttl: 60 }]);
  });

  it('answers with the old value until the change is effective', async () => {
    const resolver = asking(servers.authoritative);
    moveTo(WEST, 30);

    const before = await resolver.resolveCname(RECORD);
    pass(30);
    const after = await resolver.resolveCname(RECORD);

    expect([before, after]).toEqual([[hostOf(EAST)], [hostOf(WEST)]]);
  });

  it('names each region of its own, and knows database endpoints', async () => {
    const address = 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com';
    const resolver = asking(servers.authoritative);

    const alias = await resolver.resolveCname('us-west-2.api.chatbot.com');
    const database = await resolver.resolve4(address);

    expect([alias, database]).toEqual([[hostOf(WEST)], ['127.0.0.1']]);
  });

  it('tells a name that does not exist from one without such a record', async () => {
    const resolver = asking(servers.authoritative);

    await expect(resolver.resolve4('nothing.chatbot.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolveCname(hostOf(EAST))).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('lets a resolver that cached an answer give it until its TTL has passed, and no longer', async () => {
    const [warm, cold] = servers.resolvers.map(({ address }) => asking(address));
    await warm?.resolveCname(RECORD);
    moveTo(WEST, 0);

    pass(59);
    const stale = [await warm?.resolveCname(RECORD), await cold?.resolveCname(RECORD)];
    pass(1);
    const fresh = await warm?.resolveCname(RECORD);

    expect(servers.resolvers.map(({ name }) => name)).toEqual(['cloudflare', 'google']);
    expect(stale).toEqual([[hostOf(EAST)], [hostOf(WEST)]]);
    expect(fresh).toEqual([hostOf(WEST)]);
  });

  it('gives a stub resolver the whole chain, cached in world time', async () => {
    const stub = createStubResolver(world.clock, servers.authoritative);
    const first = await stub.resolve(RECORD);
    moveTo(WEST, 0);

    const cached = await stub.resolve(RECORD);
    pass(60);
    const fresh = await stub.resolve(RECORD);
    const unknown = await stub.resolve('nothing.example.com');

    expect(first).toEqual({ chain: [RECORD, hostOf(EAST)], addresses: ['127.0.0.1'] });
    expect(cached).toEqual(first);
    expect(fresh.chain).toEqual([RECORD, hostOf(WEST)]);
    expect(unknown.addresses).toEqual([]);
  });

  const withDig = spawnSync('dig', ['-v']).error ? it.skip : it;

  withDig.each([['UDP'], ['TCP']])('answers dig over %s (skipped where dig is not installed)', async (transport) => {
    const port = servers.authoritative.split(':')[1] ?? '';
    const options = transport === 'TCP' ? ['+tcp'] : ['+notcp'];

    const { stdout } = await promisify(execFile)('dig', ['@127.0.0.1', '-p', port, RECORD, '+short', ...options]);

    expect(stdout.trim().split('\n')).toEqual([`${hostOf(EAST)}.`, '127.0.0.1']);
  });

  it('answers over TCP as over UDP', async () => {
    const [host, port] = servers.authoritative.split(':');
    const query = dnsPacket.streamEncode({ type: 'query', id: 7, questions: [{ type: 'CNAME', name: RECORD }] });
    const socket = connect({ host: host ?? '', port: Number(port) });

    socket.write(query);
    const [message] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(dnsPacket.streamDecode(message).answers).toMatchObject([{ type: 'CNAME', data: hostOf(EAST) }]);
  });
});
