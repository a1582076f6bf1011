import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

/** A source whose loads end when the test ends them. Each value is the number of its load. */
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

test('calls that come during a load share the next one, which begins after them', async () => {
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

test('keys do not wait for each other, and a load that has ended is not kept', async () => {
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

test('a failed load rejects the calls that shared it, and not the next', async () => {
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
