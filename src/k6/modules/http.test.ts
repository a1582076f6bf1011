import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from '../testing/echo-server.ts';
import { runOnce } from '../testing/run-once.ts';
import { runScript } from '../testing/run-script.ts';

let echo: TestServer;
beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

const once = (body: string, options: Parameters<typeof runOnce>[1] = {}) =>
  runOnce(body, { ...options, base: echo.origin });

describe('k6/http', () => {
  it('sends every method with its body, headers and query', async () => {
    const { shown, result } = await once(`
      const bodyless = [await http.get(BASE + '/a?q=1'), await http.options(BASE + '/o')];
      const sent = [
        await http.post(BASE + '/p', 'text', { headers: { 'X-One': '1' } }),
        await http.put(BASE + '/u', JSON.stringify({ a: 1 })),
        await http.patch(BASE + '/c', { name: 'A b', list: [1, 2] }),
        await http.del(BASE + '/d'),
        await http.request('post', BASE + '/r', new Uint8Array([104, 105]).buffer),
        await http.asyncRequest('GET', BASE + '/async'),
      ];
      for (const r of [...bodyless, ...sent]) show([r.json('method'), r.json('path'), r.json('body')]);
      show(sent[0].json('headers.x-one'));
      show(sent[2].json('headers.content-type'));
      show((await http.head(BASE + '/h')).status);
    `);
    expect(shown).toEqual([
      ['GET', '/a?q=1', ''],
      ['OPTIONS', '/o', ''],
      ['POST', '/p', 'text'],
      ['PUT', '/u', '{"a":1}'],
      ['PATCH', '/c', 'list=1&list=2&name=A+b'],
      ['DELETE', '/d', ''],
      ['POST', '/r', 'hi'],
      ['GET', '/async', ''],
      '1',
      'application/x-www-form-urlencoded',
      200,
    ]);
    expect(result.exceptions.count).toBe(0);
    expect(result.outcomes).toMatchObject({ sent: 9, ok: 9 });
  });

  it('follows redirects as far as it may', async () => {
    const { shown, result } = await once(`
      const end = await http.post(BASE + '/redirect/3', 'body');
      show([end.status, end.url === BASE + '/end', end.json('method'), end.json('body')]);
      show((await http.get(BASE + '/redirect/3', { redirects: 0 })).status);
      show((await http.get(BASE + '/redirect/3', { redirects: 2 })).url === BASE + '/redirect/1');
    `);
    expect(shown).toEqual([[200, true, 'GET', ''], 302, true]);
    expect(result.metrics.http_reqs?.values.count).toBe(4 + 1 + 3);
  });

  it('sends cookies back to the server that set them, until the iteration ends', async () => {
    const run = await runScript(
      `import http from 'k6/http';
       export const options = { iterations: 2 };
       export default async function () {
         const before = (await http.get(__ENV.BASE + '/x')).json('headers.cookie');
         const login = await http.get(__ENV.BASE + '/login');
         const after = (await http.get(__ENV.BASE + '/x', { cookies: { own: '1' } })).json('headers.cookie');
         console.log([before, login.cookies.session[0].value, after].join('|'));
       }`,
      { env: { BASE: echo.origin } },
    );
    const each = '|abc|own=1; session=abc; theme=dark';
    expect(run.log).toEqual([each, each]);
  });

  it('decides by the response callback whether an answer is expected', async () => {
    const { result } = await once(
      `
      await http.get(BASE + '/status?is=404');
      await http.get(BASE + '/status?is=500');
      await http.get(BASE + '/status?is=500', { responseCallback: http.expectedStatuses(500) });
      await http.get(BASE + '/status?is=500', { responseCallback: null });`,
      { init: 'http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 404));' },
    );
    expect(result.metrics.http_req_failed?.values).toEqual({ rate: 1 / 3, passes: 1, fails: 2 });
  });

  it('names URLs by their template', async () => {
    const run = await runScript(
      `import http from 'k6/http';
       export const options = { iterations: 3, thresholds: {
         'http_reqs{name:\${}/item/\${}}': ['count==3'],
         'http_reqs{name:item}': ['count==3'],
         'http_reqs{method:GET,status:200}': ['count==6'],
       } };
       export default async function () {
         await http.get(http.url\`\${__ENV.BASE}/item/\${__ITER}\`);
         await http.get(__ENV.BASE + '/item/' + __ITER, { tags: { name: 'item' } });
       }`,
      { env: { BASE: echo.origin } },
    );
    expect(run.result.thresholds.map(({ observed }) => observed)).toEqual([3, 3, 6]);
  });

  it('sends nothing to a blocked host, and works under a limit of requests per second', async () => {
    const { shown, result } = await once(
      `const blocked = await http.get('http://127.9.9.9/');
       show([blocked.status, blocked.error_code, blocked.error]);
       show((await http.get('http://shop.example/')).error_code);
       const answers = await Promise.all([1, 2, 3].map((n) => http.get(BASE + '/' + n)));
       show(answers.map((r) => r.status));`,
      {
        init: `export const options = { rps: 1000, blacklistIPs: ['127.9.0.0/16'], blockHostnames: ['*.example'], dns: { select: 'first' } };`,
      },
    );
    expect(shown).toEqual([[0, 1110, 'ip is blacklisted'], 1111, [200, 200, 200]]);
    expect(result.metrics.http_reqs?.values.count).toBe(5);
  });

  it('refuses by name what it does not support', async () => {
    const refused = async (body: string) => (await once(body)).result.exceptions.first[0];
    expect(await refused(`await http.get(BASE, { auth: 'ntlm' });`)).toMatch(
      /script\.ts:10: the authentication "ntlm" is not supported/,
    );
    expect(await refused(`(await http.get(BASE)).json('list|@this')`)).toContain('pipes');
    expect(await refused(`await http.get('ftp://127.0.0.1/');`)).toContain(
      'is not an absolute http',
    );
    expect(await refused(`await http.get(BASE, { headers: { 'bad name': '1' } });`)).toMatch(
      /script\.ts:10: .*cannot be sent: "bad name" is not the name of a header/,
    );
  });
});
