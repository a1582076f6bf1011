import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Ended, untilPrinted, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

const LOOP = `console.log('looping'); let n = 0; for (;;) n = (n + 1) % 7;`;
const REST = `
export function teardown() { console.log('torn down'); }
export function handleSummary() { return { stderr: 'summed up\\n' }; }`;

/** Runs a script until it has printed something, then sends a signal, and another one if the first is not enough. */
async function interrupt(
  script: string,
  args: string[] = [],
  { at = 'looping', signal = 'SIGINT' }: { at?: string; signal?: NodeJS.Signals } = {},
): Promise<Ended> {
  await writeFile(join(place.folder, 'shop.js'), script);
  const cli = place.start(['run', 'shop.js', ...args]);
  await untilPrinted(cli, at);
  cli.process.kill(signal);
  const ended = await cli.ended;
  expect(await place.runFolders()).toEqual([]);
  return ended;
}

describe('C.1 a loop without an end in a script does not keep a signal from being heard', () => {
  it.each<[string, NodeJS.Signals, string[]]>([
    ['one thread', 'SIGINT', []],
    ['one thread', 'SIGTERM', ['--json']],
    ['two threads', 'SIGINT', ['--workers', '2']],
  ])('in an iteration, in %s, by %s: the rest follows', async (_, signal, args) => {
    const script = `export const options = { vus: 4, duration: '10m' };
export default function () {
  if (__VU === 2) { ${LOOP} }
}${REST}`;
    const { code, stdout, stderr } = await interrupt(script, args, { signal });
    expect(stderr).toMatch(/shop\.js:3: the script did not let anything else run for \d+ s/);
    expect(stderr).toMatch(/torn down/);
    expect(code).toBe(130);
    if (args.includes('--json')) {
      expect(JSON.parse(stdout).summary).toMatchObject({ stoppedBy: 'interrupt' });
    }
  });

  it('in a regular expression that tries everything', async () => {
    const { code, stderr } = await interrupt(`
export default function () {
  console.log('looping'); /^(a+)+$/.test('a'.repeat(40) + 'b');
}${REST}`);
    expect(stderr).toMatch(/shop\.js:3: the script did not let[\s\S]*torn down[\s\S]*summed up/);
    expect(code).toBe(130);
  });

  it.each([
    ['init code', `let n = 0;\nfor (;;) n = (n + 1) % 7;\nexport default function () {}`, 2],
    ['setup', `export default function () {}\nexport function setup() { ${LOOP} }`, 2],
  ])('in %s, where nothing can follow', async (_, script, line) => {
    const { code, stdout, stderr } = await interrupt(script, ['--json'], {
      at: 'is this a loop without an end?',
    });
    expect(stderr).toMatch(/given up/);
    expect(code).toBe(130);
    expect(JSON.parse(stdout).error).toMatchObject({
      what: 'the run was given up',
      why: expect.stringMatching(new RegExp(`^shop\\.js:${line}: `)),
    });
  });

  it.each(['teardown', 'handleSummary'])('in %s, and the report is printed', async (name) => {
    const script = `export default function () {}\nexport function ${name}() { ${LOOP} }`;
    const { code, stdout, stderr } = await interrupt(script);
    expect(stderr).toContain('shop.js:2: ');
    expect(stdout).toContain('1 completed');
    expect(code).toBe(130);
  });
});

describe("the script's own limits end a loop", () => {
  it.each([
    ['setup', 'setupTimeout', 2],
    ['teardown', 'teardownTimeout', 11],
    ['handleSummary', 'handleSummaryTimeout', 11],
  ])('%s after its timeout', async (name, option, code) => {
    const script = `export const options = { ${option}: '100ms' };
export default function () {}
export function ${name}() { ${LOOP} }`;
    await writeFile(join(place.folder, 'shop.js'), script);
    const ended = await place.run(['run', 'shop.js']);
    expect(ended.stderr).toMatch(/shop\.js:3: the script did not let|did not end within 0\.1 s/);
    expect(ended.code).toBe(code);
  });

  it('an iteration when its scenario is over', async () => {
    await writeFile(
      join(place.folder, 'shop.js'),
      `export const options = { scenarios: { s: { executor: 'constant-vus', vus: 2, duration: '100ms', gracefulStop: '0s' } } };
export default function () { ${LOOP} }${REST}`,
    );
    const { code, stderr } = await place.run(['run', 'shop.js']);
    expect(stderr).toMatch(/shop\.js:2: the script did not let anything else run[\s\S]*torn down/);
    expect(code).toBe(11);
  });
});
