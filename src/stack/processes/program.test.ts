import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../test/until.ts';
import type { Resource } from '../resource.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { isRunning } from './is-running.ts';
import { createProgram, type Program, type ProgramOptions, type RunToEnd } from './program.ts';

/** A program that listens on a port and counts its starts in its data folder. */
const SERVER = `
  const { appendFileSync } = require('node:fs');
  const port = Number(process.argv[1]);
  require('node:net').createServer().listen(port, '127.0.0.1', () => {
    appendFileSync('starts', 'x');
    console.log('ready to be used');
  }).on('error', (error) => { console.error(error.code); process.exit(1); });
`;

let folder: string;
let program: Resource<Program>;
beforeEach(async () => {
  folder = await makeRunFolder();
});
afterEach(async () => {
  await program.stop();
  await removeRunFolder(folder);
});

function create(options: Partial<ProgramOptions> = {}): Resource<Program> {
  program = createProgram({
    ...{ name: 'Shop', folder, folderName: 'shop', keepData: false },
    prepare: async () => {},
    serve: (port) => ({ file: process.execPath, args: ['-e', SERVER, String(port)] }),
    readyWhen: 'ready to be used',
    portTakenWhen: 'EADDRINUSE',
    stopSignal: 'SIGTERM',
    isComplaint: (line) => line.startsWith('error'),
    next: 'install a shop',
    ...options,
  });
  return program;
}

const node = (script: string) => ({ file: process.execPath, args: ['-e', script] });

it('prepares, serves on a port and logs, and removes its data when it stops', async () => {
  const prepare = (run: RunToEnd) => run(node(`require('node:fs').writeFileSync('prepared', '')`));
  const running = await create({ prepare }).start();
  const pid = running.pid() as number;
  expect(isRunning(pid)).toBe(true);
  expect(existsSync(join(folder, 'shop/prepared'))).toBe(true);
  // The keeper writes the log beside the report that the program is ready, so either may come first.
  const log = join(folder, 'shop.log');
  await until(async () =>
    (await readFile(log, 'utf8').catch(() => '')).includes('ready to be used'),
  );

  await program.stop();
  expect(isRunning(pid)).toBe(false);
  expect(existsSync(join(folder, 'shop'))).toBe(false);
});

it('keeps its port and its data through a kill and a restart', async () => {
  const running = await create().start();
  await running.kill();
  expect(running.pid()).toBeUndefined();
  await running.restart();
  expect(running.pid()).toBeDefined();
  expect(await readFile(join(folder, 'shop/starts'), 'utf8')).toBe('xx');
});

it('leaves its data behind with keepData', async () => {
  await create({ keepData: true }).start();
  await program.stop();
  expect(existsSync(join(folder, 'shop/starts'))).toBe(true);
});

it('reports that it ended by itself, but not that it was killed here', async () => {
  const deaths: string[] = [];
  const running = await create({ onDeath: (why) => deaths.push(why) }).start();
  await running.restart();
  expect(deaths).toEqual([]);
  process.kill(running.pid() as number, 'SIGTERM');
  await until(() => deaths.length > 0);
  expect(deaths).toEqual(['it ended with SIGTERM']);
});

it('tries another port if the first one was taken meanwhile', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port: taken } = squatter.address() as { port: number };
  const tried: number[] = [];
  const running = await create({
    serve(port) {
      tried.push(tried.length === 0 ? taken : port);
      return { file: process.execPath, args: ['-e', SERVER, String(tried.at(-1))] };
    },
  }).start();
  expect(tried).toEqual([taken, running.port]);
  squatter.close();
});

it('fails with the complaints of a program that ends before it is ready', async () => {
  const serve = () => node(`console.log('hello\\nerror: no shop'); process.exitCode = 2;`);
  await expect(create({ serve }).start()).rejects.toMatchObject({
    message: 'Shop did not start',
    why: 'it ended with code 2; error: no shop',
    next: 'install a shop',
    exitCode: 3,
  });
});

it('fails if its preparation does', async () => {
  const prepare = (run: RunToEnd) => run(node('process.exitCode = 1'));
  await expect(create({ prepare }).start()).rejects.toMatchObject({ why: 'it ended with code 1' });
});

it('fails if the program does not exist', async () => {
  const serve = () => ({ file: '/nowhere/shop', args: [] });
  await expect(create({ serve }).start()).rejects.toMatchObject({
    why: expect.stringContaining('ENOENT'),
  });
});

it('fails if its folder cannot be created', async () => {
  await writeFile(join(folder, 'shop'), '');
  await expect(create().start()).rejects.toMatchObject({ why: expect.stringContaining('EEXIST') });
});
