import { deepFreeze, sharedStateOf } from '../runtime/shared-state.ts';
import type { K6Module } from './module.ts';

/**
 * `k6/data`. The function of a SharedArray runs once per run, and all VUs share its frozen result: k6's are read-only too.
 * A VU that only reads the options runs the function when the script reads the array, because the files that the function
 * opens may not exist yet.
 */
export const dataModule: K6Module = (vu, files) => {
  const shared = sharedStateOf(vu.run);

  function SharedArray(name: string, build: () => unknown[]): unknown[] {
    if (!vu.initializing) throw new Error('a SharedArray can be made in init code only');
    if (typeof name !== 'string' || name === '') throw new TypeError('a SharedArray needs a name');
    if (typeof build !== 'function') {
      throw new TypeError(`SharedArray "${name}" needs a function that returns an array`);
    }
    if (vu.shareArray) return vu.shareArray(name, () => arrayOf(name, build));
    let array = shared.arrays.get(name);
    if (!array) {
      array = vu.isReader
        ? createLazyArray(files.asNow(() => fill(name, build)))
        : fill(name, build);
      shared.arrays.set(name, array);
    }
    return array;
  }

  return { SharedArray };
};

/** Builds the array. As in k6 it goes through JSON, so it holds plain data only. */
function fill(name: string, build: () => unknown[]): unknown[] {
  return deepFreeze(JSON.parse(JSON.stringify(arrayOf(name, build))));
}

function arrayOf(name: string, build: () => unknown[]): unknown[] {
  const built = build();
  if (Array.isArray(built)) return built;
  throw new TypeError(`the function of SharedArray "${name}" must return an array`);
}

/** An array whose items are built when the first of them is read. */
function createLazyArray(build: () => unknown[]): unknown[] {
  const target: unknown[] = [];
  const filled = (): unknown[] => {
    if (!Object.isFrozen(target)) {
      for (const item of build()) target.push(item);
      Object.freeze(target);
    }
    return target;
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(filled(), key),
    has: (_, key) => Reflect.has(filled(), key),
    ownKeys: () => Reflect.ownKeys(filled()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(filled(), key),
  });
}
