import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from '../testing/echo-server.ts';
import { runScript, type ScriptRun } from '../testing/run-script.ts';

let echo: TestServer;
/** Answers after 40 ms. */
let slow: TestServer;
beforeAll(async () => {
  echo = await serveEcho();
  slow = await serve((_request, response) => void setTimeout(() => response.end('{}'), 40));
});
afterAll(() => Promise.all([echo.close(), slow.close()]));

const K6 = `import http from 'k6/http'; import { check, group, sleep } from 'k6'; import exec from 'k6/execution';`;

async function run(
  source: string,
  options: Parameters<typeof runScript>[1] = {},
): Promise<ScriptRun & { paths: (string | undefined)[] }> {
  const paths: (string | undefined)[] = [];
  const counting = await serve((request, response) => {
    paths.push(request.url);
    response.end('{}');
  });
  try {
    const env = { BASE: echo.origin, SLOW: slow.origin, COUNTING: counting.origin };
    return { ...(await runScript(`${K6}\n${source}`, { ...options, env })), paths };
  } finally {
    await counting.close();
  }
}

describe('a script that cannot be followed', () => {
  it('has its answers at once, as it is written', async () => {
    const { log } = await run(`
      const bySize = (a, b) => http.get(__ENV.BASE + '/' + a).json('path').length - b;
      export default function () {
        const r = http.get(__ENV.BASE + '/one');
        console.log(r.status, r.json('path'), typeof r.timings.duration, r.headers['Content-Type']);
        console.log([3, 1].sort(bySize).join(), 'x'.replace('x', () => http.get(__ENV.BASE + '/r').status));
        class Client { constructor() { this.status = http.get(__ENV.BASE).status; } get now() { return http.get(__ENV.BASE).status; } }
        function* pages() { yield http.get(__ENV.BASE).status; }
        console.log(new Client().status, new Client().now, [...pages()].join());
        const { a, b } = http.batch({ a: __ENV.BASE + '/a', b: ['POST', __ENV.BASE + '/b', 'x'] });
        console.log(a.json('path'), b.json('body'));
      }`);
    expect(log).toEqual(['200 /one number application/json', '1,3 200', '200 200 200', '/a x']);
  });

  it('fails each iteration of a VU whose thread it has ended', async () => {
    const { result } = await run(`
      export const options = { vus: 1, iterations: 3 };
      export default () => Function('return process')().exit(0);`);
    expect(result).toMatchObject({ iterations: 3, interruptedIterations: 0 });
    expect(result.exceptions.count).toBe(3);
  });

  it('runs nothing else of the VU while a call blocks', async () => {
    const { log } = await run(`
      let busy = false;
      function step() {
        if (busy) console.log('overlap');
        busy = true;
        http.get(__ENV.SLOW);
        busy = false;
      }
      export default function () {
        setTimeout(() => console.log('timer'), 1);
        sleep(0.02);
        console.log('slept');
        setTimeout(step, 1);
        setTimeout(step, 2);
        Promise.resolve().then(step).then(() => console.log('reaction'));
      }`);
    expect(log).toEqual(['slept', 'reaction', 'timer']);
  });

  it('lets ready promises react before an iteration ends', async () => {
    const { paths } = await run(`
      const token = () => Promise.resolve('cached');
      export default function () {
        token().then((t) => http.get(__ENV.COUNTING + '/then'));
        (async () => { await null; await null; http.get(__ENV.COUNTING + '/async'); })();
        [1].forEach(async (i) => { await null; http.get(__ENV.COUNTING + '/each'); });
      }`);
    expect(paths.sort()).toEqual(['/async', '/each', '/then']);
  });

  it('gives asyncRequest its answer when the VU waits for nothing', async () => {
    const { log } = await run(`
      export default async function () {
        const late = http.asyncRequest('GET', __ENV.BASE + '/late').then((r) => { console.log(r.json('path')); return r; });
        sleep(0.05);
        console.log('first', http.get(__ENV.BASE).status);
        console.log((await late).status);
      }`);
    expect(log).toEqual(['first 200', '/late', '200']);
  });

  it('ends an iteration that awaits what never comes, as k6 does', async () => {
    const { result } = await run(
      `export default async function () { http.get(__ENV.BASE).status; await new Promise(() => {}); }`,
    );
    expect(result).toMatchObject({ iterations: 1, interruptedIterations: 0 });
  });

  it('counts checks, groups, metrics and exceptions where they came from', async () => {
    const { result } = await run(`
      import { Counter, Trend } from 'k6/metrics';
      const sold = new Counter('sold');
      const took = new Trend('took', true);
      export const options = { iterations: 2, vus: 2, thresholds: { 'sold{kind:a}': ['count==4'], 'checks{group:::g}': ['rate==1'] } };
      export default function () {
        group('g', () => check(http.get(__ENV.BASE), { ok: (r) => [1].sort() && r.status === 200 }));
        sold.add(2, { kind: 'a' });
        took.add(5);
        Promise.resolve();
        throw new Error('broken');
      }`);
    expect(result.checks).toEqual([{ group: '::g', name: 'ok', passes: 2, fails: 0 }]);
    expect(result.thresholds.map(({ ok }) => ok)).toEqual([true, true]);
    expect(result.metrics.took?.values.avg).toBe(5);
    expect(
      result.metrics.group_duration?.values.count ?? result.metrics.group_duration?.values.avg,
    ).toBeDefined();
    expect(result.exceptions).toEqual({
      count: 2,
      first: [expect.stringMatching(/script\.ts:12: broken$/)],
    });
  });

  it('counts a rejection that nobody handles as an exception, with its line', async () => {
    const { result } = await run(
      `export default function () {\nPromise.resolve().then(() => { throw new Error('lost'); }); http.get(__ENV.BASE); }`,
    );
    expect(result.exceptions.first).toEqual([expect.stringMatching(/script\.ts:3: lost$/)]);
  });

  it('keeps the cookies of the VU, and those of jars of its own', async () => {
    const { log } = await run(`
      export default function () {
        Promise.resolve();
        http.get(__ENV.BASE + '/login');
        console.log(http.get(__ENV.BASE + '/x').json('headers.cookie'));
        console.log(http.cookieJar().cookiesForURL(__ENV.BASE).theme.join());
        const own = new http.CookieJar();
        own.set(__ENV.BASE, 'a', '1');
        http.get(__ENV.BASE + '/login', { jar: own });
        console.log(http.get(__ENV.BASE, { jar: own }).json('headers.cookie'));
        http.cookieJar().clear(__ENV.BASE);
        console.log(http.get(__ENV.BASE).json('headers.cookie'));
      }`);
    expect(log).toEqual([
      'session=abc; theme=dark',
      'dark',
      'a=1; session=abc; theme=dark',
      'undefined',
    ]);
  });

  it('knows its iteration, its VU and the run', async () => {
    const { log, result } = await run(`
      export const options = { scenarios: { shop: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'buy', tags: { t: '1' } } } };
      export function setup() { return { n: 1, at: new Date(0) }; }
      export function buy(data) {
        new Promise(() => {});
        exec.vu.tags.mine = 'x';
        console.log(exec.scenario.name, exec.scenario.iterationInTest, __VU, __ITER, exec.vu.tags.t, exec.vu.tags.mine, exec.instance.vusActive, data.at);
        data.n += 1;
      }
      export function teardown(data) { console.log('end', data.n); }
      export function handleSummary(data) { return { stdout: 'n ' + data.metrics.iterations.values.count }; }`);
    expect(log).toEqual([
      'shop 0 1 0 1 x 1 1970-01-01T00:00:00Z',
      'shop 1 1 1 1 x 1 1970-01-01T00:00:00Z',
      'end 1',
    ]);
    expect(result.summaryOutput?.stdout).toBe('n 2');
  });

  it('builds a SharedArray once for all VUs', async () => {
    const { log } = await run(
      `import { SharedArray } from 'k6/data';
       const users = new SharedArray('users', () => { console.log('built'); return JSON.parse(open('./users.json')); });
       export const options = { vus: 3, iterations: 3 };
       export default function () {
         Promise.resolve();
         console.log(users.length, users[1].name, users.map((u) => u.name).join(), Array.isArray(users), Object.isFrozen(users[0]));
       }`,
      { files: { 'users.json': '[{"name":"Al"},{"name":"Bö"}]' } },
    );
    expect(log).toEqual(['built', ...Array(3).fill('2 Bö Al,Bö true true')]);
  });

  it('is interrupted in a call, in a pause and in an endless loop', async () => {
    for (const body of ['http.get(__ENV.SLOW + "/hang");', 'sleep(60);', 'for (;;);']) {
      const { result } = await run(
        `export const options = { scenarios: { s: { executor: 'constant-vus', vus: 1, duration: '10ms', gracefulStop: '10ms' } } };
         export default function () { Promise.resolve(); ${body} }`,
        { way: 'threads' },
      );
      expect(result).toMatchObject({ iterations: 0, interruptedIterations: 1 });
    }
  });

  it('ends the run by exec.test.abort', async () => {
    const { result, log } = await run(
      `export default function () { Promise.resolve(); exec.test.abort('enough'); console.log('never'); }`,
    );
    expect(result).toMatchObject({ stoppedBy: 'script-abort', interruptedIterations: 1 });
    expect(log).toEqual(['the script ended the run: enough']);
  });

  it('fails with the line of its init code, in whichever VU it throws', async () => {
    await expect(
      run(
        `if (__VU > 0) throw new Error('no shelf');\nexport default function () { Promise.resolve(); }`,
        { way: 'threads' },
      ),
    ).rejects.toMatchObject({
      message: 'init code of script failed',
      why: expect.stringMatching(/script\.ts:2: no shelf$/),
    });
  });

  it('lets VUs meet', async () => {
    const { log, result } = await run(
      `import { rendezvous } from './flashsale.ts';
       export const options = { vus: 2, iterations: 2 };
       export default function () { new Promise(() => {}).then(); sleep(0.01 * __VU); console.log('came'); rendezvous('door', 2); console.log('went'); http.get(__ENV.BASE); }`,
      { way: 'threads' },
    );
    expect(log).toEqual(['came', 'came', 'went', 'went']);
    expect(result.outcomes.sent).toBe(2);
  });
});

