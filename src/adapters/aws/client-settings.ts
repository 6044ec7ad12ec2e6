import { StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Clock } from '../../domain/clock.ts';

/** How AWS is reached; without anything as the SDK does. */
export interface AwsConnection {
  /** Instead of AWS's own endpoints: of each region, of `route53`, and of `routing-control/<region>`. */
  endpoints?: Record<string, string> | undefined;
  /** Machine milliseconds of a pause of this many world milliseconds (`Clock.patience`). */
  patience?: Clock['patience'] | undefined;
}

const CONNECTION_TIMEOUT_MS = 2000;
/** Reads answer in a second or do not answer; a call that changes something is given time, for its fate is unknown after. */
const READ_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 20_000;

/** The connection's `patience`; without one, time passes as on the machine. */
export function patienceIn({ patience = (milliseconds) => milliseconds }: AwsConnection): Clock['patience'] {
  return patience;
}

/** The SDK's repetitions and pauses; steps have their time in the world, and so a pause between attempts passes there. */
class PacedRetries extends StandardRetryStrategy {
  constructor(maxAttempts: number, patience: Clock['patience']) {
    super({ maxAttempts });
    const backoff = this.retryBackoffStrategy;
    const pauseBefore = backoff.computeNextBackoffDelay.bind(backoff);
    backoff.computeNextBackoffDelay = (attempt) => Math.ceil(patience(pauseBefore(attempt)));
  }
}

/**
 * Settings of a client that only reads: a few attempts. Callers abort earlier by their signal. `endpoint` is the
 * region's unless the service has another.
 */
export function readSettings(
  connection: AwsConnection,
  region: string,
  endpoint = connection.endpoints?.[region],
  { attempts = 3 } = {},
) {
  return {
    ...common(region, endpoint, READ_TIMEOUT_MS),
    retryStrategy: new PacedRetries(attempts, patienceIn(connection)),
  };
}

/** Settings of a client that changes something: one attempt; whoever repeats it looks first. */
export function writeSettings(connection: AwsConnection, region: string, endpoint = connection.endpoints?.[region]) {
  return { ...common(region, endpoint, WRITE_TIMEOUT_MS), maxAttempts: 1 };
}

function common(region: string, endpoint: string | undefined, requestTimeout: number) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout,
      throwOnRequestTimeout: true,
    }),
  };
}

/** One pair of clients for each key, made when it is first needed. */
export function perRegion<T extends { destroy(): void }>(create: (region: string) => T) {
  const clients = new Map<string, T>();
  return {
    of(region: string): T {
      const existing = clients.get(region);
      if (existing) return existing;
      const created = create(region);
      clients.set(region, created);
      return created;
    },
    close() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}
