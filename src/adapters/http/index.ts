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

/** What one client of the product asks on its own connections, one question after the other. */
export interface HttpClient {
  /** Throws as `Http.get` does. `timeoutMs`: machine milliseconds for the whole answer. */
  send(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer & { text: string; cache: 'hit' | 'miss' | '' }>;
  close(): Promise<void>;
}

export interface HttpQuestion {
  url: string;
  /** Sent as JSON, by POST; absent: a GET. */
  content?: object;
  /** Sent as a bearer token. */
  token?: string | undefined;
  timeoutMs: number;
}

export interface Http {
  /**
   * One GET on a connection of its own, so that each check sees what a new client would: the name resolved afresh, no
   * pool that still leads to the old place. Redirects are not followed. Throws Retryable (`http.timeout`,
   * `http.unreachable`) or Permanent (`http.tls`).
   */
  get(url: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** A client of its own, that resolves names afresh and keeps its connections until it is closed. */
  client(signal: AbortSignal): HttpClient;
}

export interface HttpSettings {
  /** Proxy for both http and https; it resolves the names. */
  proxy?: string;
  /** Resolves names when there is no proxy and the machine's resolver is not to be used. */
  dns?: Dns;
  /** Machine milliseconds for the whole answer. */
  timeoutMs: () => number;
}

/** Characters of an answer that are read: a token, an error. */
const LONGEST_TEXT = 100_000;

export function createHttp({ proxy, dns, timeoutMs }: HttpSettings): Http {
  const open = (signal: AbortSignal) =>
    proxy ? new ProxyAgent({ uri: proxy, proxyTunnel: true }) : createAgent(dns, signal);
  return {
    async get(url, signal) {
      const dispatcher = open(signal);
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
    client(signal) {
      const dispatcher = open(signal);
      return {
        send: (question, stop) => send(dispatcher, question, stop),
        close: () => dispatcher.destroy(),
      };
    },
  };
}

async function send(
  dispatcher: Dispatcher,
  { url, content, token, timeoutMs }: HttpQuestion,
  signal: AbortSignal,
): ReturnType<HttpClient['send']> {
  const deadline = within(timeoutMs, signal);
  const startedAt = performance.now();
  const ask = async () => {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      method: content ? 'POST' : 'GET',
      signal: deadline,
      headers: {
        'user-agent': 'lifeboat',
        ...(content && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(content && { body: JSON.stringify(content) }),
    });
    const latencyMs = Math.round(performance.now() - startedAt);
    const text = (await body.text()).slice(0, LONGEST_TEXT);
    return { status: statusCode, latencyMs, text, cache: cacheOf(headers['x-cache']) };
  };
  try {
    return await abortable(ask(), deadline);
  } catch (error) {
    throw translateHttpError(error, url);
  }
}

/** What caches say of an answer in `X-Cache`, each in its own words: `hit`, `Hit from cloudfront`, `MISS`. */
function cacheOf(header: string | string[] | undefined): 'hit' | 'miss' | '' {
  const said = String(header ?? '').toLowerCase();
  if (/\bhit\b/.test(said)) return 'hit';
  return /\bmiss\b/.test(said) ? 'miss' : '';
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
