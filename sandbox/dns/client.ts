import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import dnsPacket from 'dns-packet';
import type { Clock } from '../../src/domain/clock.ts';
import { cached } from './cache.ts';
import type { DnsAnswer } from './server.ts';

/** The names from the one asked for to the last of its CNAMEs, and the addresses there. */
export interface Resolution {
  chain: string[];
  addresses: string[];
}

/**
 * A stub resolver that asks one server over UDP and keeps answers for their TTL in world time. `resolve` throws when
 * the server does not answer within `timeout` machine milliseconds; a name that does not exist has no addresses.
 */
export function createStubResolver(
  clock: Pick<Clock, 'now'>,
  server: string,
  { timeout = 1000 } = {},
): { resolve(name: string): Promise<Resolution> } {
  const ask = cached(clock, (name) => query(server, name, timeout));
  return {
    async resolve(name) {
      const { answers } = await ask(name.toLowerCase(), 'A');
      const chain = [name.toLowerCase()];
      const addresses: string[] = [];
      for (const answer of answers) {
        if (answer.type === 'CNAME') chain.push(answer.data);
        if (answer.type === 'A') addresses.push(answer.data);
      }
      return { chain, addresses };
    },
  };
}

async function query(server: string, name: string, timeout: number): Promise<DnsAnswer> {
  const [host = '127.0.0.1', port = '53'] = server.split(':');
  const id = randomInt(65_536);
  const socket = createSocket('udp4');
  try {
    return await new Promise<DnsAnswer>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${server} did not answer for ${name} in ${timeout} ms`)),
        timeout,
      );
      socket.on('error', reject);
      socket.on('message', (message) => {
        const packet = dnsPacket.decode(message);
        if (packet.id !== id) return;
        clearTimeout(timer);
        resolve({
          code: ((packet.flags ?? 0) & 0xf) === 3 ? 'NXDOMAIN' : 'NOERROR',
          authoritative: false,
          answers: packet.answers ?? [],
          authorities: packet.authorities ?? [],
        });
      });
      const flags = dnsPacket.RECURSION_DESIRED;
      const questions = [{ type: 'A' as const, name }];
      socket.send(dnsPacket.encode({ type: 'query', id, flags, questions }), Number(port), host, (error) => {
        if (error) reject(error);
      });
    });
  } finally {
    socket.close();
  }
}
