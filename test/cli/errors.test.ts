import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../src/stack/processes/free-port.ts';
import { createWorkplace, type Ended, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

/** Expects one line on stderr, and no output: the failure, its reason, and the command to type next. */
function expectOneLine({ stdout, stderr }: Ended): string {
  expect(stdout).toBe('');
  const lines = stderr.trimEnd().split('\n');
  const errors = lines.filter((line) => !/^(stack|seed): /.test(line));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^error: .+: .+[.?] Next: .+$/);
  return errors[0] as string;
}

describe('C.3 a mistake of the user is reported on one line and exits with 2', () => {
  it.each([
    ['a scenario that does not exist', ['run', 'nonsense.ts'], /nonsense\.ts/],
    ['a stock that is no number', ['run', 'smoke', '--stock', 'abc'], /--stock.*"abc"/],
    ['an unknown strategy', ['run', 'smoke', '--strategy', 'hope'], /--strategy.*"hope"/],
    ['a strategy that is refused', ['run', 'smoke', '--strategy', 'naive'], /naive.*--unsafe/],
    ['a target that is no URL', ['run', 'smoke', '--target', 'here'], /--target.*"here"/],
    ['an unknown runner', ['run', 'smoke', '--runner', 'jmeter'], /jmeter.*flashsale, k6/],
    ['workers for k6', ['run', 'smoke', '--runner', 'k6', '--workers', '2'], /k6 has no workers/],
    ['an unknown output', ['run', 'smoke', '--out', 'xml=a.xml'], /--out xml.*json=FILE/],
    ['an unknown option', ['run', 'smoke', '--stocks', '3'], /--stocks.*run --help/],
    ['a scenario with a typing error', ['run', 'last-unti'], /did you mean last-unit/],
    [
      'a strategy with a typing error',
      ['run', 'smoke', '--strategy', 'batchd'],
      /did you mean batched/,
    ],
    [
      'a scenario from a pipe, repeated',
      ['run', '-', '--repeat', '2'],
      /only once.*save it in a file/,
    ],
    ['a bug with a typing error', ['simulate', '--bug', 'lost-updat'], /mean lost-update\? Next/],
    ['an unknown command', ['sell'], /'sell'.*--help/],
    ['a missing argument', ['run'], /scenario.*run --help/],
    ['an unknown scenario to show', ['scenarios', 'show', 'nonsense'], /nonsense/],
    ['a history that does not exist', ['verify', 'nothing.ndjson'], /nothing\.ndjson/],
    ['a history to draw that does not exist', ['report', 'nothing.ndjson'], /nothing\.ndjson/],
    ['a page that would replace a history', ['report', 'a.html'], /a\.html.*--output/],
    ['nothing to seed', ['seed'], /flashsale-cli up/],
  ])('%s', async (_, args, expected) => {
    const ended = await place.run(args);
    expect(expectOneLine(ended)).toMatch(expected);
    expect(ended.code).toBe(2);
  });

  it.each([
    ['a syntax error', 'export default function ( {', /scenario\.ts:1/],
    [
      'a sale of nothing',
      'export const sale = { stock: 0, buyers: 1 }; export default () => {}',
      /sale\.stock/,
    ],
    ['init code that throws', 'throw new Error("no luck"); export default () => {}', /no luck/],
    ['an exit', 'process.exit(0); export default () => {}', /Cannot read properties of undefined/],
    [
      'a wait that never ends',
      'await new Promise(() => {}); export default () => {}',
      /top-level await waits for something that never comes/,
    ],
    ['a package', 'import x from "left-pad"; export default x', /left-pad/],
  ])('a scenario with %s', async (_, source, expected) => {
    await writeFile(join(place.folder, 'scenario.ts'), source);
    const ended = await place.run(['run', 'scenario.ts']);
    expect(expectOneLine(ended)).toMatch(expected);
    expect(ended.code).toBe(2);
  });

  it('a variable that is no number', async () => {
    const ended = await place.run(['run', 'smoke'], { FLASHSALE_BUYERS: '-1' });
    expect(expectOneLine(ended)).toMatch(/FLASHSALE_BUYERS.*"-1"/);
    expect(ended.code).toBe(2);
  });
});

