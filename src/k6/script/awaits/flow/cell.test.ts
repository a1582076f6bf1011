import { expect, it } from 'vitest';
import { Cell, settle } from './cell.ts';

function cells(count: number): { all: Cell<string>[]; settleAll: () => void } {
  const queue: Cell<string>[] = [];
  const all = Array.from({ length: count }, () => new Cell<string>(queue));
  return { all, settleAll: () => settle(queue) };
}

it('values reach everything that they flow to, whichever came first', () => {
  const { all, settleAll } = cells(3);
  const [a, b, c] = all as [Cell<string>, Cell<string>, Cell<string>];
  a.add('before');
  a.flowTo(b);
  b.flowTo(c);
  settleAll();
  a.add('after');
  settleAll();
  expect([...c.values]).toEqual(['before', 'after']);
  expect([...a.values]).toEqual(['before', 'after']);
});

it('cells in a circle get the values of one another', () => {
  const { all, settleAll } = cells(3);
  for (const [index, cell] of all.entries()) {
    cell.flowTo(all[(index + 1) % 3] as Cell<string>);
    cell.add(`${index}`);
  }
  settleAll();
  for (const cell of all) expect([...cell.values].sort()).toEqual(['0', '1', '2']);
});

it('a watcher is called once with each value, those before it and those after', () => {
  const { all, settleAll } = cells(1);
  const [cell] = all as [Cell<string>];
  const seen: string[] = [];
  cell.add('settled');
  settleAll();
  cell.add('fresh');
  cell.each((value) => seen.push(value));
  cell.add('later');
  cell.add('later');
  settleAll();
  expect(seen).toEqual(['settled', 'fresh', 'later']);
});

it('a chain longer than the stack of calls is settled', () => {
  const { all, settleAll } = cells(100_000);
  all.forEach((cell, index) => {
    const next = all[index + 1];
    if (next) cell.flowTo(next);
  });
  all[0]?.add('value');
  settleAll();
  expect(all.at(-1)?.values.has('value')).toBe(true);
});
