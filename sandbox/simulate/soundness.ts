import type { Databases } from '../postgres/databases.ts';

/** Each finds something where the data is damaged; the world's damages are of these kinds. */
const CHECKS = [
  {
    sql: 'SELECT count(*)::int AS found FROM chat_sessions WHERE NOT EXISTS (SELECT FROM users WHERE users.id = user_id)',
    says: (found: number) => `${found} sessions in the database that users have belong to nobody.`,
  },
  // Every page of the table is read, and every row is looked for in the index.
  {
    sql: "SET LOCAL enable_indexscan = off; SELECT count(*)::int * 0 AS found FROM users; SELECT bt_index_check('users_email_key', true)",
    says: () => 'the users of the database that users have cannot be read.',
  },
];

/**
 * What is still damaged in an instance, in a clause with its full stop; undefined when everything that the world damages is
 * sound. Asked of the server itself, past everything that the bot sees.
 */
export async function damageIn(databases: Pick<Databases, 'query'>, instance: string): Promise<string | undefined> {
  for (const { sql, says } of CHECKS) {
    const found = await databases.query<{ found?: number }>(instance, sql).then(
      (rows) => rows?.[0]?.found ?? 0,
      (error: unknown) => (isDamage(error) ? 1 : Promise.reject(error)),
    );
    if (found > 0) return says(found);
  }
  return undefined;
}

/** SQLSTATE class XX: data or an index is corrupted. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('XX');
}
