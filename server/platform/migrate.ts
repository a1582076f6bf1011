import { runner } from 'node-pg-migrate';
import { assetPath } from '../../src/kernel/assets.ts';

/**
 * Brings the database to the newest version of `server/migrations`. Several instances may start at once: an advisory
 * lock lets one of them migrate while the others wait.
 *
 * @throws when the database cannot be reached, or a migration fails (it is rolled back, and the ones before it stay)
 */
export async function migrate(connectionString: string): Promise<void> {
  await runner({
    databaseUrl: connectionString,
    dir: assetPath('server', 'migrations'),
    migrationsTable: 'migrations',
    direction: 'up',
    count: Number.POSITIVE_INFINITY,
    advisoryLockMode: 'wait',
    log: () => {},
  });
}
