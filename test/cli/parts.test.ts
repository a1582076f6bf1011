import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHistory } from '../../src/history/reader.ts';
import { assetPath } from '../../src/kernel/assets.ts';
import { commandLineScript } from '../program.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { createWorkplace, type Workplace } from './cli.ts';

const run = promisify(execFile);
const BUYERS = 120;

let place: Workplace;
let server: TestServer;
beforeAll(async () => {
  place = await createWorkplace();
  server = await startTestServer({
    env: { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'not-a-secret' },
  });
  await writeFile(join(place.folder, 'flashsale-cli'), commandLineScript(), { mode: 0o755 });
});
afterAll(async () => {
  await server.stop();
  await place.remove();
});

/** One step of the pods of deploy/k8s/overlays/parts. Answers with its exit code and what it printed. */
async function step(name: string, env: Record<string, string>) {
  const answer = run('sh', [assetPath('deploy/parts.sh'), name], {
    cwd: place.folder,
    env: {
      ...{ PATH: `${place.folder}:${process.env.PATH}`, HOME: place.folder },
      ...{ TMPDIR: place.temporary, EVIDENCE: place.folder, RUN: 'first' },
      ...{ SCENARIO: 'rush', PARTS: '2', START_IN: '', ...env },
    },
  });
  return answer.then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
  );
}

it('C.4 a sale that two processes fire has one verdict, and each buyer comes once', {
  timeout: 240_000,
}, async () => {
  const [sale, first, second] = await Promise.all([
    step('sale', {
      ...{ FLASHSALE_TARGET: server.url, ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'not-a-secret' },
      ...{ FLASHSALE_BUYERS: String(BUYERS), FLASHSALE_STOCK: '10' },
    }),
    step('part', { JOB_COMPLETION_INDEX: '0' }),
    step('part', { JOB_COMPLETION_INDEX: '1' }),
  ]);
  for (const part of [first, second]) {
    expect(part.text).toMatch(/No verdict yet: flashsale-cli verify with the 2 histories/);
  }
  // A busy machine may make the verdict inconclusive; nothing else may.
  expect(sale.text).toMatch(/VALID|INCONCLUSIVE/);
  expect([0, 12]).toContain(sale.code);
  expect(sale.text).not.toMatch(/✗/);

  const folder = join(place.folder, 'first');
  const paths = [1, 2].map((number) => join(folder, `part-${number}.ndjson`));
  const histories = await Promise.all(paths.map((path) => readHistory(path)));
  const buyers = histories.map(({ operations }) => new Set(operations.map(({ buyer }) => buyer)));
  expect(buyers.map(({ size }) => size)).toEqual([BUYERS / 2, BUYERS / 2]);
  expect(new Set(buyers.flatMap((each) => [...each])).size).toBe(BUYERS);
  expect(histories.map(({ sale: { part } }) => part?.number)).toEqual([1, 2]);

  const prepared = join(folder, 'sale.json');
  expect((await stat(prepared)).mode & 0o777).toBe(0o600);
  expect(await readFile(prepared, 'utf8')).not.toContain(server.adminToken);
  expect(await readdir(folder)).toContain('verdict.xml');

  const again = await step('part', { JOB_COMPLETION_INDEX: '1' });
  expect(again).toEqual({ code: 2, text: expect.stringContaining('is on the volume already') });
});

it('puts nothing on sale for a moment that is over, and claims no part for servers that have no such sale', {
  timeout: 240_000,
}, async () => {
  const prepare = (file: string, ...flags: string[]) =>
    place.run([
      ...['prepare', 'rush', file, '--target', server.url, '--admin-token', server.adminToken],
      ...['--buyers', '4', '--stock', '1', ...flags],
    ]);
  const late = await prepare('late.json', '--start-in', '1ms');
  expect([late.code, late.stderr]).toEqual([3, expect.stringContaining('more time: --start-in')]);

  expect((await prepare('prepared.json')).code).toBe(0);
  const part = ['run', 'rush', '--sale', 'prepared.json', '--part', '1/2', '--history', 'p.ndjson'];
  const elsewhere = await place.run([...part, '--target', 'http://127.0.0.1:1']);
  expect([elsewhere.code, elsewhere.stderr]).toEqual([
    3,
    expect.stringContaining('http://127.0.0.1:1 is not ready'),
  ]);
  expect((await readdir(place.folder)).filter((name) => /^(late|prepared)/.test(name))).toEqual([
    'prepared.json',
  ]);
});
