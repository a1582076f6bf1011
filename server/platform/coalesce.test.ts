import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

/** A source whose answers come when they are let go, each numbered by its beginning. */
function createSource() {
  const waiting: (() => void)[] = [];
  let begun = 0;
  return {
    begun: () => begun,
    load: (key: string) => {
      begun += 1;
      const answer = `${key} ${begun}`;
      return new Promise<string>((resolve) => waiting.push(() => resolve(answer)));
    },
    async letGo() {
      waiting.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

test('whoever comes during a load shares the next, which begins after they asked', async () => {
  const source = createSource();
  const read = coalesce(source.load);
  const first = read('a');
  const [second, third] = [read('a'), read('a')];
  expect(source.begun()).toBe(1);

  await source.letGo();
  const fourth = read('a');
  await source.letGo();
  await source.letGo();

  expect(await Promise.all([first, second, third, fourth])).toEqual(['a 1', 'a 2', 'a 2', 'a 3']);
});

test('keys do not wait for one another, and nothing is kept of a load that has ended', async () => {
  const source = createSource();
  const read = coalesce(source.load);
  const both = Promise.all([read('a'), read('b')]);
  await source.letGo();
  await source.letGo();
  expect(await both).toEqual(['a 1', 'b 2']);

  const later = read('a');
  await source.letGo();
  expect(await later).toBe('a 3');
});

test('a load that fails fails for those who shared it, and not for the next', async () => {
  let loads = 0;
  const read = coalesce(async () => {
    loads += 1;
    if (loads === 1) throw new Error('away');
    return loads;
  });
  const [first, second] = [read('a'), read('a')];
  await expect(first).rejects.toThrow('away');
  expect(await second).toBe(2);
});
