import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/harness.ts';
import { runScript } from '../testing/run-script.ts';

/** Answers with what it was sent. */
let echo: TestServer;
beforeAll(async () => {
  echo = await serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://echo');
    if (url.pathname.startsWith('/redirect/')) {
      const left = Number(url.pathname.split('/')[2]);
      response.writeHead(302, { location: left > 1 ? `/redirect/${left - 1}` : '/end' }).end();
      return;
    }
    if (url.pathname === '/status') {
      response.writeHead(Number(url.searchParams.get('is')));
      response.end(url.searchParams.get('body') ?? '');
      return;
    }
    if (url.pathname === '/digest') {
      const { authorization } = request.headers;
      if (authorization?.startsWith('Digest username="Mufasa", realm="pride", nonce="n1"')) {
        response.end('{"body":"in"}');
        return;
      }
      const challenge = 'Digest realm="pride", qop="auth,auth-int", nonce="n1", opaque="o"';
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    if (url.pathname === '/login') {
      response.writeHead(200, { 'set-cookie': ['session=abc; Path=/; HttpOnly', 'theme=dark'] });
      response.end('welcome');
      return;
    }
    if (url.pathname === '/packed') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
      return;
    }
    if (url.pathname === '/not-packed') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-many': 'one' });
      const { method, headers } = request;
      response.end(
        JSON.stringify({ method, path: request.url, headers, body, list: [{ n: 1 }, { n: 2 }] }),
      );
    });
  });
});
afterAll(() => echo.close());

