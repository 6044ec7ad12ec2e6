import { z } from 'zod';
import { Promoting } from './database.ts';

/** Where a database listens. */
export const endpointShape = { endpoint: z.string().min(1), port: z.int().min(1).max(65_535) };

/** Where the new primary listens, and which instance was promoted. */
export const NewPrimary = z.strictObject({ ...endpointShape, promoting: Promoting.optional() });

export const NEW_PRIMARY_EXAMPLE = {
  title: 'The promoted replica',
  with: { endpoint: 'chatbot-prod-replica-west.c1a2b3.us-west-2.rds.amazonaws.com', port: 5432 },
};
