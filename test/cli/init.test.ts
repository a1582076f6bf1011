import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { assetPath } from '../../src/kernel/assets.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
import { canTestWith, pathOf } from '../services.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

describe('init ci', () => {
  /** Writes a workflow, and answers with what is in it. */
  async function workflow(file: string, ...flags: string[]): Promise<string> {
    const { stdout, code } = await place.run(['init', 'ci', ...flags]);
    expect([stdout, code]).toEqual([`${file}\n`, 0]);
    const text = await readFile(join(place.folder, file), 'utf8');
    expect(parseDocument(text).errors).toEqual([]);
    expect(text).not.toMatch(/\{(install|start|run)\}/);
    return text;
  }

  it('C.9 writes a workflow for GitHub that runs a bundled scenario', async () => {
    const text = await workflow('.github/workflows/flash-sale.yml', '--github');
    expect(text).toMatch(/ npx --yes flashsale-cli@\d+\.\d+\.\d+ run rush \\\n/);
    expect(text).not.toMatch(/Start the shop|npm (ci|start)|cache/);
  });

  it('C.9 writes a pipeline for GitLab that starts the shop of a target file', async () => {
    const project = { scripts: { start: 'x' }, devDependencies: { 'flashsale-cli': '0.1.0' } };
    await writeFile(join(place.folder, 'package.json'), JSON.stringify(project));
    await writeFile(join(place.folder, 'package-lock.json'), '{}');
    const flags = ['--gitlab', '--scenario', 'my sale.ts', '--target', 'shop.target.yaml'];
    const text = await workflow('.gitlab-ci.yml', ...flags);
    const script = parse(text)['flash-sale'].script as string[];
    expect(script).toEqual([
      "npx flashsale-cli run 'my sale.ts' --target shop.target.yaml --junit flash-sale/junit.xml --markdown flash-sale/summary.md --report flash-sale/report.html --history flash-sale/history.ndjson",
    ]);
    expect(parse(text)['flash-sale'].before_script.slice(0, 2)).toEqual([
      'npm ci',
      'npm start &\n',
    ]);
    await rm(join(place.folder, 'package-lock.json'));
  });

  it('C.9 writes for a shop without npm, and says what is to be filled in where nobody told how it starts', async () => {
    const start = "java -jar 'my shop.jar': 8080";
    const told = await workflow(
      'told.yml',
      ...['--gitlab', '--target', 'a.yaml', '--start', start, '--out', 'told.yml'],
    );
    expect(parse(told)['flash-sale'].before_script[0]).toBe(`${start} &\n`);
    const flags = ['--github', '--target', 'a.yaml', '--out', 'untold.yml'];
    const { stderr } = await place.run(['init', 'ci', ...flags]);
    expect(stderr).toContain('instead of START_SHOP');
    const untold = await readFile(join(place.folder, 'untold.yml'), 'utf8');
    expect(startOf(untold)).toMatch(/^echo 'START_SHOP: .* && exit 1\n/);
    const alone = await workflow('alone.yml', '--gitlab', '--out', 'alone.yml');
    expect(parse(alone)['flash-sale']).not.toHaveProperty('before_script');
  });

  it('C.9 waits for the addresses of this machine that the target file names', async () => {
    await initAndChange('one.yaml', [
      'url: http://127.0.0.1:3000',
      'url: http://localhost:4100/shop',
    ]);
    const one = await workflow('one.yml', '--gitlab', '--target', 'one.yaml', '--out', 'one.yml');
    expect(parse(one)['flash-sale'].before_script.slice(1)).toEqual([
      "timeout 60 sh -c 'until curl -s -o /dev/null http://localhost:4100/shop; do sleep 1; done'\n",
    ]);
    await initAndChange(
      'two.yaml',
      ['url: http://127.0.0.1:3000', 'url: ["http://[::1]:1", "http://127.0.0.1:2/"]'],
      ['# health: /health', 'health: /ready?deep=1&all=1'],
    );
    const two = await workflow('two.yml', '--github', '--target', 'two.yaml', '--out', 'two.yml');
    expect(startOf(two).split('\n').slice(1, 3)).toEqual([
      `timeout 60 sh -c 'until curl -sf -o /dev/null '\\''http://[::1]:1/ready?deep=1&all=1'\\''; do sleep 1; done'`,
      `timeout 60 sh -c 'until curl -sf -o /dev/null '\\''http://127.0.0.1:2/ready?deep=1&all=1'\\''; do sleep 1; done'`,
    ]);
  });

  it.each([
    ['another machine', 'url: https://shop.example'],
    ['a variable', "url: '{env.SHOP_URL}'"],
  ])(
    'C.9 says that the address is to be written where the target file names %s',
    async (what, url) => {
      const name = what.replace(' ', '-');
      await initAndChange(`${name}.yaml`, ['url: http://127.0.0.1:3000', url]);
      const flags = ['--github', '--target', `${name}.yaml`, '--out', `${name}.yml`];
      const { stderr } = await place.run(['init', 'ci', ...flags]);
      expect(stderr).toContain('instead of WAIT_FOR_SHOP');
      const text = await readFile(join(place.folder, `${name}.yml`), 'utf8');
      expect(startOf(text)).toMatch(/\necho 'WAIT_FOR_SHOP: .* && exit 1\n$/);
    },
  );

  it.each([
    ['pnpm-lock.yaml', '', 'pnpm install --frozen-lockfile', 'pnpm exec', 'pnpm start'],
    ['yarn.lock', '# yarn lockfile v1', 'yarn install --frozen-lockfile', 'yarn run', 'yarn start'],
    ['yarn.lock', '__metadata:', 'yarn install --immutable', 'yarn run', 'yarn start'],
  ])('C.9 installs by the lock file %s %s', async (lock, content, install, execute, start) => {
    const project = { scripts: { start: 'x' }, devDependencies: { 'flashsale-cli': '0.1.0' } };
    await writeFile(join(place.folder, 'package.json'), JSON.stringify(project));
    await writeFile(join(place.folder, lock), content);
    const flags = ['--target', 'a.yaml', '--out', 'locked.yml'];
    const gitlab = parse(await workflow('locked.yml', '--gitlab', ...flags))['flash-sale'];
    expect(gitlab.before_script.slice(0, 3)).toEqual(['corepack enable', install, `${start} &\n`]);
    expect(gitlab.script[0]).toContain(`${execute} flashsale-cli run rush`);
    await rm(join(place.folder, 'locked.yml'));
    const github = await workflow('locked.yml', '--github', ...flags);
    const steps = parse(github).jobs.sale.steps as { run?: string; with?: object }[];
    expect(steps.slice(1, 4)).toEqual([
      { uses: 'actions/setup-node@v4', with: { 'node-version': 22 } },
      { run: 'corepack enable' },
      { run: install },
    ]);
    for (const file of ['locked.yml', lock, 'package.json']) await rm(join(place.folder, file));
  });

  /** Writes the target file of `init target` with other texts in it. */
  async function initAndChange(file: string, ...changes: [from: string, to: string][]) {
    let text = await readFile(assetPath('scenarios/targets/empty.target.yaml'), 'utf8');
    for (const [from, to] of changes) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    await writeFile(join(place.folder, file), text);
  }

  const startOf = (github: string): string =>
    parse(github).jobs.sale.steps.find(({ name = '' }) => name === 'Start the shop').run;

  const isThere = canTestWith('actionlint');
  it.runIf(isThere)(
    `C.9 writes what actionlint has nothing to say about${isThere ? '' : ' (skipped: needs actionlint, see CONTRIBUTING.md)'}`,
    async () => {
      await workflow('plain.yml', '--github', '--out', 'plain.yml');
      await workflow('shop.yml', '--github', '--target', 'a shop.yaml', '--out', 'shop.yml');
      await writeFile(join(place.folder, 'pnpm-lock.yaml'), '');
      await workflow('pnpm.yml', '--github', '--target', 'one.yaml', '--out', 'pnpm.yml');
      await rm(join(place.folder, 'pnpm-lock.yaml'));
      const files = ['plain.yml', 'shop.yml', 'pnpm.yml'].map((file) => join(place.folder, file));
      const { stdout } = await promisify(execFile)(pathOf('actionlint') ?? 'actionlint', files);
      expect(stdout).toBe('');
    },
  );

  it('asks for which system, and writes over no file', async () => {
    expect((await place.run(['init', 'ci'])).stderr).toContain('add --github or --gitlab');
    const both = await place.run(['init', 'ci', '--github', '--gitlab']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('cannot be used with')]);
    await workflow('once.yml', '--gitlab', '--out', 'once.yml');
    const again = await place.run(['init', 'ci', '--gitlab', '--out', 'once.yml']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('such a file already')]);
  });
});

