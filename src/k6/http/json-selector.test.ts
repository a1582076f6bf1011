import { describe, expect, it } from 'vitest';
import { selectJson } from './json-selector.ts';

const shop = {
  name: 'x',
  'dotted.name': 1,
  items: [{ id: 'a', tags: ['p', 'q'] }, { id: 'b' }, { other: 1 }],
  none: null,
};

describe('json selectors', () => {
  it.each([
    ['name', 'x'],
    ['items.0.id', 'a'],
    ['items.0.tags.1', 'q'],
    ['items.#', 3],
    ['items.#.id', ['a', 'b']],
    ['dotted\\.name', 1],
    ['none', null],
    ['none.deeper', undefined],
    ['items.9', undefined],
    ['items.id', undefined],
    ['toString', undefined],
  ])('%s', (selector, expected) => {
    expect(selectJson(shop, selector)).toEqual(expected);
  });

  it.each([
    ['#(id=="b").n', 2],
    ['#(n>1).id', 'b'],
    ['#(n>1)#.id', ['b', 'c.d']],
    ['#(n>=2)#.n', [2, 3]],
    ['#(n<2)#.id', ['a']],
    ['#(n<=2)#.id', ['a', 'b']],
    ['#(n!=1)#.id', ['b', 'c.d']],
    ['#(n>"1").id', 'b'],
    ['#(deep.none==null).id', undefined],
    ['#(id%"c*").n', 3],
    ['#(id%"?").n', 1],
    ['#(id!%"?").n', 3],
    ['#(id="c.d").n', 3],
    ['#(id==a).n', 1],
    ['#(deep.ok==true).id', 'b'],
    ['#(deep).id', 'b'],
    ['#(tags.#(=="q")).id', 'a'],
    ['#(id=="none")', undefined],
    ['#(id=="none")#', []],
    ['0.tags.#(>"p")', 'q'],
    ['1.d*p.o?', true],
    ['1.x*', undefined],
  ])('%s', (selector, expected) => {
    const items = [
      { id: 'a', n: 1, tags: ['p', 'q'] },
      { id: 'b', n: 2, deep: { ok: true, none: null } },
      { id: 'c.d', n: 3 },
    ];
    expect(selectJson(items, selector)).toEqual(expected);
  });

  it.each(['items|0', 'items.@reverse', '{name,none}', 'items.#(id'])(
    'refuses %s instead of finding nothing',
    (selector) => {
      expect(() => selectJson(shop, selector)).toThrow(`json("${selector}")`);
    },
  );
});
