import { execFile, spawnSync } from 'node:child_process';
import { createSocket, Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
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

/** One message over UDP, and what comes back; `rcode` is the name of its response code. */
async function askOnce(server: string | undefined, query: dnsPacket.Packet) {
  const [host, port] = server?.split(':') ?? [];
  const socket = createSocket('udp4');
  socket.send(dnsPacket.encode({ type: 'query', id: 7, ...query }), Number(port), host);
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return dnsPacket.decode(message) as dnsPacket.DecodedPacket & { rcode: string };
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

  it('lets a resolver be asked for what it remembers, without making it remember', async () => {
    const [resolver] = servers.resolvers;
    const wish = (flags: number) => askOnce(resolver?.address, { flags, questions: [{ type: 'A', name: RECORD }] });

    const before = await wish(0);
    await wish(dnsPacket.RECURSION_DESIRED);
    pass(10);
    const after = await wish(0);

    expect(before).toMatchObject({ rcode: 'NOERROR', answers: [] });
    expect(after.answers?.map((answer) => ('ttl' in answer ? answer.ttl : undefined))).toEqual([50, 50]);
  });

  it.each<[string, string, dnsPacket.Question]>([
    ['is in no zone', 'REFUSED', { type: 'A', name: 'www.example.com' }],
    ['is a whole zone', 'REFUSED', { type: 'AXFR', name: system.dns.zone }],
    ['is of another class', 'REFUSED', { type: 'TXT', class: 'CH', name: 'version.bind' }],
    ['the provider does not have', 'NXDOMAIN', { type: 'A', name: 'nobody.us-east-1.rds.amazonaws.com' }],
  ])('answers without a zone’s authority for what %s', async (_what, rcode, question) => {
    const answer = await askOnce(servers.authoritative, { questions: [question] });

    expect(answer).toMatchObject({ rcode, answers: [], authorities: [] });
  });

  it('lets a resolver say that a foreign name does not exist, and name no zone for it', async () => {
    const questions = [{ type: 'A' as const, name: 'www.example.com' }];

    const answer = await askOnce(servers.resolvers[0]?.address, { flags: dnsPacket.RECURSION_DESIRED, questions });

    expect(answer).toMatchObject({ rcode: 'NXDOMAIN', authorities: [] });
  });

  it('goes on after bytes that are no question', async () => {
    const [host, port] = servers.authoritative.split(':');
    const socket = createSocket('udp4');
    socket.send(Buffer.from('not a question'), Number(port), host);

    const answer = await askOnce(servers.authoritative, { questions: [{ type: 'A', name: RECORD }] });
    socket.close();

    expect(answer.answers).toHaveLength(2);
  });

  it('listens where an earlier start did', async () => {
    const { ports } = servers;
    await servers.close();

    servers = await startDnsServers(world, { system, ports });

    expect(Object.keys(ports)).toEqual(['dns', 'dns/cloudflare', 'dns/google']);
    expect(servers.ports).toEqual(ports);
    expect(servers.authoritative).toBe(`127.0.0.1:${ports.dns}`);
  });

  it.each(['TCP', 'UDP'])('listens elsewhere when somebody else has its %s port', async (transport) => {
    const other = transport === 'TCP' ? createServer() : createSocket('udp4');
    if (other instanceof Socket) other.bind(0, '127.0.0.1');
    else other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    await servers.close();

    servers = await startDnsServers(world, { system, ports: { dns: taken } });
    const addresses = await asking(servers.authoritative).resolve4(RECORD);
    other.close();

    expect(servers.ports.dns).not.toBe(taken);
    expect(addresses).toEqual(['127.0.0.1']);
  });

  const withDig = spawnSync('dig', ['-v']).error ? it.skip : it;

  withDig('answers dig as people use it (skipped where dig is not installed)', async () => {
    const dig = async (server: string | undefined, ...options: string[]) => {
      const port = server?.split(':')[1] ?? '';
      const { stdout } = await promisify(execFile)('dig', ['@127.0.0.1', '-p', port, '+tries=1', ...options]);
      return stdout.trim().replace(/\s+/g, ' ');
    };
    const google = servers.resolvers[1]?.address;

    const [udp, tcp, unknown, foreign, remembered, types] = await Promise.all([
      dig(servers.authoritative, RECORD, '+short', '+notcp'),
      dig(servers.authoritative, RECORD, '+short', '+tcp'),
      dig(servers.authoritative, 'nothing.chatbot.com'),
      dig(servers.authoritative, 'www.example.com'),
      dig(google, RECORD, '+norecurse', '+noall', '+answer'),
      dig(servers.authoritative, RECORD, 'HTTPS', '+noall', '+answer'),
    ]);
    await dig(google, RECORD);
    pass(10);
    const now = await dig(google, RECORD, '+norecurse', '+noall', '+answer');

    expect([udp, tcp]).toEqual(Array(2).fill(`${hostOf(EAST)}. 127.0.0.1`));
    expect(unknown).toMatch(/status: NXDOMAIN.* flags: qr aa.*chatbot\.com\. 900 IN SOA/);
    expect(foreign).toMatch(/status: REFUSED.* AUTHORITY: 0/);
    expect(remembered).toBe('');
    expect(now).toBe(`${RECORD}. 50 IN CNAME ${hostOf(EAST)}. ${hostOf(EAST)}. 50 IN A 127.0.0.1`);
    expect(types).toBe(`${RECORD}. 60 IN CNAME ${hostOf(EAST)}.`);
  });

  withDig('answers dig for each type that the zone has (skipped where dig is not installed)', async () => {
    const zone = world.state.route53.zones[system.dns.hostedZone];
    const text = String.raw`"v=spf1 -all" "a \"quote\", \101 and é"`;
    zone?.records.push({ name: 'note.chatbot.com.', type: 'TXT', ttl: 300, values: [text], effectiveAt: 0 });
    const dig = async (...question: string[]) => {
      const server = ['@127.0.0.1', '-p', servers.authoritative.split(':')[1] ?? '', '+tries=1'];
      const { stdout } = await promisify(execFile)('dig', [...server, '+noall', '+answer', ...question]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/\s+/g, ' '));
    };

    const [address, alias, nameServers, authority, note, none] = await Promise.all([
      dig(RECORD, 'A'),
      dig(RECORD, 'CNAME'),
      dig(system.dns.zone, 'NS'),
      dig(system.dns.zone, 'SOA'),
      dig('note.chatbot.com', 'TXT'),
      dig(system.dns.zone, 'TXT'),
    ]);

    expect(address).toEqual([`${RECORD}. 60 IN CNAME ${hostOf(EAST)}.`, `${hostOf(EAST)}. 60 IN A 127.0.0.1`]);
    expect(alias).toEqual([`${RECORD}. 60 IN CNAME ${hostOf(EAST)}.`]);
    expect(nameServers).toHaveLength(4);
    expect(nameServers[0]).toMatch(/^chatbot\.com\. 172800 IN NS ns-\d+\.awsdns-\d+\.example\.$/);
    expect(authority).toEqual([
      expect.stringMatching(
        /^chatbot\.com\. 900 IN SOA ns-256\.\S+ awsdns-hostmaster\.amazon\.com\. 1 7200 900 1209600 86400$/,
      ),
    ]);
    expect(note).toEqual([String.raw`note.chatbot.com. 300 IN TXT "v=spf1 -all" "a \"quote\", A and \195\169"`]);
    expect(none).toEqual(['']);
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
