import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { findFreePort } from '../processes/free-port.ts';
import { createDatabase, dropDatabase, ownDatabase, probeDatabase } from './database.ts';

const adminUrl = inject('postgresUrl');

async function databaseNames(): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
  await client.end();
  return rows.map(({ datname }) => datname);
}

it('creates a database and drops it, even with a client connected to it', async () => {
  const url = await createDatabase(adminUrl, 'made_and_dropped');
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  expect(await databaseNames()).toContain('made_and_dropped');
  await dropDatabase(adminUrl, 'made_and_dropped');
  expect(await databaseNames()).not.toContain('made_and_dropped');
});

it.each([true, false])(
  'an own database with drop %s is made, and dropped only so',
  async (drop) => {
    const database = ownDatabase(adminUrl, { drop });
    const name = new URL(await database.start()).pathname.slice(1);
    expect(await databaseNames()).toContain(name);
    await database.stop();
    expect((await databaseNames()).includes(name)).toBe(!drop);
    await dropDatabase(adminUrl, name);
  },
);

it('answers with name and version of a server', async () => {
  expect(await probeDatabase(adminUrl)).toMatch(/^PostgreSQL \d+/);
});

it('says what to do when nothing answers, without repeating the password', async () => {
  const port = await findFreePort();
  const url = `postgres://someone:secret-word@127.0.0.1:${port}/postgres`;
  const error = await createDatabase(url, 'never').catch((error) => error);
  expect(error).toMatchObject({
    message: `PostgreSQL at 127.0.0.1:${port} cannot be used`,
    why: expect.stringContaining('ECONNREFUSED'),
    next: expect.stringContaining('DATABASE_URL'),
    exitCode: 3,
  });
  expect(`${error.message}${error.why}${error.next}`).not.toContain('secret-word');
});

it('says what to do when the password is wrong', async () => {
  const url = new URL(adminUrl);
  url.password = 'not-the-password';
  await expect(createDatabase(url.href, 'never')).rejects.toMatchObject({
    why: expect.stringContaining('password authentication failed'),
    exitCode: 3,
  });
});
