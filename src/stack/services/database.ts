import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../resource.ts';
import { findDeadDatabases, noteDatabase, removeRunFolder } from '../run-folder.ts';

/**
 * A new database with a random name on the server behind `adminUrl`; starting answers with the database's URL.
 *
 * @param dropBy the run folder with whose run the database ends: its name is noted there, for the case that the run is killed;
 *   absent: the database stays
 */
export function ownDatabase(
  adminUrl: string,
  { dropBy }: { dropBy?: string } = {},
): Resource<string> {
  const name = `flashsale_${randomBytes(6).toString('hex')}`;
  let isMade = false;
  return {
    name: `database ${name}`,
    async start() {
      if (dropBy !== undefined) await noteDatabase(dropBy, { server: serverOf(adminUrl), name });
      const url = await createDatabase(adminUrl, name);
      isMade = true;
      return url;
    },
    async stop() {
      if (isMade && dropBy !== undefined) await dropDatabase(adminUrl, name);
    },
  };
}

/** A name of `ownDatabase`. No other database is dropped because a file says so. */
const OWN_NAME = /^flashsale_[0-9a-f]{12}$/;

/**
 * Drops the databases that killed runs left on the server behind `adminUrl`, by the run folders in `parent`. One to which somebody
 * is connected is in use, whatever its owner says, and stays; so does one that belongs to another user. A later run tries again.
 */
export async function dropDeadDatabases(adminUrl: string, parent: string): Promise<void> {
  for (const { folder, database } of await findDeadDatabases(parent)) {
    const { server, name } = database;
    if (server !== serverOf(adminUrl) || !OWN_NAME.test(name)) continue;
    const isGone = await asAdmin(adminUrl, (client) => dropUnused(client, name)).catch(() => false);
    if (isGone) await removeRunFolder(folder);
  }
}

/** PostgreSQL would wait five seconds for those who are connected, so they are looked for first. */
async function dropUnused(client: pg.Client, name: string): Promise<boolean> {
  const users = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
  if (users.rowCount !== 0) return false;
  await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)}`);
  return true;
}

function serverOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 5432}`;
}

/**
 * Creates an empty database on the server behind `adminUrl` and answers with its URL.
 *
 * @throws UserError (environment) when the server does not answer or does not allow it
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await asAdmin(adminUrl, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`),
  );
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database of `createDatabase`, even with clients connected to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

/** Gives the user of a URL another password. */
export async function setPassword(adminUrl: string, password: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`ALTER ROLE CURRENT_USER PASSWORD ${client.escapeLiteral(password)}`),
  );
}

/**
 * Asks the server behind a URL for its name and version.
 *
 * @throws UserError (environment) when it does not answer
 */
export const probeDatabase = (adminUrl: string): Promise<string> =>
  asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return `PostgreSQL ${rows[0]?.server_version}`;
  });

async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  // Loaded here, so that PostgreSQL starts in the meantime.
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw UserError.environment(`PostgreSQL at ${serverOf(adminUrl)} cannot be used`, {
      why: rootMessage(cause),
      next: 'check DATABASE_URL and that its user may create databases (ALTER ROLE … CREATEDB), or unset it to start one here',
      cause,
    });
  } finally {
    await client.end().catch(() => {});
  }
}
