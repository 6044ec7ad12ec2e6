import type { Config } from '../config.ts';
import { InvalidInput } from '../domain/errors.ts';
import { createLogger } from '../log.ts';
import { migrate } from '../store/migrate.ts';

/** Brings the database up to this release; the embedded one is always brought up when it is opened. */
export async function migrateDatabase({ databaseUrl }: Config, write: (text: string) => void): Promise<void> {
  if (!databaseUrl) {
    throw new InvalidInput(
      'migrate.database',
      'DATABASE_URL is not set; the embedded database needs no migration by hand.',
    );
  }
  await migrate(databaseUrl, createLogger('error'));
  write('The database is up to date.\n');
}