/** Runs a body once as an iteration; what it logs is what the test looks at. */
async function once(
  body: string,
  { init = '', files = {} }: { init?: string; files?: Record<string, string> } = {},
) {
  const run = await runScript(
    `import { check, fail, group, randomSeed, sleep } from 'k6';
     import http from 'k6/http';
     import exec, { scenario, vu } from 'k6/execution';
     import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
     import { SharedArray } from 'k6/data';
     import encoding from 'k6/encoding';
     const BASE = __ENV.BASE;
     const show = (value) => console.log(JSON.stringify(value));
     ${init}
     export default async function () { ${body} }`,
    { env: { BASE: echo.origin }, files },
  );
  return { ...run, shown: run.log.map((line) => parse(line)) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

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

  it('gives an answer all its parts', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/parts');
      show([r.status, r.status_text, r.error, r.error_code, r.proto, r.url === BASE + '/parts']);
      show([r.headers['Content-Type'], r.headers['X-Many'], r.remote_ip]);
      show([typeof r.body, r.json().method, r.json('list.1.n'), r.json('list.#'), r.json('list.#.n'), r.json('no.such') === undefined]);
      show(Object.keys(r.timings).sort());
      show(r.timings.duration >= r.timings.waiting && r.timings.waiting > 0);
      show([r.request.method, r.request.headers['User-Agent']]);
    `);
    expect(shown).toEqual([
      [200, '200 OK', '', 0, 'HTTP/1.1', true],
      ['application/json', 'one', '127.0.0.1'],
      ['string', 'GET', 2, 2, [1, 2], true],
      [
        ...['blocked', 'connecting', 'duration', 'looking_up', 'receiving', 'sending'],
        ...['tls_handshaking', 'waiting'],
      ],
      true,
      ['GET', ['flashsale-cli']],
    ]);
  });

  it('picks nothing out of what is no JSON, and says so of it as a whole', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/login');
      show(r.json('session') === undefined);
      try { (await http.get('http://127.0.0.1:1/')).json('session'); } catch (error) { show(error.message); }
      r.json();
    `);
    const refusal = expect.stringContaining('is not JSON');
    expect(shown).toEqual([true, refusal, refusal]);
  });

  it('keeps what a script adds to the headers of an answer', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/parts');
      r.headers.Mine = 'yes';
      show(r.headers.Mine);
    `);
    expect(shown).toEqual(['yes']);
  });

  it('sends no user agent where a request has an empty one', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/x', { headers: { 'User-Agent': '' } });
      show('user-agent' in r.json('headers'));
    `);
    expect(shown).toEqual([false]);
  });

  it('numbers errors as k6 does', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/status?is=404');
      show([r.status, r.error_code]);
      show((await http.get(BASE + '/status?is=503')).error_code);
    `);
    expect(shown).toEqual([[404, 1404], 1503]);
  });

  it('keeps or drops bodies as asked', async () => {
    const { shown } = await once(`
      const binary = await http.get(BASE + '/b', { responseType: 'binary' });
      show(binary.body instanceof ArrayBuffer && binary.body.byteLength > 10);
      show((await http.get(BASE + '/n', { responseType: 'none' })).body);
    `);
    expect(shown).toEqual([true, null]);
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

  it('gives cookies back to the server that set them, until the iteration ends', async () => {
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

  it('takes cookies from the jar a script names, and changes them as it says', async () => {
    const { shown } = await once(`
      const cookies = (path, params) => http.get(BASE + path, params).json('headers.cookie') ?? '';
      const own = new http.CookieJar();
      http.get(BASE + '/login', { jar: own });
      show([cookies('/x'), cookies('/x', { jar: own })]);
      own.set(BASE, 'deep', '1', { path: '/deep', max_age: 60 });
      show([cookies('/x', { jar: own }), cookies('/deep', { jar: own })]);
      own.delete(BASE, 'theme');
      show(own.cookiesForURL(BASE + '/x'));
      own.clear(BASE);
      show(cookies('/x', { jar: own }));
      http.cookieJar().set(BASE, 'a', 'jar');
      show([cookies('/x', { cookies: { a: 'own' } }), cookies('/x', { cookies: { a: { value: 'own', replace: true } } })]);
    `);
    expect(shown).toEqual([
      ['', 'session=abc; theme=dark'],
      ['session=abc; theme=dark', 'deep=1; session=abc; theme=dark'],
      { session: ['abc'] },
      '',
      ['a=own; a=jar', 'a=own'],
    ]);
  });

  it('uploads files beside other fields', async () => {
    const { shown } = await once(
      `
      const sent = http.post(BASE + '/upload', { field: 'one', file: http.file(bytes, 'a "b".txt', 'text/plain') });
      const boundary = sent.json('headers.content-type').split('boundary=')[1];
      show(sent.json('headers.content-type').startsWith('multipart/form-data'));
      show(sent.json('body').replaceAll(boundary, 'B').split('\\r\\n'));`,
      { init: `const bytes = open('./a.txt', 'b');`, files: { 'a.txt': 'hé' } },
    );
    expect(shown).toEqual([
      true,
      [
        ...['--B', 'Content-Disposition: form-data; name="field"', '', 'one', '--B'],
        'Content-Disposition: form-data; name="file"; filename="a \\"b\\".txt"',
        ...['Content-Type: text/plain', '', 'hé', '--B--', ''],
      ],
    ]);
  });

  it('has no body where a server says that it is packed, and it is not', async () => {
    const { shown } = await once(`
      const answer = http.get(BASE + '/not-packed');
      show([answer.status, answer.body]);
      try { answer.json(); } catch (error) { show(error.message); }`);
    expect(shown).toEqual([[200, null], expect.stringContaining('is not JSON')]);
  });

  it('packs bodies as asked, and unpacks what servers packed', async () => {
    const { shown } = await once(`
      const sent = http.post(BASE + '/p', 'text', { compression: 'gzip' });
      show([sent.json('headers.content-encoding'), sent.json('body') === 'text']);
      const packed = http.get(BASE + '/packed');
      show([packed.body, packed.json('a'), packed.headers['Content-Encoding']]);
      show(JSON.parse(JSON.stringify(packed)).status);`);
    expect(shown).toEqual([['gzip', false], ['{"a":1}', 1, 'gzip'], 200]);
  });

  it('throws for a request without an answer where asked to', async () => {
    const { shown, result } = await once(`
      show(http.get('http://127.0.0.1:1/', { throw: false }).error_code);
      http.get('http://127.0.0.1:1/', { throw: true });`);
    expect(shown[0]).toBe(1212);
    expect(result.exceptions.first[0]).toContain('GET http://127.0.0.1:1/ failed');
  });

  it('sends a batch side by side and answers in its shape', async () => {
    const { shown } = await once(`
      const list = await http.batch([BASE + '/0', ['POST', BASE + '/1', 'one'], { method: 'GET', url: BASE + '/2' }]);
      show(list.map((r) => r.json('path')));
      const named = await http.batch({ a: BASE + '/a', b: BASE + '/b' });
      show([named.a.json('path'), named.b.json('path')]);
      const many = await http.batch(Array.from({ length: 30 }, (_, n) => BASE + '/many/' + n));
      show(many.every((r, n) => r.json('path') === '/many/' + n));
    `);
    expect(shown).toEqual([['/0', '/1', '/2'], ['/a', '/b'], true]);
  });

  it('judges answers by the response callback', async () => {
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

  it('says what to write where an await was forgotten that cannot be seen', async () => {
    const { result } = await once(
      `const r = Reflect.apply(http.get, http, [BASE + '/late']); check(r, { ok: (x) => x.status === 200 });`,
    );
    expect(result.exceptions.first[0]).toMatch(/script\.ts:10: \.status was read .* put "await"/);
    const batch = await once(
      `const all = Reflect.apply(http.batch, http, [[BASE + '/late']]); show(all[0].status);`,
    );
    expect(batch.result.exceptions.first[0]).toMatch(/\[0\] was read .* put "await"/);
  });

  it('answers the challenge of digest authentication', async () => {
    const { shown, result } = await once(`
      const withUser = BASE.replace('//', '//Mufasa:Circle%20of%20Life@') + '/digest';
      const known = await http.get(withUser, { auth: 'digest' });
      const unknown = await http.get(BASE + '/digest', { auth: 'digest' });
      show([known.status, known.json('body'), known.url === BASE + '/digest', unknown.status]);
    `);
    expect(shown).toEqual([[200, 'in', true, 401]]);
    expect(result.metrics.http_reqs?.values.count).toBe(3);
    expect(result.metrics.http_req_failed?.values).toMatchObject({ passes: 0, fails: 3 });
  });

  it('asks no blocked host, and no more often than it may', async () => {
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

  it('ignores unknown parameters as k6 does, and says so once', async () => {
    const { shown } = await once(`
      for (const n of [1, 2]) show((await http.get(BASE, { redirect: 'follow' })).status + n);
    `);
    expect(shown).toEqual([
      expect.stringContaining('the http parameter "redirect" is unknown, and ignored'),
      ...[201, 202],
    ]);
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

describe('k6', () => {
  it('counts checks by name and group', async () => {
    const { result } = await once(`
      check(5, { 'is five': (n) => n === 5, 'is six': (n) => n === 6 });
      group('till', () => group('card', () => check(1, { paid: () => true })));
      await group('later', async () => { await sleep(0.001); check(1, { paid: () => false }); });
      check(1, { outside: () => true });
    `);
    expect(result.checks).toEqual([
      { name: 'is five', group: '', passes: 1, fails: 0 },
      { name: 'is six', group: '', passes: 0, fails: 1 },
      { name: 'outside', group: '', passes: 1, fails: 0 },
      { name: 'paid', group: '::till::card', passes: 1, fails: 0 },
      { name: 'paid', group: '::later', passes: 0, fails: 1 },
    ]);
    expect(result.metrics.checks?.values).toEqual({ rate: 3 / 5, passes: 3, fails: 2 });
    expect(result.metrics.group_duration?.values.avg).toBeGreaterThan(0);
  });

  it('a check may wait, and counts what it is answered then', async () => {
    const { shown, result } = await once(`
      show(check(1, { later: async () => false, asked: () => http.get(BASE + '/a').status === 200, now: true }));`);
    expect(shown).toEqual([false]);
    expect(result.checks.map(({ name, passes, fails }) => [name, passes, fails])).toEqual([
      ['later', 0, 1],
      ['asked', 1, 0],
      ['now', 1, 0],
    ]);
  });

  it('groups and checks have names without ::', async () => {
    const first = async (body: string) => (await once(body)).result.exceptions.first[0];
    expect(await first(`group('a::b', () => 1);`)).toContain(`may not contain '::' ("a::b")`);
    expect(await first(`check(1, { 'a::b': true });`)).toContain(`may not contain '::' ("a::b")`);
  });

  it('fail() ends the iteration as an exception with its place', async () => {
    const { result } = await once(`fail('no stock');\n throw new Error('not reached');`);
    expect(result.exceptions).toEqual({
      count: 1,
      first: [expect.stringMatching(/script\.ts:10: no stock$/)],
    });
  });

  it('randomSeed makes Math.random repeatable', async () => {
    const draw = `randomSeed(42); show([Math.random(), Math.random()]);`;
    const [first, second] = [await once(draw), await once(draw)];
    expect(first.shown).toEqual(second.shown);
    expect(new Set(first.shown[0] as number[]).size).toBe(2);
  });
});

describe('k6/execution', () => {
  it('gives every iteration a number of its own, whichever VU runs it', async () => {
    const run = await runScript(
      `import exec from 'k6/execution';
       import { sleep } from 'k6';
       export const options = { vus: 7, iterations: 100 };
       export default async function () {
         await sleep(0.001);
         console.log([exec.scenario.iterationInTest, exec.vu.idInTest, __VU, exec.vu.iterationInScenario, __ITER].join());
       }`,
    );
    const rows = run.log.map((line) => line.split(',').map(Number));
    expect(rows.map(([number]) => number).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
    expect(new Set(rows.map(([, vu]) => vu)).size).toBe(7);
    for (const [, vu, global, inScenario, iter] of rows) {
      expect(vu).toBe(global);
      expect(inScenario).toBe(iter);
    }
  });

  it('tells about scenario, instance and options, and ends the run', async () => {
    const { shown, result, log } = await once(`
      show([scenario.name, scenario.executor, Number.isInteger(scenario.startTime), vu.idInInstance]);
      show([exec.instance.vusActive, exec.instance.vusInitialized, exec.instance.iterationsCompleted]);
      show(exec.test.options.scenarios.default.executor);
      exec.vu.tags.colour = 'red';
      exec.vu.tags.colour = 7;
      show([exec.vu.tags.colour, exec.vu.tags.size === undefined, 'colour' in exec.vu.tags]);
      exec.test.abort('enough');
    `);
    expect(shown.slice(0, 4)).toEqual([
      ['default', 'per-vu-iterations', true, 1],
      [1, 1, 0],
      'per-vu-iterations',
      ['7', true, true],
    ]);
    expect(log.at(-1)).toBe('the script ended the run: enough');
    expect(result).toMatchObject({ stoppedBy: 'script-abort', interruptedIterations: 1 });
    expect(result.exceptions.count).toBe(0);
  });
});

describe('k6/metrics', () => {
  it('keeps all four kinds, shared by all VUs', async () => {
    const run = await runScript(
      `import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
       const sold = new Counter('sold'); const left = new Gauge('left');
       const lucky = new Rate('lucky'); const wait = new Trend('wait', true);
       export const options = { vus: 4, iterations: 20, thresholds: { 'sold{kind:a}': ['count==10'] } };
       export default function () {
         sold.add(1, { kind: __ITER % 2 ? 'a' : 'b' }); left.add(7); lucky.add(__VU === 1); wait.add(__VU);
       }`,
    );
    const { metrics, thresholds } = run.result;
    expect(metrics.sold?.values.count).toBe(20);
    expect(metrics.left?.values).toEqual({ value: 7, min: 7, max: 7 });
    expect(metrics.lucky?.values.passes).toBeGreaterThan(0);
    expect(metrics.wait).toMatchObject({
      type: 'trend',
      contains: 'time',
      values: { min: 1, max: 4 },
    });
    expect(metrics['sold{kind:a}']?.values.count).toBeGreaterThan(0);
    expect(thresholds).toHaveLength(1);
  });

  it('leave out what is not a number, as k6 does, and say so once', async () => {
    const { shown, result } = await once(
      `show(['2', true, null, undefined, 'many'].map((value) => sold.add(value)));`,
      { init: `const sold = new Counter('sold');` },
    );
    expect(shown).toEqual([
      expect.stringContaining('warning: "null" is not a number that the metric "sold" could take'),
      [true, true, false, false, false],
    ]);
    expect(result.metrics.sold?.values.count).toBe(3);
    const strict = await once(`sold.add(NaN);`, {
      init: `const sold = new Counter('sold'); export const options = { throw: true };`,
    });
    expect(strict.result.exceptions.first[0]).toContain('"NaN" is not a number');
  });

  it('cannot be declared in mid-run', async () => {
    const { result } = await once(`new Counter('late');`);
    expect(result.exceptions.first[0]).toContain('metrics can be declared in init code only');
  });
});

describe('k6/data, k6/encoding and open', () => {
  it('a SharedArray is read once, for all VUs, and cannot be changed', async () => {
    const run = await runScript(
      `import { SharedArray } from 'k6/data';
       const people = new SharedArray('people', () => { console.log('read'); return JSON.parse(open('./people.json')); });
       export const options = { vus: 5, iterations: 10 };
       export default function () {
         if (people.length !== 2 || people[1].name !== 'Bo') throw new Error('wrong');
         if ([...people].length !== 2 || people.map((p) => p.name).join() !== 'Al,Bo') throw new Error('wrong');
         let changes = 0;
         for (const change of [() => { people[0].name = 'X'; }, () => { people.push(1); }, () => { people[0] = 1; }]) {
           try { change(); changes += 1; } catch {}
         }
         if (changes > 0) throw new Error('changed');
       }`,
      { files: { 'people.json': '[{"name":"Al"},{"name":"Bo"}]' } },
    );
    expect(run.result.exceptions).toEqual({ count: 0, first: [] });
    expect(run.log).toEqual(['read']);
  });

  it('open() works in init code only', async () => {
    const ok = await once(`show(text); show(new Uint8Array(bytes).length);`, {
      init: `const text = open('./a.txt'); const bytes = open('./a.txt', 'b');`,
      files: { 'a.txt': 'hé' },
    });
    expect(ok.shown).toEqual(['hé', 3]);
    const late = await once(`open('./a.txt')`, { files: { 'a.txt': '' } });
    expect(late.result.exceptions.first[0]).toContain('open() works in init code');
  });

  it('encodes and decodes base64', async () => {
    const { shown } = await once(`
      show(['std', 'rawstd', 'url', 'rawurl'].map((v) => encoding.b64encode('\\u00fb\\u00ff?', v)));
      show(encoding.b64decode('aMOp', null, 's'));
      show(new Uint8Array(encoding.b64decode('aGk=')).join());
      show(new Uint8Array(encoding.b64decode('aGk', 'rawstd')).join());
      encoding.b64decode('aGk');
    `);
    expect(shown).toEqual([
      ['w7vDvz8=', 'w7vDvz8', 'w7vDvz8=', 'w7vDvz8'],
      'hé',
      '104,105',
      '104,105',
      expect.stringContaining('illegal base64 data'),
    ]);
  });
});

describe('k6/crypto and the global crypto', () => {
  it('hashes and signs in every encoding', async () => {
    const { shown } = await once(
      `
      show(['md5', 'sha1', 'ripemd160'].map((name) => crypto[name]('some text', 'hex')));
      show(['base64', 'base64url', 'base64rawurl'].map((encoding) => crypto.sha256('a?~', encoding)));
      show(crypto.hmac('sha256', 'key', 'some text', 'hex') === crypto.createHMAC('sha256', 'key').digest('hex'));
      const hasher = crypto.createHash('sha512_256');
      hasher.update('some ');
      hasher.update(new Uint8Array([116, 101, 120, 116]).buffer);
      show([hasher.digest('hex') === crypto.sha512_256('some text', 'hex'), hasher.digest('binary').byteLength]);
      show([crypto.hexEncode('hi'), crypto.randomBytes(7).byteLength]);
      crypto.createHash('sha3');`,
      { init: `import crypto from 'k6/crypto';` },
    );
    expect(shown).toEqual([
      [
        '552e21cd4cd9918678e3c1a0df491bc3',
        '37aa63c77398d954473262e1a0057c1e632eda77',
        '0ef90c4b2f48f361e7c5cbdb7839d2dd63e53b3d',
      ],
      [
        'lXipjKuGBsiiIP2hCy0jPS3QbndF+K0vITBBt/MdvuE=',
        'lXipjKuGBsiiIP2hCy0jPS3QbndF-K0vITBBt_MdvuE=',
        'lXipjKuGBsiiIP2hCy0jPS3QbndF-K0vITBBt_MdvuE',
      ],
      false,
      [true, 32],
      ['6869', 7],
      expect.stringContaining('invalid algorithm: sha3'),
    ]);
  });

  it('an iteration waits for the promises of crypto.subtle', async () => {
    const { shown } = await once(`
      crypto.subtle.digest('SHA-256', new Uint8Array([1])).then((hash) => show(hash.byteLength));
      show(crypto.getRandomValues(new Uint8Array(4)).length + crypto.randomUUID().length);`);
    expect(shown).toEqual([40, 32]);
  });
});

describe('timers', () => {
  it('an iteration lasts until its timers have fired or were cleared', async () => {
    const { shown, result } = await once(`
      setTimeout((word) => show(word), 5, 'later');
      clearTimeout(setTimeout(() => show('never'), 1));
      let ticks = 0;
      const beat = setInterval(() => { ticks += 1; if (ticks === 3) { clearInterval(beat); show(ticks); } }, 5);
      show('first');`);
    expect(shown[0]).toBe('first');
    expect(new Set(shown)).toEqual(new Set(['first', 'later', 3]));
    expect(result.iterations).toBe(1);
  });

  it('a callback may send requests, and what it throws counts', async () => {
    const { shown, result } = await once(
      `timers.setTimeout(() => { show(http.get(BASE + '/a').status); }, 1);`,
      { init: `import timers from 'k6/timers';` },
    );
    expect(shown).toEqual([200]);
    expect(result.outcomes.ok).toBe(1);
  });
});

describe('console', () => {
  it('shows objects as JSON and puts values side by side', async () => {
    const { log } = await once(
      `console.log('%s', { a: [1] }, null, () => 1); console.error(new TypeError('no'));`,
    );
    expect(log).toEqual(['%s {"a":[1]} null [object Function]', 'error: TypeError: no']);
  });
});
