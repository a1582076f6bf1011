import { dropError, Selection } from '../../html/selection.ts';

/**
 * Calls `receiver[method](callback, …)` for a callback that waits. The elements of arrays, of Maps and Sets and of
 * selections of HTML are taken one after another, each when the callback has answered for the one before; in k6 that is
 * so because its calls block. Methods of other objects are called as they are.
 */
export async function inTurn(
  receiver: unknown,
  method: string,
  callback: (...values: unknown[]) => unknown,
  ...more: unknown[]
): Promise<unknown> {
  const walk = Array.isArray(receiver) ? WALKS[method] : undefined;
  if (walk) return await walk(receiver as unknown[], callback, more);
  if (receiver instanceof Selection) {
    const walkSelection = SELECTION_WALKS[method];
    if (walkSelection) return await walkSelection(receiver, callback);
  }
  if (receiver === Array && method === 'from') {
    return await map(Array.from(callback as unknown as unknown[]), more[0] as Callback, [more[1]]);
  }
  if (method === 'forEach' && (receiver instanceof Map || receiver instanceof Set)) {
    for (const [key, value] of [...receiver.entries()]) {
      await callback.call(more[0], value, key, receiver);
    }
    return undefined;
  }
  const owner = receiver as Record<string, (...values: unknown[]) => unknown>;
  if (typeof owner?.[method] !== 'function') throw new TypeError(`.${method} is not a function`);
  return await owner[method](callback, ...more);
}

type Callback = (...values: unknown[]) => unknown;
type Walk = (array: unknown[], callback: Callback, more: unknown[]) => Promise<unknown>;

const WALKS: Record<string, Walk> = {
  async forEach(array, callback, [self]) {
    await map(array, callback, [self]);
  },
  map,
  async flatMap(array, callback, more) {
    return (await map(array, callback, more)).flat();
  },
  async filter(array, callback, more) {
    const kept = await map(array, callback, more);
    return array.filter((_, index) => kept[index]);
  },
  async find(array, callback, more) {
    return array[await firstIndex(array, callback, more)];
  },
  findIndex: firstIndex,
  async some(array, callback, more) {
    return (await firstIndex(array, callback, more)) >= 0;
  },
  async every(array, callback, [self]) {
    for (const [index, item] of array.entries()) {
      if (!(await callback.call(self, item, index, array))) return false;
    }
    return true;
  },
  async reduce(array, callback, more) {
    if (array.length === 0 && more.length === 0) {
      throw new TypeError('Reduce of empty array with no initial value');
    }
    let result = more.length > 0 ? more[0] : array[0];
    for (let index = more.length > 0 ? 0 : 1; index < array.length; index += 1) {
      result = await callback(result, array[index], index, array);
    }
    return result;
  },
};

const SELECTION_WALKS: Record<string, (of: Selection, callback: Callback) => Promise<unknown>> = {
  async each(selection, callback) {
    for (const [index, element] of selection.get().entries()) await callback(index, element);
    return selection;
  },
  async map(selection, callback) {
    const results: unknown[] = [];
    for (const [index, each] of selection.toArray().entries()) {
      try {
        results.push(await callback(index, each));
      } catch (error) {
        dropError(error);
      }
    }
    return results;
  },
  async filter(selection, callback) {
    const kept = await answers(selection, callback);
    return selection.filter((index) => kept[index]);
  },
  async not(selection, callback) {
    const left = await answers(selection, callback);
    return selection.not((index) => left[index]);
  },
  async is(selection, callback) {
    return (await answers(selection, callback)).some(Boolean);
  },
};

async function answers(selection: Selection, callback: Callback): Promise<unknown[]> {
  const given: unknown[] = [];
  for (const [index, each] of selection.toArray().entries())
    given.push(await callback(index, each));
  return given;
}

async function map(array: unknown[], callback: Callback, [self]: unknown[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const [index, item] of array.entries()) {
    results.push(await callback.call(self, item, index, array));
  }
  return results;
}

async function firstIndex(
  array: unknown[],
  callback: Callback,
  [self]: unknown[],
): Promise<number> {
  for (const [index, item] of array.entries()) {
    if (await callback.call(self, item, index, array)) return index;
  }
  return -1;
}
