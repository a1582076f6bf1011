import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';

const once = onceWithEcho();

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
