import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inject } from 'vitest';
import { migrate } from '../server/platform/migrate.ts';
import { createPool } from '../server/platform/postgres.ts';
import { createDatabase, dropDatabase } from '../src/stack/services/database.ts';

/** Creates an empty database on the PostgreSQL of the test run. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  return {
    url: await createDatabase(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}

export interface TestDatabase {
  url: string;
  pool: Pool;
  /** Closes the pool and drops the database. */
  close(): Promise<void>;
}

/** Creates a database with the tables of the server, and a pool of at most `connectionsMax` connections to it. */
export async function openTestDatabase(connectionsMax: number): Promise<TestDatabase> {
  const { url, drop } = await createTestDatabase();
  await migrate(url);
  const pool = createPool({ connectionString: url, max: connectionsMax });
  return {
    url,
    pool,
    async close() {
      await pool.end();
      await drop();
    },
  };
}
