import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from '../testing/echo-server.ts';
import { runOnce } from '../testing/run-once.ts';

let echo: TestServer;
beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

const once = (body: string, options: Parameters<typeof runOnce>[1] = {}) =>
  runOnce(body, { ...options, base: echo.origin });

describe('a batch', () => {
  it('is answered in the shape of its requests', async () => {
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
});