describe('init target', () => {
  it('writes a target file that can be read, and never over another one', async () => {
    const first = await place.run(['init', 'target']);
    expect(first.stdout).toBe(`${join(place.folder, 'shop.target.yaml')}\n`);
    expect(first.stderr).toContain('flashsale-cli target check shop.target.yaml');
    const file = await readTargetFile(join(place.folder, 'shop.target.yaml'));
    expect(file).toMatchObject({ name: 'shop', operations: { buy: { request: 'POST /orders' } } });
    const again = await place.run(['init', 'target']);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('there is such a file already');
  });

  it('guesses one from an API description', async () => {
    const document = { openapi: '3.0.0', paths: { '/buy/{productId}': { post: {} } } };
    await writeFile(join(place.folder, 'api.json'), JSON.stringify(document));
    const { stdout } = await place.run([
      'init',
      'target',
      '--openapi',
      'api.json',
      '--out',
      'a.yaml',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual({ path: join(place.folder, 'a.yaml'), operations: ['buy'] });
    expect(await readFile(join(place.folder, 'a.yaml'), 'utf8')).toContain(
      'request: POST /buy/{sku}',
    );
  });

  it('says what is wrong with a description that cannot be read', async () => {
    const { stderr, code } = await place.run([
      'init',
      'target',
      '--openapi',
      'none.json',
      '--out',
      'b.yaml',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('none.json cannot be read');
  });
});

describe('init scenario', () => {
  it('C.9 writes a scenario that can be run as it stands, and its library only once', async () => {
    const first = await place.run([
      'init',
      'scenario',
      '--from',
      'last-unit',
      '--out',
      'load/mine.ts',
    ]);
    expect(first.code).toBe(0);
    const written = first.stdout.trim().split('\n');
    expect(written[0]).toBe(join(place.folder, 'load/mine.ts'));
    expect(written).toContain(join(place.folder, 'load/lib/shop.ts'));
    const { stdout, code } = await place.run(['run', 'load/mine.ts', '--buyers', '20', '--json']);
    expect([JSON.parse(stdout).scenario, JSON.parse(stdout).verdict.status, code]).toEqual([
      ...['mine', 'valid', 0],
    ]);
    expect((await place.run(['init', 'scenario', '--out', 'load/other.ts'])).code).toBe(0);
    const again = await place.run(['init', 'scenario', '--out', 'load/mine.ts']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('such a file already')]);
  });
});

it('C.9 init config writes a file in which every setting can be taken out of its comment', async () => {
  expect((await place.run(['init', 'config', '--out', 'a/flashsale.config.yaml'])).code).toBe(0);
  const text = await readFile(join(place.folder, 'a/flashsale.config.yaml'), 'utf8');
  expect(parse(text)).toBeNull();
  const settings = parse(
    text.replaceAll(/^# (\w+: ?\S.*)$/gm, (line, setting) =>
      /^\w+: [\w.]+$/.test(setting) ? setting : line,
    ),
  );
  expect(settings).toMatchObject({ strategy: 'batched', instances: 1, holdTtl: 120_000 });
});
