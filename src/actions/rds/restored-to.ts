import type { DatabaseSettings } from '../../adapters/aws/rds-instances.ts';
import { Permanent } from '../../domain/errors.ts';

/** Key of the tag with which a restored instance is made: what RDS shows of it tells the point otherwise nowhere. */
const TAG = 'lifeboat:restored-to';

/** Tags of an instance that is restored to this point, epoch milliseconds. */
export function restoredTo(at: number): Record<string, string> {
  return { [TAG]: new Date(at).toISOString() };
}

/** The point that an instance was restored to, a time in UTC (ISO 8601). Throws Permanent where none of ours was. */
export function readRestoredTo({ instance, tags }: DatabaseSettings): string {
  const at = tags[TAG];
  if (at !== undefined) return at;
  throw new Permanent(
    'rds.name-taken',
    `${instance} exists and was not restored by Lifeboat (it has no tag ${TAG}). Rename it, or restore under another name.`,
  );
}
