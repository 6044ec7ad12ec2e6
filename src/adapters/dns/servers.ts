import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { LifeboatError, Retryable } from '../../domain/errors.ts';
import { abortable } from '../deadline.ts';
import { unreachable } from '../failure.ts';

/** Longest chain of CNAMEs that is followed, as resolvers do. */
const LONGEST_CHAIN = 8;
/** "There is no such name or record": an answer, not a failure. */
const EMPTY: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND', 'NXDOMAIN']);

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'MX' | 'NS';

export interface Asking {
  /** `host` or `host:port` of the servers that are asked, one after the other. */
  servers: string[];
  /** Machine milliseconds for one server. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * What the given servers answer for one record; empty when there is none. A new resolver for each question, so that
 * nothing is answered from a cache of ours. Throws Retryable when they do not answer.
 */
export async function askServers(name: string, type: RecordType, asking: Asking): Promise<string[]> {
  return (await ask(asking, `${type} ${name}`, (resolver) => question(resolver, name, type))) ?? [];
}

/**
 * Seconds that the servers' answer for a name's addresses may be kept, its CNAMEs included; undefined when there are
 * none. Throws Retryable when they do not answer.
 */
export async function askTimeToLive(name: string, asking: Asking): Promise<number | undefined> {
  const found = await ask(asking, `A ${name}`, (resolver) => resolver.resolve4(name, { ttl: true }));
  return found && found.length > 0 ? Math.min(...found.map(({ ttl }) => ttl)) : undefined;
}

/** Undefined when there is no such record. */
async function ask<T>(asking: Asking, what: string, put: (resolver: Resolver) => Promise<T>): Promise<T | undefined> {
  const { servers, timeoutMs, signal } = asking;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers(servers.map(numericServer));
  try {
    return await abortable(put(resolver), signal, () => resolver.cancel());
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && EMPTY.has(code)) return undefined;
    const subject = `DNS at ${servers.join(', ')}, ${what}`;
    const network = unreachable(error, 'dns', subject);
    throw network ?? new Retryable('dns.failed', `${subject}: ${String(code ?? error)}.`, { cause: error });
  }
}

/** The chain of names from `name` to its end, without `name`, then its IPv4 addresses. */
export async function followChain(name: string, asking: Asking): Promise<{ names: string[]; addresses: string[] }> {
  const names: string[] = [];
  for (let current = name; names.length < LONGEST_CHAIN; ) {
    const [next] = await askServers(current, 'CNAME', asking);
    if (next === undefined) return { names, addresses: await askServers(current, 'A', asking) };
    names.push(next);
    current = next;
  }
  return { names, addresses: [] };
}

async function question(resolver: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
  }
}

/** `setServers` takes addresses only; `localhost` is the one name that people write there. */
function numericServer(server: string): string {
  const at = server.lastIndexOf(':');
  const [host, port] = isIP(server) || at < 0 ? [server, ''] : [server.slice(0, at), server.slice(at)];
  return `${host === 'localhost' ? '127.0.0.1' : host}${port}`;
}
