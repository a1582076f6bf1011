import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { refusedOrigin, serve, serveTcp, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from '../testing/run-script.ts';
import { fetchModule } from './fetch-module.ts';
import { loadScript } from './load-script.ts';

/** The server's paths: each has a module, or a status and the place that it redirects to. */
let modules: Record<string, string | { status: number; location?: string }> = {};
let asked: string[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await serve((request, response) => {
    asked.push(request.url as string);
    const found = modules[request.url as string] ?? { status: 404 };
    if (typeof found === 'string') response.end(found);
    else if (found.location === undefined) response.writeHead(found.status).end('<html>');
    else response.writeHead(found.status, { location: found.location }).end();
  });
});
afterAll(() => server.close());
beforeEach(() => {
  modules = {};
  asked = [];
});

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

/** Loads a script in whose source `HOST` stands for the server. */
function load(
  source: string,
  options: { knownTexts?: Map<string, string>; abandoned?: AbortSignal } = {},
) {
  const folder = writeFiles({ 'shop.ts': inPlace(source) });
  removals.push(folder.remove);
  return loadScript(folder.path('shop.ts'), { env: {}, ...options });
}

const inPlace = (text: string): string => text.replaceAll('HOST', server.origin);

async function failure(source: string): Promise<UserError> {
  const error = await load(source).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error('expected a UserError', { cause: error });
  return error;
}

const RUNNABLE = 'export default function () {}';

describe('an import over the network', () => {
  it('brings a module and what that imports, relative to its URL', async () => {
    modules = {
      '/lib/1.0/index.js': `import { two } from './parts/two.ts'; import { three } from '/three.js';
        export const sum = two() + three;`,
      '/lib/1.0/parts/two.ts': `import one from '../one.json'; export const two = (): number => one.one + 1;`,
      '/lib/1.0/one.json': '{"one":1}',
      '/three.js': 'module.exports = { three: 3 };',
    };
    const { sale } = await load(
      `import { sum } from 'HOST/lib/1.0/index.js'; export const sale = { stock: sum }; ${RUNNABLE}`,
    );
    expect(sale).toEqual({ stock: 5 });
  });

  it('is fetched once, and not again by a load that is given the fetched texts', async () => {
    modules = {
      '/a.js?v=1': `import './b.js'; export const a = 1;`,
      '/b.js': `import './a.js?v=1'`,
    };
    const source = `import { a } from 'HOST/a.js?v=1'; import 'HOST/b.js'; a; ${RUNNABLE}`;
    const { knownTexts } = await load(source);
    expect(asked.toSorted()).toEqual(['/a.js?v=1', '/b.js']);
    expect([...knownTexts.keys()].toSorted()).toEqual(['HOST/a.js?v=1', 'HOST/b.js'].map(inPlace));
    modules = {};
    await load(source, { knownTexts });
    expect(asked).toHaveLength(2);
  });

  it('follows redirects; relative imports go by the URL as it was written, as in k6', async () => {
    modules = {
      '/latest/index.js': { status: 302, location: '/v2/main.js' },
      '/v2/main.js': `export { part } from './part.js';`,
      '/latest/part.js': `export const part = 7;`,
    };
    const { sale } = await load(
      `import { part } from 'HOST/latest/index.js'; export const sale = { part }; ${RUNNABLE}`,
    );
    expect(sale).toEqual({ part: 7 });
  });

  it('waits where the script waits, and throws with its own URL and line', async () => {
    modules = {
      '/shop.js': `import http from 'k6/http';
        export class Shop {
          status() { return http.get(__ENV.BASE + '/stock.json').status; }
          fail() {
            throw new Error('closed');
          }
        }`,
      '/stock.json': '{}',
    };
    const { result, log } = await runScript(
      inPlace(`import { Shop } from 'HOST/shop.js';
        export default function () {
          const shop = new Shop();
          console.log(shop.status() + 1);
          shop.fail();
        }`),
      { env: { BASE: server.origin } },
    );
    expect(log[0]).toBe('201');
    expect(result.exceptions.first).toEqual([inPlace('HOST/shop.js:5: closed')]);
  });

  it('opens files of this machine only: those at the path of its URL, as in k6', async () => {
    const folder = writeFiles({ 'data.txt': 'here' });
    removals.push(folder.remove);
    const path = folder.path('lib.js');
    modules = {
      [path]: `export const data = open('./data.txt');`,
      '/lib/shop.js': `export const data = open('./data.txt');`,
    };
    const { sale } = await load(
      `import { data } from 'HOST${path}'; export const sale = { data }; ${RUNNABLE}`,
    );
    expect(sale).toEqual({ data: 'here' });
    const { why } = await failure(`import { data } from 'HOST/lib/shop.js'; data; ${RUNNABLE}`);
    expect(why).toContain('open() cannot read /lib/data.txt: ENOENT');
    expect(asked).not.toContain('/lib/data.txt');
  });

  it('of a large library is left as it is', async () => {
    modules = {
      '/library.js': `export class Store { constructor() { this.first = this.get(1); } get(key) { return key; } }
        /*! ${'-'.repeat(60_000)} */`,
    };
    const { sale } = await load(
      `import http from 'k6/http';
       import { Store } from 'HOST/library.js';
       class Client { get(url) { return http.get(url); } }
       export const sale = { stock: new Store().get(3) };
       export default function () { new Client().get('a'); }`,
    );
    expect(sale).toEqual({ stock: 3 });
  });
});

