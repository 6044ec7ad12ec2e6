import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Retryable } from '../../domain/errors.ts';
import { abortable } from '../deadline.ts';
import { unreachable } from '../failure.ts';
import { askServers, askTimeToLive, followChain, type RecordType } from './servers.ts';

export type { RecordType } from './servers.ts';

export interface DnsSettings {
  /** Servers that names are resolved with instead of the machine's, `host:port`. */
  servers?: string[];
  /** Addresses that replace those of system.yaml's resolvers, by the resolver's name. */
  resolvers?: Record<string, string>;
  /** Machine milliseconds that one server has to answer. */
  timeoutMs: () => number;
}

export interface Dns {
  /** An IPv4 or IPv6 address to connect to. Throws Retryable when there is none. */
  address(host: string, signal: AbortSignal): Promise<string>;
  /** What one resolver of system.yaml answers: values of `type`, or the chain of CNAMEs and the addresses at its end. */
  ask(
    resolver: { name: string; address: string },
    question: { name: string; type?: RecordType },
    signal: AbortSignal,
  ): Promise<string[]>;
  /** Seconds for which a resolver goes on giving the addresses that it gives for a name; undefined where it has none. */
  secondsLeft(
    resolver: { name: string; address: string },
    name: string,
    signal: AbortSignal,
  ): Promise<number | undefined>;
}

export function createDns(settings: DnsSettings): Dns {
  const { servers, resolvers = {}, timeoutMs } = settings;
  return {
    async address(host, signal) {
      if (isIP(host)) return host;
      const subject = `The name ${host}`;
      if (!servers || servers.length === 0) {
        try {
          return (await abortable(lookup(host), signal)).address;
        } catch (error) {
          throw unreachable(error, 'dns', subject) ?? new Retryable('dns.failed', `${subject} does not resolve.`);
        }
      }
      const { addresses } = await followChain(host, { servers, timeoutMs: timeoutMs(), signal });
      const [address] = addresses;
      if (!address) throw new Retryable('dns.no-address', `${subject} does not resolve at ${servers.join(', ')}.`);
      return address;
    },
    async ask({ name: resolver, address }, { name, type }, signal) {
      const asking = { servers: [resolvers[resolver] ?? address], timeoutMs: timeoutMs(), signal };
      if (type) return askServers(name, type, asking);
      const { names, addresses } = await followChain(name, asking);
      return [...names, ...addresses];
    },
    secondsLeft({ name: resolver, address }, name, signal) {
      return askTimeToLive(name, { servers: [resolvers[resolver] ?? address], timeoutMs: timeoutMs(), signal });
    },
  };
}
