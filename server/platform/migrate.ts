import { readdir, readFile } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { assetPath } from '../../src/kernel/assets.ts';
import { isContention } from './postgres.ts';

/** An arbitrary number that is the same for all that migrate this database. */
const MIGRATION_LOCK = 7_313_001;

const TRIES_MAX = 10;
/** A migration that waits for a table keeps everybody from it who comes later, so it gives up and lets them pass. */
const LOCK_TIMEOUT_MS = 5_000;

/** The folders of the database functions, one function in each file. */
const FUNCTION_FOLDERS = [
  ['server', 'analytics', 'sql'],
  ['server', 'http', 'guards', 'sql'],
  ['server', 'events', 'sql'],
  ['server', 'stock', 'sql'],
  ['server', 'selling', 'payments', 'sql'],
  ['server', 'selling', 'flash-sales', 'sql'],
];

/**
 * Brings the database to the newest version of `server/migrations`, and its functions to those of this version's `sql`
 * folders. Several instances may start at once: an advisory lock lets one of them migrate while the others wait.
 *
 * Tables change by migrations that run once. Functions are code: every start replaces them by those of this version.
 * Instances of the version before may still be calling them, so a function that needs other parameters or answers
 * otherwise gets another name.
 *
 * @param options `onBlocked` hears of each migration that was rolled back because of others and is tried again
 * @throws when the database cannot be reached, or a migration fails (it is rolled back, and the ones before it stay), also because
 *   others keep a table locked for `lockTimeoutMs`, ten times in a row
 */
export async function migrate(
  connectionString: string,
  {
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    onBlocked = () => {},
  }: { lockTimeoutMs?: number; onBlocked?: (error: unknown) => void } = {},
): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // A connection that breaks fails the query under way. Without a listener its error would end the process as well.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await changeTables(client, onBlocked);
    for (const folder of FUNCTION_FOLDERS) await replaceFunctions(client, assetPath(...folder));
  } finally {
    // The end of the connection releases the lock.
    await client.end();
  }
}

/** Tries again where others, such as a server of the version before that goes on selling, had locked the same tables. */
async function changeTables(client: pg.Client, onBlocked: (error: unknown) => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await runner({
        dbClient: client,
        noLock: true,
        dir: assetPath('server', 'migrations'),
        migrationsTable: 'migrations',
        direction: 'up',
        count: Number.POSITIVE_INFINITY,
        // Numbers are taken when work begins, so a version may have a later one and lack one that was finished after it.
        checkOrder: false,
        log: () => {},
      });
      return;
    } catch (error) {
      if (tries === TRIES_MAX || !isContention(error)) throw error;
      await client.query('ROLLBACK');
      onBlocked(error);
    }
  }
}

async function replaceFunctions(client: pg.Client, folder: string): Promise<void> {
  for (const file of (await readdir(folder)).toSorted()) {
    await client.query(await readFile(`${folder}/${file}`, 'utf8'));
  }
}
