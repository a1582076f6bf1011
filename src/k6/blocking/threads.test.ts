import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from '../testing/echo-server.ts';
import { runScript } from '../testing/run-script.ts';

let echo: TestServer;
beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

const run = (source: string, files: Record<string, string> = {}) =>
  runScript(source, { env: { BASE: echo.origin }, files, way: 'threads' });

describe('a VU in a thread of its own', () => {
  it('sends requests whose answers are there at once', async () => {
    const { log, result } = await run(`
      import http from 'k6/http';
      import { check, sleep, group } from 'k6';
      export default function () {
        const r = http.get(__ENV.BASE + '/one');
        console.log(r.status, r.json('path'), typeof r.timings.duration);
        group('g', () => check(r, { ok: (x) => x.status === 200 }));
        sleep(0.01);
        const [a, b] = http.batch([__ENV.BASE + '/a', __ENV.BASE + '/b']);
        console.log(a.json('path'), b.json('path'));
        http.asyncRequest('GET', __ENV.BASE + '/late').then((r) => console.log(r.json('path')));
        setTimeout(() => console.log('timer'), 1);
      }
    `);
    expect(log).toEqual(['200 /one number', '/a /b', 'timer', '/late']);
    expect(result.checks).toEqual([]);
  });
});
