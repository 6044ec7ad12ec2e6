import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Endpoint of each region, and of `route53`, where they are not AWS's own. */
export type AwsEndpoints = Record<string, string>;

const CONNECTION_TIMEOUT_MS = 2000;
/** Reads answer in a second or do not answer; a call that changes something is given time, for its fate is unknown after. */
const READ_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 20_000;

/**
 * Settings of a client that only reads: a few attempts, in machine time. Callers abort earlier by their signal.
 */
export function readSettings(region: string, endpoint: string | undefined) {
  return { ...common(region, endpoint, READ_TIMEOUT_MS), maxAttempts: 3 };
}

/** Settings of a client that changes something: one attempt; whoever repeats it looks first. */
export function writeSettings(region: string, endpoint: string | undefined) {
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