describe('an import over the network that brings nothing', () => {
  const DO = '; save the file beside the script and import it by its path';

  it('says where it stands, what the server answered, and what to do', async () => {
    const error = await failure(`\nimport 'HOST/gone.js';\n${RUNNABLE}`);
    expect(error.why).toMatch(/shop\.ts:2: /);
    expect(error.why).toContain(
      inPlace(`"HOST/gone.js" cannot be imported: the server answered 404 Not Found${DO}`),
    );
    expect(error.next).toMatch(/^mend line 2 of .*shop\.ts$/);
  });

  it('names the module that imports it', async () => {
    modules = { '/a.js': `\n\nimport './gone.js';` };
    const error = await failure(`import 'HOST/a.js'; ${RUNNABLE}`);
    expect(error.why).toContain(inPlace(`HOST/a.js:3: "HOST/gone.js" cannot be imported`));
    expect(error.next).toBe(
      inPlace(
        'save the module beside the script, import it by its path and change HOST/a.js:3 there',
      ),
    );
  });

  it.each([
    ['a page', '/page.js', 'the answer is a page of HTML, no script'],
    ['a download', '/large.js', 'it is larger than 10 MB'],
    ['a circle', '/circle.js', 'it was redirected more than 10 times'],
    ['nothing', '/empty.js', 'the server answered 204 No Content'],
    [
      'a redirect to the open network without TLS',
      '/open.js',
      'modules come over https, and over http from this machine only (at http://shop.example/, where it was redirected to)',
    ],
  ])('because it is %s', async (_, path, reason) => {
    modules = {
      '/page.js': '\n<!DOCTYPE html><title>a.js</title>',
      '/large.js': '-'.repeat(10_000_001),
      '/circle.js': { status: 301, location: '/circle.js' },
      '/open.js': { status: 301, location: 'http://shop.example/' },
      '/empty.js': { status: 204 },
    };
    const { why } = await failure(`import 'HOST${path}'; ${RUNNABLE}`);
    expect(why).toContain(inPlace(`"HOST${path}" cannot be imported: ${reason}${DO}`));
  });

  it('because no answer comes', async () => {
    const origin = await refusedOrigin();
    await expect(fetchModule(`${origin}/a.js`)).rejects.toThrow(
      `nothing listens at ${new URL(origin).host}`,
    );
    await expect(fetchModule('https://nowhere.invalid/a.js')).rejects.toThrow(
      /^(there is no host nowhere\.invalid|the host nowhere\.invalid cannot be looked up)$/,
    );
    const silent = await serve(() => {});
    await expect(fetchModule(`${silent.origin}/a.js`, { timeoutMs: 10 })).rejects.toThrow(
      'there was no answer within 0.01 s',
    );
    await silent.close();
  });

  it('because the run was given up', async () => {
    const giveUp = new AbortController();
    const silent = await serve(() => giveUp.abort());
    await expect(
      load(`import '${silent.origin}/a.js'; ${RUNNABLE}`, { abandoned: giveUp.signal }),
    ).rejects.toMatchObject({ why: expect.stringContaining('This operation was aborted') });
    await silent.close();
  });

  it('because the proxy does not let it through', async () => {
    let said = '';
    const proxy = await serveTcp((socket) => {
      socket.once('data', (data) => {
        said = String(data);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
    });
    vi.stubEnv('https_proxy', proxy.origin);
    vi.stubEnv('no_proxy', '');
    await expect(fetchModule('https://jslib.example/a.js')).rejects.toThrow('403');
    expect(said).toMatch(/^CONNECT jslib\.example:443 HTTP\/1\.1\r\n/);
    await proxy.close();
    vi.stubEnv('https_proxy', proxy.origin);
    await expect(fetchModule('https://jslib.example/a.js')).rejects.toThrow(
      `nothing listens at ${new URL(proxy.origin).host}`,
    );
    vi.unstubAllEnvs();
  });

  it('because it cannot be read: names its URL and line', async () => {
    modules = { '/bad.js': '\nlet let = 1;', '/package.js': `import 'lodash';` };
    expect((await failure(`import 'HOST/bad.js'; ${RUNNABLE}`)).why).toContain(
      inPlace('HOST/bad.js:2: '),
    );
    expect((await failure(`import 'HOST/package.js'; ${RUNNABLE}`)).why).toContain(
      inPlace('HOST/package.js:1: "lodash" cannot be imported'),
    );
  });
});
