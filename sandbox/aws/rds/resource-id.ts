import { createHash } from 'node:crypto';
import type { RdsInstance } from './state.ts';

/** The id of an instance that no renaming changes: `DbiResourceId`. */
export function resourceIdOf({ region, identifier, resourceId }: RdsInstance): string {
  return resourceId ?? newResourceId(region, identifier, 0);
}

/** The id of an instance that is created at `now` (world time); 0: it was there from the beginning. */
export function newResourceId(region: string, identifier: string, now: number): string {
  const name = now === 0 ? `${region}/${identifier}` : `${region}/${identifier}/${now}`;
  return `db-${createHash('sha256').update(name).digest('hex').slice(0, 26).toUpperCase()}`;
}
