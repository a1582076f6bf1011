import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../../test/k6.ts';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import { runScript } from '../../testing/run-script.ts';

/** Expressions that wait, in all the forms of real scripts but without `await`, and their values in k6. */
const EXPRESSIONS: [expression: string, value: unknown][] = [
  [`get('a').json('path')`, '/a'],
  [`http.post(BASE + '/p', { a: 1, b: [true, 'x'] }).json('body')`, 'a=1&b=true&b=x'],
  [`http['get'](BASE + '/').status + http.get.call(null, BASE + '/').status`, 400],
  [
    `(({ status, headers: { 'Content-Type': type } }) => [status, type])(get('a'))`,
    [200, 'application/json'],
  ],
  [
    `http.batch([BASE + '/1', ['POST', BASE + '/2']]).map((r) => r.json('method'))`,
    ['GET', 'POST'],
  ],
  [`http.batch({ one: BASE + '/1' }).one.json('path')`, '/1'],
  [`[new Page().open().ok, new SlowPage().open().ok, Page.at('x').path]`, [true, true, '/x']],
  [`Object.keys(steps).map((name) => steps[name]().status)`, [200, 200]],
  [`Object.values(steps).map((step) => step().json('method'))`, ['GET', 'POST']],
  [`[1, 2, 3].filter((n) => get(String(n)).json('path') !== '/2')`, [1, 3]],
  [
    `[[1, 2].some((n) => get('a').status === n), [1].every(() => get('a').status === 200)]`,
    [false, true],
  ],
  [`[1, 2].find((n) => get('a').status + n === 202)`, 2],
  [`[3, 4].reduce((sum, n) => sum + n + get('a').status, 0)`, 407],
  [`Array.from({ length: 2 }, (_, n) => get('a').status + n)`, [200, 201]],
  [`users.map((user) => get(user.name).json('path'))`, ['/Al', '/Bo']],
  [
    `(() => { let sum = 0; users.forEach((_, n) => { sum += get('a').status + n; }); return sum; })()`,
    401,
  ],
  [`retry(3, (n) => (n === 2 ? get('a').status : 0))`, 200],
  [`[(x) => get(x).json('path'), (x) => x + x].reduce((value, step) => step(value), 'a')`, '/a/a'],
  [`new Map([['x', () => get('a').status]]).get('x')()`, 200],
  [
    `((n) => (function count(left) { return left === 0 ? 0 : get('a').status + count(left - 1); })(n))(2)`,
    400,
  ],
  [`group('outer', () => group('inner', () => get('a').status))`, 200],
  [
    `[check(get('a'), { 'is 200': (r) => r.status === 200 }), check(1, { asks: () => get('a').status === 404 })]`,
    [true, false],
  ],
  [
    `(() => { try { get('a').nothing.more; } catch (error) { return error.name; } finally { get('b'); } })()`,
    'TypeError',
  ],
  [`(() => { let n = 0; while (get('a').status === 200 && n < 2) n += 1; return n; })()`, 2],
  [`[1].map((n) => get('a').status + n).join() + get('b').status`, '201200'],
  [`get('a')?.json?.('nothing') ?? 'none'`, 'none'],
];

const SCRIPT = `
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { SharedArray } from 'k6/data';
const BASE = __ENV.BASE;
const users = new SharedArray('users', () => [{ name: 'Al' }, { name: 'Bo' }]);
const get = (path) => http.get(BASE + '/' + path);
const steps = { open: () => get('a'), buy() { return http.post(BASE + '/b', 'b'); } };
class Page {
  open() { this.answer = get('a'); return this; }
  get ok() { return this.answer.status === 200; }
  static at(path) { return get(path).json(); }
}
class SlowPage extends Page { open() { sleep(0.001); return super.open(); } }
function retry(times, work) {
  for (let n = 0; n < times; n += 1) { const result = work(n); if (result) return result; }
}
export const options = { vus: 2, iterations: 2 };
export function setup() { return { status: get('setup').status }; }
export default function (data) {
  const values = [${EXPRESSIONS.map(([expression]) => `() => ${expression}`).join(',\n')}].map((ask) => ask());
  console.log(JSON.stringify([data.status, ...values]));
}
export function teardown(data) { get('teardown' + data.status); }
`;

let server: TestServer;
let asked = 0;
beforeAll(async () => {
  server = await serve((request, response) => {
    asked += 1;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method: request.method, path: request.url, body }));
    });
  });
});
afterAll(() => server.close());

const EXPECTED = [200, ...EXPRESSIONS.map(([, value]) => value)];
const REQUESTS = 96;

describe('a script without await', () => {
  it('has the same values and requests here', async () => {
    asked = 0;
    const { result, log } = await runScript(SCRIPT, { env: { BASE: server.origin } });
    expect(result.exceptions).toEqual({ count: 0, first: [] });
    expect(log.map((line) => JSON.parse(line))).toEqual([EXPECTED, EXPECTED]);
    expect(asked).toBe(REQUESTS);
  });

  describeWithK6('in k6', () => {
    it('has the same values and requests', async () => {
      asked = 0;
      const { log } = await runInK6(SCRIPT, { env: { BASE: server.origin } });
      const shown = log.filter((line) => line.startsWith('['));
      expect(shown.map((line) => JSON.parse(line))).toEqual([EXPECTED, EXPECTED]);
      expect(asked).toBe(REQUESTS);
    });
  });
});
