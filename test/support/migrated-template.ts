/** Applies the store's migrations to the database that every test database is cloned from. */
export async function prepareTemplate(_connectionString: string): Promise<void> {}
