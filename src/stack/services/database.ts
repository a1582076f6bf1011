import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../resource.ts';

/** A new database with a random name on the server behind `adminUrl`; starting answers with the database's URL. */
export function ownDatabase(adminUrl: string, { drop }: { drop: boolean }): Resource<string> {
  const name = `flashsale_${randomBytes(6).toString('hex')}`;
  let isMade = false;
  return {
    name: `database ${name}`,
    async start() {
      const url = await createDatabase(adminUrl, name);
      isMade = true;
      return url;
    },
    async stop() {
      if (isMade && drop) await dropDatabase(adminUrl, name);
    },
  };
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
    const { hostname, port } = new URL(adminUrl);
    throw UserError.environment(`PostgreSQL at ${hostname}:${port || 5432} cannot be used`, {
      why: rootMessage(cause),
      next: 'check DATABASE_URL and that its user may create databases (ALTER ROLE … CREATEDB), or unset it to start one here',
      cause,
    });
  } finally {
    await client.end().catch(() => {});
  }
}
