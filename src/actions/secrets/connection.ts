import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonSecret } from '../../adapters/aws/secrets-manager.ts';
import { Permanent } from '../../domain/errors.ts';
import type { Connection } from '../database-connection.ts';

/** RDS writes the port as a number, people often as text. */
const Stored = z.object({ host: z.string().min(1), port: z.union([z.int(), z.string().min(1)]) });

/** Host and port of a secret. Throws Permanent when it has none: then it is no secret with a database connection. */
export function connectionOf({ values }: JsonSecret, subject: string): Connection {
  const stored = Stored.safeParse(values);
  if (stored.success) return { host: stored.data.host, port: String(stored.data.port) };
  throw new Permanent(
    'secrets.no-connection',
    `The secret ${subject} has no key host with a name, or no key port with a number. Name another one in system.yaml (database.secret), or set them by hand.`,
  );
}

/** The values with another host and port, each other key as it is; the port stays a number or text, as it was. */
export function pointedAt({ values }: JsonSecret, { host, port }: Connection): Record<string, unknown> {
  return { ...values, host, port: typeof values.port === 'number' ? Number(port) : port };
}

/** The id of the one version that this operation may write: a late or repeated call means the same one. */
export function tokenOf(operationId: string, { host, port }: Connection): string {
  return createHash('sha256').update(`${operationId} ${host}:${port}`).digest('hex');
}
