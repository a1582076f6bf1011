import { describe, expect, it } from 'vitest';
import { parsePage } from '../../html/page.ts';
import { inTurn } from './in-turn.ts';

const soon = <Value>(value: Value): Promise<Value> => Promise.resolve(value);
const isEven = (n: unknown): Promise<boolean> => soon(Number(n) % 2 === 0);

describe('arrays', () => {
  it('have each element answered before the next one is taken', async () => {
    const steps: string[] = [];
    const result = await inTurn(['a', 'b'], 'forEach', async (each) => {
      steps.push(`begin ${each}`);
      await soon(undefined);
      steps.push(`end ${each}`);
    });
    expect(steps).toEqual(['begin a', 'end a', 'begin b', 'end b']);
    expect(result).toBeUndefined();
  });

  it.each<[string, (...values: unknown[]) => unknown, unknown]>([
    ['map', (n) => soon(Number(n) * 2), [2, 4, 6, 8]],
    ['flatMap', (n) => soon([n, n]), [1, 1, 2, 2, 3, 3, 4, 4]],
    ['filter', isEven, [2, 4]],
    ['find', isEven, 2],
    ['findIndex', isEven, 1],
    ['some', isEven, true],
    ['every', isEven, false],
    ['reduce', (sum, n) => soon(Number(sum) + Number(n)), 10],
  ])('%s answers as without waiting', async (method, callback, result) => {
    expect(await inTurn([1, 2, 3, 4], method, callback)).toEqual(result);
  });

  it('reduce takes a value to begin with, and needs one for no elements', async () => {
    const add = (sum: unknown, n: unknown) => soon(Number(sum) + Number(n));
    expect(await inTurn([1, 2], 'reduce', add, 10)).toBe(13);
    expect(await inTurn([], 'reduce', add, 10)).toBe(10);
    await expect(inTurn([], 'reduce', add)).rejects.toThrow('Reduce of empty array');
  });

  it('callbacks get index, array and this', async () => {
    const list = ['a'];
    const self = {};
    const callback = function (this: unknown, ...given: unknown[]) {
      return soon([this, ...given]);
    };
    expect(await inTurn(list, 'map', callback, self)).toEqual([[self, 'a', 0, list]]);
  });

  it('are made by Array.from', async () => {
    const given = [1, 2] as never;
    expect(await inTurn(Array, 'from', given, (n: unknown) => soon(Number(n) + 1))).toEqual([2, 3]);
  });
});

it('Maps and Sets have their elements taken in turn', async () => {
  const seen: unknown[] = [];
  const note = (...given: unknown[]) => soon(seen.push(given.slice(0, 2)));
  await inTurn(new Map([['a', 1]]), 'forEach', note);
  await inTurn(new Set([2]), 'forEach', note);
  expect(seen).toEqual([
    [1, 'a'],
    [2, 2],
  ]);
});

it('selections of HTML have their elements taken in turn', async () => {
  const items = parsePage('<ul><li>a</li><li>b</li></ul>', '').find('li');
  const isB = (index: unknown) => soon(index === 1);
  expect(await inTurn(items, 'map', (index) => soon(index))).toEqual([0, 1]);
  expect(await inTurn(items, 'is', isB)).toBe(true);
  expect(((await inTurn(items, 'filter', isB)) as typeof items).text()).toBe('b');
  expect(((await inTurn(items, 'not', isB)) as typeof items).text()).toBe('a');
});

it('other objects have their method called; without it the error says so', async () => {
  const shop = { each: (callback: (n: number) => unknown, n: number) => callback(n) };
  expect(await inTurn(shop, 'each', (n) => soon(n), 7)).toBe(7);
  await expect(inTurn(shop, 'map', isEven)).rejects.toThrow('.map is not a function');
});
