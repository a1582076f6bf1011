import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runScript, runsInThreads } from './run-script.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveEcho();
});
afterAll(() => server.close());

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('setup and teardown', () => {
  it('are left out with noSetup and noTeardown', async () => {
    const { log } = await runScript(
      `export const options = { noSetup: true, noTeardown: true };
       export function setup() { console.log('set up'); }
       export default function (data) { console.log(String(data)); }
       export function teardown() { console.log('tear down'); }`,
    );
    expect(log).toEqual(['undefined']);
  });

  it('gives every VU, and teardown, a copy of its own of the data of setup', async () => {
    const { log, result } = await runScript(
      `${GET} export const options = { vus: 2, iterations: 4 };
       export async function setup() { const r = await http.get(__ENV.BASE); return { status: r.status, n: 1 }; }
       export default async function (data) { await sleep(0.001); data.n += 1; console.log('iteration ' + data.status); }
       export function teardown(data) { console.log('end ' + data.n); }`,
      { env: { BASE: server.origin } },
    );
    expect(log).toEqual([...Array.from({ length: 4 }, () => 'iteration 200'), 'end 1']);
    expect(result.outcomes.sent).toBe(1);
  });

  it('does not run teardown after a setup that ends the run', async () => {
    const { log, result } = await runScript(
      `import exec from 'k6/execution';
       export function setup() { exec.test.abort('no stock'); }
       export default function () { console.log('iteration'); }
       export function teardown() { console.log('teardown'); }`,
    );
    expect(log).toEqual(['the script ended the run: no stock']);
    expect(result).toMatchObject({ iterations: 0, stoppedBy: 'script-abort' });
  });

  it('ends the run with an error of the user if setup throws', async () => {
    const failure = runScript(
      `export function setup() {\n throw new Error('no catalogue');\n}\nexport default function () {}`,
    );
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toMatchObject({
      message: 'setup() of script failed',
      why: expect.stringMatching(/script\.ts:2: no catalogue$/),
    });
  });

  it('run in VUs of their own, so that no variable is shared', async () => {
    const { log } = await runScript(
      `let n = 0;
       export function setup() { n += 1; console.log('setup ' + n); }
       export default function () { n += 1; console.log('iteration ' + n); }
       export function teardown() { n += 1; console.log('teardown ' + n); }`,
    );
    expect(log).toEqual(['setup 1', 'iteration 1', 'teardown 1']);
  });

  it('a setup that throws is followed by handleSummary, and by no teardown', async () => {
    const lines: string[] = [];
    const failure = runScript(
      `export function setup() { throw new Error('no catalogue'); }
       export default function () {}
       export function teardown() { console.log('teardown'); }
       export function handleSummary(data) { console.log('summary'); return { stdout: 'out ' + data.state.testRunDurationMs }; }`,
      { start: (spec) => startLoad({ ...spec, log: (line) => void lines.push(line) }) },
    );
    await expect(failure).rejects.toMatchObject({ message: 'setup() of script failed' });
    expect(lines.filter((line) => !line.startsWith('each VU'))).toEqual(['summary', 'out 0']);
  });

  it('ends the run if setup takes too long', async () => {
    await expect(
      runScript(
        `${GET} export const options = { setupTimeout: '50ms' };
         export async function setup() { await sleep(60); } export default function () {}`,
      ),
    ).rejects.toMatchObject({ why: expect.stringContaining('setup() did not end within 0.05 s') });
  });

  it('gives k6’s data to handleSummary, which may print and write', async () => {
    const { result } = await runScript(
      `import { check, group } from 'k6';
       import { Counter } from 'k6/metrics';
       const never = new Counter('never');
       export const options = { iterations: 3, thresholds: { checks: ['rate>0.5'], 'never{a:b}': ['count<1'] } };
       export default function () { group('g', () => check(1, { one: (n) => n === 1 })); }
       export function handleSummary(data) {
         return { stdout: JSON.stringify([
           data.metrics.iterations.values.count, data.metrics.checks.thresholds,
           data.metrics['never{a:b}'], data.metrics.never, data.root_group.groups[0].checks[0].passes, data.state.testRunDurationMs > 0,
         ]) };
       }`,
    );
    expect(JSON.parse(result.summaryOutput?.stdout ?? '')).toEqual([
      3,
      { 'rate>0.5': { ok: true } },
      {
        ...{ type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
        thresholds: { 'count<1': { ok: true } },
      },
      { type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
      3,
      true,
    ]);
  });

  it('gives the duration of successful requests to handleSummary', async () => {
    const { result } = await runScript(
      `${GET} export default async function () { await http.get(__ENV.BASE); }
       export function handleSummary({ metrics }) {
         return { stdout: String(metrics['http_req_duration{expected_response:true}'].values.avg > 0) };
       }`,
      { env: { BASE: server.origin } },
    );
    expect(result.summaryOutput?.stdout).toBe('true');
  });

  it('keeps the result if handleSummary takes too long, and counts an exception', async () => {
    const { result } = await runScript(
      `${GET} export const options = { handleSummaryTimeout: '50ms' };
       export default function () {}
       export async function handleSummary() { await sleep(60); }`,
    );
    expect(result.iterations).toBe(1);
    expect(result.summaryOutput).toBeUndefined();
    expect(result.exceptions.first).toEqual([
      expect.stringContaining('handleSummary() did not end within 0.05 s'),
    ]);
  });
});

describe('init code with await', () => {
  it('ends before its VU does anything else', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { vus: 2, iterations: 4 };
       const price = await Promise.resolve(7);
       export function setup() { return price + 1; }
       export default function (paid) { console.log([price, paid, http.get(__ENV.BASE).status, __VU > 0].join()); }`,
      { env: { BASE: server.origin } },
    );
    expect(log).toEqual(Array(4).fill('7,8,200,true'));
    expect(result.exceptions.count).toBe(0);
  });

  it.skipIf(runsInThreads())(
    'that throws for some VUs is an exception of each of their iterations, with file and line',
    async () => {
      const { result } = await runScript(
        `${GET}
       await Promise.resolve();
       if (__VU > 0) throw new Error('no shelf');
       export const options = { iterations: 2 };
       export default function () {}`,
      );
      expect(result.exceptions).toEqual({
        count: 2,
        first: [expect.stringMatching(/script\.ts:3: no shelf$/)],
      });
    },
  );
});

it('a metric that a threshold names is summarized without samples, as in k6', async () => {
  const { result } = await runScript(`
    import { Counter, Trend } from 'k6/metrics';
    new Counter('never'); new Trend('waits'); new Counter('unnamed');
    export const options = { thresholds: { never: ['count<1'], waits: ['max<1'] }, summaryTrendStats: ['max'] };
    export default () => {};`);
  expect(result.metrics.never?.values).toEqual({ count: 0, rate: 0 });
  expect(result.metrics.waits?.values).toEqual({ max: 0 });
  expect(result.metrics.unnamed).toBeUndefined();
});
