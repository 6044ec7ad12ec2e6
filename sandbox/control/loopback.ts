import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why a request is not answered, or nothing when it may be. The API has no password: what protects it is that only
 * this machine reaches it, and that no other web page may use a visitor's browser to reach it (by its origin, or by
 * a name of its own that resolves to 127.0.0.1).
 */
export function refusalOf({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!isLoopback(`http://${host ?? ''}`)) {
    return `The sandbox answers only at 127.0.0.1 or localhost, not at "${host ?? ''}".`;
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return `The sandbox does not answer pages of another origin (${origin}).`;
  }
  return undefined;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}
