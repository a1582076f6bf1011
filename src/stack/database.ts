import pg from 'pg';
import { rootMessage, UserError } from '../kernel/errors.ts';

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

async function asAdmin(
  adminUrl: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await work(client);
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
