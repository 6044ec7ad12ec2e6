import { z } from 'zod';
import type { Change, Done } from '../domain/action.ts';
import { Region } from '../domain/system.ts';
import { whatWasBefore } from './what-was-before.ts';

/** Host and port of a database: what is read of a secret, and set. What else it holds never leaves it. */
export const Connection = z.object({ host: z.string().min(1), port: z.string().min(1) });
export type Connection = z.infer<typeof Connection>;

/** What a step is given that points a secret at a database. */
export const ConnectionInput = z.strictObject({
  region: Region,
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** The one that system.yaml names when absent. */
  secret: z.string().min(1).optional(),
});

export const ConnectionOutput = z.object({
  secret: z.string(),
  host: z.string(),
  port: z.int(),
  /** Host and port that it replaced, as the secret had them; empty when it replaced none. */
  before: Connection.partial(),
});

export const CONNECTION_EXAMPLE = {
  title: 'The promoted replica',
  with: {
    region: 'us-west-2',
    host: 'chatbot-prod-replica-west.c1a2b3.us-west-2.rds.amazonaws.com',
    port: 5432,
  },
};

/** Port 0 stands for one that only the run will know. */
export function connectionWanted({ host, port }: { host: string; port: number }): Connection {
  return { host, port: port === 0 ? '' : String(port) };
}

/** Empty when host and port are so already; `current` undefined: the secret is not reachable. */
export function connectionChanges(what: string, current: Connection | undefined, to: Connection): Change[] {
  const before = current ? show(current) : 'not reachable now';
  const after = show(to);
  return before === after ? [] : [{ what, before, after }];
}

const show = ({ host, port }: Connection) => (port === '' ? host : `${host}:${port}`);

/** Throws Permanent when neither the step nor its plan saw any. `secret` is its name with its region. */
export function connectionBefore(secret: string, done: Done): Connection {
  const subject = `host and port in the secret ${secret}`;
  return whatWasBefore(done, Connection, { subject, seen: ({ host, port }) => ({ host, port }) });
}
