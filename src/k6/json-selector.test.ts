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

  it('refuses queries instead of finding nothing', () => {
    expect(() => selectJson(shop, 'items.#(id=="a")')).toThrow('not supported');
  });
});
