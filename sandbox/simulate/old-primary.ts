import type { System } from '../../src/domain/system.ts';
import type { Databases } from '../postgres/databases.ts';
import { databaseInstances } from '../world/database-address.ts';
import type { WorldState } from '../world/state.ts';

/** What of an instance lets the product write to it. */
interface Opening {
  in_recovery: boolean;
  signs_in: boolean;
  sessions: number;
}

/** The databases of a region that has come back with them, other than the one that users have now. Pure. */
export function returnedInstances({ faults, rds }: Pick<WorldState, 'faults' | 'rds'>, serving: string): string[] {
  const regions = faults.flatMap(({ name, target }) => (name === 'old-primary-returns' ? [target] : []));
  return databaseInstances({ rds })
    .filter(({ region, identifier }) => regions.includes(region) && identifier !== serving)
    .map(({ identifier }) => identifier);
}

/**
 * How the product can still write to one that has returned: a clause with its full stop, or undefined when it cannot.
 * Asked past its gate, so that nobody's word is taken for it.
 */
export async function openingOf(
  databases: Pick<Databases, 'query'>,
  { database: { applicationUsers } }: Pick<System, 'database'>,
  instance: string,
): Promise<string | undefined> {
  const sql = `SELECT pg_is_in_recovery() AS in_recovery, coalesce(bool_or(rolcanlogin), false) AS signs_in,
                      (SELECT count(*)::int FROM pg_stat_activity WHERE usename = ANY($1)) AS sessions
                 FROM pg_roles WHERE rolname = ANY($1)`;
  const row = await databases.query<Opening>(instance, sql, [applicationUsers]).then(
    ([first]) => first,
    () => undefined,
  );
  if (!row) return `${instance}, the old primary that has returned, does not say whether it takes writes.`;
  if (row.in_recovery) return undefined;
  if (row.signs_in)
    return `${instance}, the old primary that has returned, lets the product sign in: there are two primaries.`;
  if (row.sessions > 0)
    return `${instance}, the old primary that has returned, has ${row.sessions} sessions of the product: there are two primaries.`;
  return undefined;
}
