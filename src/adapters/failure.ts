import { LifeboatError, Retryable } from '../domain/errors.ts';

/** What sockets, name resolution and undici say when the other side cannot be reached. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ESERVFAIL',
  'EREFUSED',
  'ECANCELLED',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'ETIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const TIMEOUT_NAMES: ReadonlySet<string> = new Set(['TimeoutError', 'AbortError']);
/** Deep enough for fetch, which hides the socket's error two causes down. */
const DEEPEST_CAUSE = 5;

/**
 * The error for "it could not be reached", or undefined when `error` says something else. `service` prefixes the code
 * (`rds.timeout`), `subject` begins the sentence (`RDS in us-east-1`). An error of ours is given back as it is.
 */
export function unreachable(error: unknown, service: string, subject: string): LifeboatError | undefined {
  for (const cause of causes(error)) {
    if (cause instanceof LifeboatError) return cause;
    const { name, code } = cause;
    // The code first: the AWS SDK names a connection that was reset a TimeoutError.
    if (typeof code === 'string' && NETWORK_CODES.has(code)) {
      return new Retryable(`${service}.unreachable`, `${subject} cannot be reached (${code}).`, { cause: error });
    }
    if (TIMEOUT_NAMES.has(name) || (typeof code === 'string' && TIMEOUT_CODES.has(code))) {
      return new Retryable(`${service}.timeout`, `${subject} did not answer in time.`, { cause: error });
    }
  }
  return undefined;
}

/** The fields that errors of Node, the SDKs and drivers have, of any thrown value. */
export interface ErrorFields {
  name: string;
  message: string;
  code?: unknown;
  cause?: unknown;
  /** Happy Eyeballs: one error for each address that was tried. */
  errors?: unknown[];
}

/** Reads any thrown value as an error; `instanceof Error` is false for a DOMException's kin and for other realms. */
export function fieldsOf(error: unknown): ErrorFields {
  return isErrorLike(error) ? error : new Error(String(error));
}

function isErrorLike(error: unknown): error is ErrorFields {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}

function causes(error: unknown): ErrorFields[] {
  const found: ErrorFields[] = [];
  for (let next = error; isErrorLike(next) && found.length < DEEPEST_CAUSE; next = next.cause) {
    found.push(next, ...(next.errors ?? []).filter(isErrorLike));
  }
  return found;
}
