import pg from 'pg';
import { rootMessage, UserError } from '../../kernel/errors.ts';

/**
 * Makes an empty database on the server behind `adminUrl` and answers with its URL.
 *
 * @throws UserError (environment) when the server does not answer or does not allow it
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await asAdmin(adminUrl, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database of `createDatabase`, whoever may still be connected to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

/**
 * Name and version of the server behind a URL.
 *
 * @throws UserError (environment) when it does not answer
 */
export const probeDatabase = (adminUrl: string): Promise<string> =>
  asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return `PostgreSQL ${rows[0]?.server_version}`;
  });

async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
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