describe('C.1 a result that could not be kept is reported before anything is started', () => {
  it.each(['--history', '--summary-export', '--report'])('%s', async (option) => {
    const ended = await place.run(['run', 'smoke', option, place.folder]);
    expect(expectOneLine(ended)).toMatch(new RegExp(`cannot be written: .*Next: .*${option} FILE`));
    expect(ended.stderr).not.toContain('stack:');
    expect(ended.code).toBe(3);
  });
});

describe('C.3 --json prints one document, also when there is no result', () => {
  it.each([
    ['a mistake in an option', ['run', 'smoke', '--stock', 'abc'], 2],
    ['an unknown option', ['run', 'smoke', '--stocks', '3'], 2],
    ['a history that does not exist', ['verify', 'nothing.ndjson'], 2],
    ['a target that does not answer', ['run', 'smoke', '--target', 'http://127.0.0.1:9'], 3],
    ['operations of another format, without a file', ['verify', 'a', '--export', 'jepsen'], 2],
  ])('%s', async (_, args, exitCode) => {
    const ended = await place.run([...args, '--json']);
    expect(ended.code).toBe(exitCode);
    const { error } = JSON.parse(ended.stdout);
    expect(error).toEqual({
      what: expect.any(String),
      why: expect.any(String),
      next: expect.any(String),
      exitCode,
    });
    expect(ended.stderr).toContain(error.what);
  });

  it.each([['scenarios'], ['config'], ['dlq']])(
    'the command %s without one of its commands',
    async (command) => {
      const { code, stdout } = await place.run([command, '--json']);
      expect([code, JSON.parse(stdout).error.why]).toEqual([2, 'a command is missing']);
    },
  );

  it('the script for a shell', async () => {
    const { stdout } = await place.run(['completion', 'bash', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ shell: 'bash' });
  });

  it('a scenario that is shown, and a stack that is not there', async () => {
    const shown = JSON.parse((await place.run(['scenarios', 'show', 'rush', '--json'])).stdout);
    expect(shown.source).toContain('export default');
    expect(JSON.parse((await place.run(['down', '--json'])).stdout)).toEqual({ stopped: [] });
  });
});

describe('C.1 something missing is reported on one line and exits with 3', () => {
  it('a target that does not answer', async () => {
    const target = `http://127.0.0.1:${await findFreePort()}`;
    const ended = await place.run(['run', 'smoke', '--target', target]);
    expect(expectOneLine(ended)).toMatch(/is not ready.*ECONNREFUSED/);
    expect(ended.code).toBe(3);
  });

  it('a database that does not answer, without its password', async () => {
    const port = await findFreePort();
    const env = { DATABASE_URL: `postgres://me:secret-word@127.0.0.1:${port}/postgres` };
    const ended = await place.run(['run', 'smoke'], env);
    expect(expectOneLine(ended)).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+ .*ECONNREFUSED/);
    expect(ended.stderr).not.toContain('secret-word');
    expect(ended.code).toBe(3);
  });

  it('a port that is taken, and nothing stays behind', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = String(address && typeof address === 'object' ? address.port : 0);
    for (const command of [['up'], ['run', 'smoke']]) {
      const ended = await place.run([...command, '--port', port]);
      expect(expectOneLine(ended)).toMatch(new RegExp(`port ${port} cannot be used`));
      expect(ended.code).toBe(3);
    }
    taken.close();
    expect(await place.processes()).toEqual([]);
    expect(await place.runFolders()).toEqual([]);
  });
});

it('a script that ends the process is no success', async () => {
  const source = "export default () => ({}).constructor.constructor('return process')().exit(0)";
  await writeFile(join(place.folder, 'quitter.ts'), source);
  const { code, stderr } = await place.run(['run', 'quitter.ts']);
  expect(stderr).toContain('ended before the command had a result');
  expect(code).toBe(1);
});

it('a reader that closes the pipe early is no error', async () => {
  const cli = place.start(['config', 'show']);
  cli.process.stdout?.destroy();
  const { code, stderr } = await cli.ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
