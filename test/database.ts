import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createDatabase, dropDatabase } from '../src/stack/services/database.ts';

/** An empty database on the test run's PostgreSQL. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  return {
    url: await createDatabase(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}
