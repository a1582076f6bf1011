import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { serveTcp, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from './run-script.ts';

/** Expressions of an iteration and their values in k6. The server answers with the line and the headers of the request. */
const EXPRESSIONS: [expression: string, value: unknown][] = [
  // Requests
  [`http.get(BASE + '/500', { throw: true }).status`, 500],
  [`line(http.get(BASE + '/{id}/a|b"c<d>e^f?q={x}'))`, '/%7Bid%7D/a%7Cb%22c%3Cd%3Ee%5Ef?q={x}'],
  [`line(http.get(BASE + '/x '))`, '/x%20'],
  [
    // The order of cookies is a matter of chance in k6.
    `header(http.get(BASE + '/', { cookies: { a: 'b', n: 5, yes: true } }), 'cookie').split('; ').sort()`,
    ['a=b', 'n=5', 'yes=true'],
  ],
  [`http.get(BASE + '/304').body`, null],
  [`http.get(BASE + '/list').json(1)`, 8],
  [`[undefined, null].map((selector) => http.get(BASE + '/list').json(selector))`, [null, null]],
  [
    `['empty', 'none', 'cut', 'late'].map((how) => http.get(BASE + '/' + how).error_code)`,
    [1701, 1701, 1000, 1000],
  ],
  // As much of an answer as there is
  [
    `['cut', 'late', 'none', 'gone'].map((how) => ((r) => [r.status, r.body, r.error, Object.keys(r.headers).length])(http.post(BASE + '/' + how)))`,
    [
      [0, 'text', 'unexpected EOF', 0],
      [0, 'text', 'unexpected EOF', 0],
      [0, null, expect.any(String), 0],
      [0, null, 'EOF', 0],
    ],
  ],
  [
    `[[], ['a']].map((selectors) => refused(() => http.get(BASE + '/half').json(...selectors)))`,
    [true, false],
  ],
  [`http.get(BASE + '/half', { responseType: 'binary' }).body.byteLength`, 4],
  [`http.get(BASE + '/other').body`, 'text'],
  [`header(http.get(BASE + '/', { cookies: { a: 'x y' } }), 'cookie')`, 'a="x y"'],
  [
    `['junk', '2099-10-21T07:28:00Z', 'Wed, 21 Oct 2099 07:28:00 GMT', null, undefined, 5, ''].map((expires) => refused(() => http.cookieJar().set(BASE, 'n', 'v', { expires })))`,
    [true, true, false, true, true, true, false],
  ],
  [`(http.cookieJar().set(BASE, 'm', null, null), http.cookieJar().cookiesForURL(BASE).m)`, ['']],
  [
    `[null, undefined, 'x', 1.5, '1'].map((redirects) => http.get(BASE + '/to?/in', { redirects }).status)`,
    [302, 302, 302, 200, 200],
  ],
  [`header(http.get(BASE + '/to?/in'), 'referer').replace(BASE, '')`, '/to?/in'],
  [
    `header(http.get(BASE.replace('//', '//:secret@') + '/in'), 'authorization')`,
    'Basic OnNlY3JldA==',
  ],
  [`refused(() => http.setResponseCallback(() => true))`, true],
  [
    `[[], [200.5], [200]].map((given) => refused(() => http.expectedStatuses(...given)))`,
    [true, true, false],
  ],
  // A response is an object with plain fields
  [
    `Object.keys({ ...http.get(BASE + '/list') }).sort().join(' ')`,
    'body clickLink cookies error error_code headers html json ocsp proto remote_ip remote_port request status status_text submitForm timings tls_cipher_suite tls_version url',
  ],
  [`({ ...http.get(BASE + '/list') }).body`, '[7,8]'],
  [`(({ json }) => json(1))(http.get(BASE + '/list'))`, 8],
  [
    `((r) => { r.body = '{"x":[3]}'; return [r.body, r.json('x.0')]; })(http.get(BASE + '/list'))`,
    ['{"x":[3]}', 3],
  ],
  [
    `((r) => { r.url = 5; r.status = 7; return [r.url, r.status]; })(http.get(BASE + '/list'))`,
    ['5', 7],
  ],
  [
    `((r) => ['sold', 'json', 'headers'].map((name) => refused(() => { 'use strict'; r[name] = 5; })))(http.get(BASE + '/list'))`,
    [true, true, true],
  ],
  [
    `((r) => ['sold', 'status'].map((name) => refused(() => { 'use strict'; delete r[name]; })))(http.get(BASE + '/list'))`,
    [false, true],
  ],
  // Node's globals are as absent from the global object as they are by name
  [
    `['process', 'Buffer', 'fetch', 'setImmediate', 'queueMicrotask'].filter((name) => globalThis[name] || name in globalThis)`,
    [],
  ],
  [
    `[globalThis === global, globalThis.globalThis === globalThis, globalThis.open === open, globalThis.__ENV.BASE === BASE, typeof globalThis.console.log, typeof globalThis.setTimeout]`,
    [true, true, true, true, 'function', 'function'],
  ],
  // Options
  [`[options.iterations, typeof options.vus]`, [1, 'number']],
  [`refused(() => { 'use strict'; exec.test.options.iterations = 5; })`, true],
  [`http.get(BASE + '/utf8').headers['X-Shop']`, 'Blumen für Ä'],
  // Redirects
  [`line(http.get(BASE + '/to?ü'))`, '/%C3%BC'],
  [`[':bad', '%zz', 'http:///x'].map((to) => http.get(BASE + '/to?' + to).status)`, [0, 0, 0]],
  [
    `header(http.get(BASE.replace('//', '//me:secret@') + '/to?/in'), 'authorization')`,
    'Basic bWU6c2VjcmV0',
  ],
  // Metrics and tags
  [`[1, 2].map(counter.add)`, [true, true]],
  [`[sales.add(1), typeof http.CookieJar().set]`, [true, 'function']],
  // The parts of a response that setup hands over
  [
    `[data.list.status, data.list.body, data.list.request.method, data.list.json]`,
    [200, '[7,8]', 'GET', null],
  ],
  [
    `[{}, null, undefined].map((value) => refused(() => { exec.vu.tags.shop = value; }))`,
    [true, true, true],
  ],
  [`[(exec.vu.tags.n = 5, exec.vu.tags.n), 'scenario' in exec.vu.tags]`, ['5', true]],
  [`(exec.vu.tags = {}, exec.vu.tags.n)`, '5'],
];

const SCRIPT = `
import http from 'k6/http';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
const BASE = __ENV.BASE;
const counter = new Counter('sold');
const sales = Counter('sales');
const line = (answer) => answer.json('0').split(' ')[1];
const header = (answer, name) => (answer.json().find((each) => each.toLowerCase().startsWith(name + ': ')) || '').slice(name.length + 2);
const refused = (work) => { try { work(); return false; } catch (error) { return true; } };
export const options = { vus: '1', iterations: '1' };
export const setup = () => ({ list: http.get(BASE + '/list') });
export default function (data) {
${EXPRESSIONS.map(([expression]) => `  console.log(JSON.stringify(${expression}));`).join('\n')}
}`;

const packed = (bytes: Buffer, length = bytes.length): string =>
  `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${length}\r\n\r\n${bytes.toString('latin1')}`;
const PACKED = gzipSync('text');

/** Answers with bytes that are no text. */
const BYTES: Record<string, string> = {
  '/empty': packed(Buffer.alloc(0)),
  '/none': packed(Buffer.from('text')),
  '/cut': packed(PACKED.subarray(0, -4)),
  '/other': packed(PACKED).replace('gzip', 'own, gzip'),
  '/half': 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"',
  // The server closes the connection before the end.
  '/late': packed(PACKED, 500),
};

const ANSWERS: Record<string, string> = {
  '/500': 'HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\n\r\n',
  '/list': 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n[7,8]',
  '/utf8': 'HTTP/1.1 200 OK\r\nx-shop: Blumen für Ä\r\ncontent-length: 0\r\n\r\n',
};

function answerTo(request: string): string {
  const lines = request.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  const path = lines[0]?.split(' ')[1] ?? '';
  if (path.startsWith('/to?')) {
    const location = decodeURIComponent(path.slice(4).replace('%zz', '%25zz'));
    return `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;
  }
  const body = JSON.stringify(lines);
  return (
    ANSWERS[path] ?? `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

let server: TestServer;
beforeAll(async () => {
  server = await serveTcp((socket) => {
    socket.on('data', (bytes) => {
      const path = bytes.toString().split(' ')[1] as string;
      const answer = BYTES[path];
      if (answer === undefined && path !== '/gone') socket.write(answerTo(bytes.toString()));
      else if (answer !== undefined) socket.write(answer, 'latin1');
      if (['/late', '/half', '/gone'].includes(path)) socket.end();
    });
  });
});
afterAll(() => server.close());

function jsonIn(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

const EXPECTED = EXPRESSIONS.map(([, value]) => value);

describe('requests, redirects, metrics and tags are the same', () => {
  it.each([
    ['with awaits', undefined],
    ['in threads', 'threads'],
  ] as const)('%s', async (_, way) => {
    const { result, log } = await runScript(SCRIPT, { env: { BASE: server.origin }, way });
    expect(result.exceptions).toEqual({ count: 0, first: [] });
    expect(log.map((each) => JSON.parse(each))).toEqual(EXPECTED);
  });

  describeWithK6('in k6', () => {
    it('they are so', async () => {
      const { log } = await runInK6(SCRIPT, { env: { BASE: server.origin } });
      // Between the values are k6's own warnings.
      expect(log.flatMap(jsonIn)).toEqual(EXPECTED);
    });
  });
});
