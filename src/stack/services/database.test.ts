import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { until } from '../../../test/until.ts';
import { findFreePort } from '../processes/free-port.ts';
import {
  createDatabase,
  dropDatabase,
  dropDeadDatabases,
  ownDatabase,
  probeDatabase,
} from './database.ts';

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

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'databases-'));
});
afterAll(() => rm(place, { recursive: true }));

async function makeFolder(name: string): Promise<string> {
  const folder = join(place, name);
  await mkdir(folder);
  return folder;
}

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

it('an own database is dropped with its run, where it has one', async () => {
  const folder = await makeFolder('flashsale-ended1');
  const own = [ownDatabase(adminUrl, { dropBy: folder }), ownDatabase(adminUrl)];
  const names: string[] = [];
  for (const database of own) names.push(nameIn(await database.start()));
  expect(await databaseNames()).toEqual(expect.arrayContaining(names));
  for (const database of own) await database.stop();
  const left = await databaseNames();
  expect(names.map((name) => left.includes(name))).toEqual([false, true]);
  await dropDatabase(adminUrl, names[1] as string);
});

/** A database whose run was killed, or lives; `change` is made in what its folder says. */
async function leave(folderName: string, change: (owner: Note) => Note): Promise<string> {
  const folder = await makeFolder(folderName);
  const url = await ownDatabase(adminUrl, { dropBy: folder }).start();
  const file = join(folder, 'owner.json');
  const note = JSON.parse(await readFile(file, 'utf8')) as Note;
  await writeFile(file, JSON.stringify(change(note)));
  return url;
}
type Note = { birth: string; database: { server: string; name: string } };
const killed = (note: Note): Note => ({ ...note, birth: 'before' });

it('drops the databases of killed runs on this server, unless somebody uses them', async () => {
  const foreign = await createDatabase(adminUrl, 'shop_of_somebody');
  const urls = {
    dead: await leave('flashsale-dead01', killed),
    lives: await leave('flashsale-lives1', (note) => note),
    used: await leave('flashsale-used01', killed),
    elsewhere: await leave('flashsale-other1', (note) => ({
      ...killed(note),
      database: { ...note.database, server: 'db.example:5432' },
    })),
  };
  await leave('flashsale-wrong1', (note) => ({
    ...killed(note),
    database: { ...note.database, name: nameIn(foreign) },
  })).then((url) => dropDatabase(adminUrl, nameIn(url)));
  const user = new pg.Client({ connectionString: urls.used });
  await user.connect();
  await dropDeadDatabases(adminUrl, place);
  await user.end();
  const left = await databaseNames();
  expect([...Object.values(urls), foreign].map((url) => left.includes(nameIn(url)))).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(await readdir(place)).not.toContain('flashsale-dead01');
  expect(await readdir(place)).toContain('flashsale-used01');
  await until(async () => {
    await dropDeadDatabases(adminUrl, place);
    return !(await databaseNames()).includes(nameIn(urls.used));
  });
  for (const url of [urls.lives, urls.elsewhere, foreign])
    await dropDatabase(adminUrl, nameIn(url));
});

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
