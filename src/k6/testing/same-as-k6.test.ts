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
const line = (answer) => answer.json('0').split(' ')[1];
const header = (answer, name) => (answer.json().find((each) => each.toLowerCase().startsWith(name + ': ')) || '').slice(name.length + 2);
const refused = (work) => { try { work(); return false; } catch (error) { return true; } };
export const options = { vus: 1, iterations: 1 };
export default function () {
${EXPRESSIONS.map(([expression]) => `  console.log(JSON.stringify(${expression}));`).join('\n')}
}`;

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
    socket.on('data', (bytes) => socket.write(answerTo(bytes.toString())));
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