it('an error that nobody catches ends the iteration: its timers fire no more', async () => {
  for (const failing of [
    `setTimeout(() => { throw new Error('closed'); }, 1);`,
    `Promise.resolve().then(() => { throw new Error('closed'); });`,
    `Promise.reject(new Error('closed'));`,
  ]) {
    const { result, paths } = await run(`
      export default function () { ${failing} setTimeout(() => http.get(__ENV.COUNTING + '/late'), 20); }`);
    expect(paths).toEqual([]);
    expect(result.exceptions).toMatchObject({
      count: 1,
      first: [expect.stringContaining('closed')],
    });
  }
});

it('an interval begins its next pause when its callback has returned', async () => {
  const { log } = await run(`
    export default function () {
      let n = 0;
      const beat = setInterval(() => { n += 1; console.log('beat', n); sleep(0.03); if (n === 2) clearInterval(beat); }, 5);
      setTimeout(() => console.log('once'), 15);
    }`);
  expect(log).toEqual(['beat 1', 'once', 'beat 2']);
});

it('code that is made while the script runs finds what other code does', async () => {
  const { log } = await run(`
    const modules = { shop: (http, open) => eval("(path) => http.get(__ENV.BASE + path).json('path') + __VU + typeof open") };
    const buy = modules.shop(http, open);
    export default function () { console.log(buy('/made')); }`);
  expect(log).toEqual(['/made1function']);
});

