import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { Permanent, Retryable } from '../../domain/errors.ts';
import { abortable, within } from '../deadline.ts';
import type { Dns } from '../dns/index.ts';
import { fieldsOf, unreachable } from '../failure.ts';

export interface HttpAnswer {
  status: number;
  /** Machine milliseconds until the headers had come. */
  latencyMs: number;
}

export interface Http {
  /**
   * One GET on a connection of its own, so that each check sees what a new client would: the name resolved afresh, no
   * pool that still leads to the old place. Redirects are not followed. Throws Retryable (`http.timeout`,
   * `http.unreachable`) or Permanent (`http.tls`).
   */
  get(url: string, signal: AbortSignal): Promise<HttpAnswer>;
}

export interface HttpSettings {
  /** Proxy for both http and https; it resolves the names. */
  proxy?: string;
  /** Resolves names when there is no proxy and the machine's resolver is not to be used. */
  dns?: Dns;
  /** Machine milliseconds for the whole answer. */
  timeoutMs: () => number;
}

export function createHttp({ proxy, dns, timeoutMs }: HttpSettings): Http {
  return {
    async get(url, signal) {
      const dispatcher = proxy ? new ProxyAgent({ uri: proxy, proxyTunnel: true }) : createAgent(dns, signal);
      const deadline = within(timeoutMs(), signal);
      const startedAt = performance.now();
      const ask = async () => {
        const { statusCode, body } = await request(url, {
          dispatcher,
          method: 'GET',
          signal: deadline,
          headers: { 'user-agent': 'lifeboat' },
        });
        const latencyMs = Math.round(performance.now() - startedAt);
        await body.dump();
        return { status: statusCode, latencyMs };
      };
      try {
        // undici does not abort while a connection or a proxy's tunnel is still being set up.
        return await abortable(ask(), deadline);
      } catch (error) {
        throw translateHttpError(error, url);
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

function createAgent(dns: Dns | undefined, signal: AbortSignal): Dispatcher {
  if (!dns) return new Agent();
  return new Agent({
    connect: {
      lookup(host, options, callback) {
        dns.address(host, signal).then(
          (address) => {
            const family = address.includes(':') ? 6 : 4;
            if (options.all) callback(null, [{ address, family }]);
            else callback(null, address, family);
          },
          (error: Error) => callback(error, ''),
        );
      },
    },
  });
}

/** The one place where an error of undici becomes ours. */
export function translateHttpError(error: unknown, url: string) {
  const subject = new URL(url).host;
  if (fieldsOf(error).message.startsWith('Proxy response')) {
    return new Retryable('http.unreachable', `${subject} cannot be reached through the proxy.`, { cause: error });
  }
  const network = unreachable(error, 'http', subject);
  if (network) return network;
  const { message, code } = fieldsOf(error);
  const tls = typeof code === 'string' && /^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/.test(code);
  return new Permanent(tls ? 'http.tls' : 'http.failed', `${subject}: ${message.replace(/\.$/, '')}.`, {
    cause: error,
  });
}
