import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFreePort } from '../../src/stack/processes/free-port.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let workplace: Workplace;
let port: number;
beforeAll(async () => {
  workplace = await createWorkplace();
  port = await findFreePort();
});
afterAll(async () => {
  await workplace.remove();
});

/** A shop whose every answer takes so long. */
const shop = (delayMs: number): string => `
  import { createServer } from 'node:http';
  createServer((_, answer) => setTimeout(() => answer.end('ok'), ${delayMs})).listen(${port}, '127.0.0.1');
`;

const SCRIPT = `
  import http from 'k6/http';
  export const options = { vus: 3, iterations: 3 };
  export default () => { http.get(__ENV.URL); };
`;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', ...args], {
    cwd: workplace.folder,
  });

async function commit(name: string, text: string): Promise<void> {
  await writeFile(join(workplace.folder, 'shop.mjs'), text);
  git('add', 'shop.mjs');
  git('commit', '-qm', name);
  git('tag', name);
}

it('C.6 compares two revisions of a shop in turn, and finds the slower one', async () => {
  git('init', '-q');
  await commit('fast', shop(2));
  // So much slower that five pairs tell it on the busiest machine.
  await commit('slow', shop(1_000));
  await writeFile(join(workplace.folder, 'load.js'), SCRIPT);
  await writeFile(
    join(workplace.folder, 'shop.target.yaml'),
    `url: http://127.0.0.1:${port}\noperations:\n  buy:\n    request: POST /buy\nbuyers:\n  file: none.csv\n`,
  );
  const { code, stdout, stderr } = await workplace.run([
    ...['compare', 'load.js', 'fast..slow', '--start', 'node shop.mjs'],
    ...['--server', 'shop.target.yaml', '--pairs', '5', '--runs', '1', '--by', 'med'],
    ...['--report', 'both.html', '--json'],
    ...['--', '-e', `URL=http://127.0.0.1:${port}`],
  ]);
  expect(stderr).toContain('pair 5 of 5: median latency (ms): fast ');
  const { sides, comparisons } = JSON.parse(stdout);
  expect(sides.map((side: { name: string }) => side.name)).toEqual(['fast', 'slow']);
  expect(comparisons[0]).toMatchObject({ side: 'slow', figure: 'med', decision: 'slower' });
  expect(code).toBe(11);
  expect(await readFile(join(workplace.folder, 'both.html'), 'utf8')).toContain(
    'slow is slower than fast',
  );
  // Nothing of the revisions is left: no copy, no server.
  expect(git('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
  const left = readdirSync(workplace.temporary).filter((name) => name.startsWith('flashsale-'));
  expect(left).toEqual([]);
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
}, 300_000);

it.each([
  [['--strategy', 'batched'], 'Write at least two, with a comma between.'],
  [[], 'no sides are named'],
  [['--strategy', 'batched,pessimistic', '--target', 'http://a,http://b'], 'two ways'],
  [['--revisions', 'main..HEAD'], '--start is not given'],
  [['main..HEAD'], '--start is not given'],
  [['main..HEAD', '--revisions', 'main..HEAD'], 'two ways'],
  [['--strategy', 'batched,pessimistic', '--pairs', '2'], 'Fewer than 5 pairs'],
  [['--strategy', 'batched,quick', '--pairs', '5'], '"quick" is none of'],
  [['--strategy', 'batched,naive'], 'strategy naive is refused'],
  [['--target', 'http://a,b'], '"b" is not a URL'],
])('C.6 says what is missing: compare %j', async (flags, why) => {
  // A run would tell that there is no such scenario.
  const { code, stderr } = await workplace.run(['compare', 'none.ts', ...flags]);
  expect(stderr).toContain(why);
  expect(code).toBe(2);
});

it('C.6 takes a range of revisions before the scenario as well, and a file of such a name for the scenario', async () => {
  const first = await workplace.run(['compare', 'main..HEAD', 'none.ts']);
  expect(first.stderr).toContain('--start is not given');
  const alone = await workplace.run(['compare', 'main..HEAD', '--', '--buyers', '5']);
  expect(alone.stderr).toContain('no scenario is named beside main..HEAD');
  await writeFile(join(workplace.folder, 'a..b.js'), SCRIPT);
  const file = await workplace.run(['compare', 'a..b.js']);
  expect(file.stderr).toContain('no sides are named');
  expect([first.code, alone.code, file.code]).toEqual([2, 2, 2]);
});

it('C.5 repeats a run with other seeds, and keeps the files of each', async () => {
  const seeds = `export const options = { iterations: 1 };\nexport default () => { console.log('seed ' + __ENV.FLASHSALE_SEED); };`;
  await writeFile(join(workplace.folder, 'seeds.js'), seeds);
  const { code, stdout } = await workplace.run([
    ...['run', 'seeds.js', '--repeat=2', '--seed', '7', '--summary-export', 'end.json'],
    ...['--out', 'json=all.json', '--out=csv=all.csv', '--json'],
  ]);
  const { runs } = JSON.parse(stdout);
  expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([7, 8]);
  expect(code).toBe(0);
  expect(
    ['end-1.json', 'end-2.json', 'all-2.json', 'all-2.csv'].map((name) =>
      existsSync(join(workplace.folder, name)),
    ),
  ).toEqual([true, true, true, true]);
});

/** A load that cannot begin with one seed. */
const seldom = (seed: number): string => `
  if (__ENV.FLASHSALE_SEED === '${seed}') throw new Error('no load with this seed');
  export const options = { iterations: 1 };
  export default () => {};
`;

it('C.6 keeps what was measured before a run that comes to no result, and names that run', async () => {
  const sells = 'export const sale = { stock: 1, buyers: 1 };';
  await writeFile(join(workplace.folder, 'seldom.js'), `${seldom(2)}${sells}`);
  const { code, stdout } = await workplace.run([
    ...['compare', 'seldom.js', '--strategy', 'batched,pessimistic', '--pairs', '5'],
    ...['--runs', '1', '--json'],
  ]);
  const { sides, failed } = JSON.parse(stdout);
  const results = sides.map((side: { results: object }) => side.results);
  expect(results).toEqual([{ inconclusive: 1 }, { inconclusive: 1 }]);
  expect(failed).toMatchObject({ side: 'pessimistic', pair: 2 });
  expect(failed.why).toContain('no load with this seed');
  expect(code).toBe(failed.exitCode);
}, 60_000);

it('C.5 keeps what repeated runs have shown before one that comes to no result', async () => {
  await writeFile(join(workplace.folder, 'seldom.js'), seldom(3));
  const { code, stdout } = await workplace.run([
    ...['run', 'seldom.js', '--repeat', '3', '--seed', '2', '--json'],
  ]);
  const { runs, failed } = JSON.parse(stdout);
  expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([2]);
  expect(failed).toMatchObject({ seed: 3 });
  expect(code).toBe(failed.exitCode);
}, 60_000);