it('has none of the globals of Node that begin work which nothing waits for', async () => {
  for (const way of ['threads', undefined] as const) {
    const { log } = await run(
      `export default function () { console.log(typeof setImmediate, typeof queueMicrotask, typeof fetch, typeof Buffer); }`,
      { way },
    );
    expect(log).toEqual(['undefined undefined undefined undefined']);
  }
});

describe('modules are decided when a line runs', () => {
  it('require under another name', async () => {
    const { log } = await run(`
      const bring = require;
      const client = bring('k6/http');
      export default function () { console.log(client.get(__ENV.BASE + '/a').status); }`);
    expect(log).toEqual(['200']);
  });

  it('members that are set or tested before they are used', async () => {
    const { log } = await run(`
      import * as k6 from 'k6';
      http.calls = 0;
      const { get } = http;
      http.get = (url) => { http.calls += 1; return get(url); };
      export default function () {
        const send = http.fetch || http.get;
        if (k6.nothing) k6.nothing();
        console.log(send(__ENV.BASE + '/a').status, http.calls, typeof http.fetch);
      }`);
    expect(log).toEqual(['200 1 undefined']);
  });

  it('require anywhere, guarded, by names made at run time; and one object for each module', async () => {
    const { log } = await runScript(
      `const name = ['k6', 'http'].join('/');
       const http = require(name);
       const { log } = require('./side.js');
       let missing = '';
       try { require('crypto'); } catch (error) { missing += 'a'; }
       try { require('./gone.js'); } catch (error) { missing += 'b'; }
       const get = http.get;
       http.get = (url) => 'patched';
       module.exports.options = { iterations: 1 };
       module.exports.default = function () {
         log(missing, require('k6/http').get('x'), require('k6/http') === http, require(['./si', 'de.js'].join('')).twice(2));
       };`,
      {
        files: {
          'side.js': 'exports.log = (...a) => console.log(...a); exports.twice = (n) => 2 * n;',
        },
      },
    );
    expect(log).toEqual(['ab patched true 4']);
  });

  it('an import and a require of a module are one object', async () => {
    const { log } = await runScript(
      `import http from 'k6/http'; import './patch.js';
       export default function () { console.log(http.get('x')); }`,
      { files: { 'patch.js': `const http = require('k6/http'); http.get = () => 'patched';` } },
    );
    expect(log).toEqual(['patched']);
  });
});

it('where a call was not followed after all, the run fails and says so', async () => {
  const { result, log } = await runScript(
    `import http from 'k6/http';
     const pairs = [];
     pairs.push(['buy', () => http.get(__ENV.SLOW)]);
     const tools = Object.fromEntries(pairs);
     class Other { buy() { return 1; } }
     new Other().buy();
     export default function () { tools.buy(); try { console.log('on'); } catch {} }`,
    { env: { SLOW: slow.origin } },
  );
  expect(result.exceptions.first[0]).toMatch(
    /script\.ts:7: console came while http\.get\(\) was still waiting, which blocks in k6/,
  );
  expect(log).not.toContain('on');
});
