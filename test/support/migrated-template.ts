import { migrate } from '../../src/store/migrate.ts';

/** Applies the store's migrations to the database that every test database is cloned from. */
export async function prepareTemplate(connectionString: string): Promise<void> {
  await migrate(connectionString);
}
