import { sharedStateOf } from '../shared-state.ts';
import type { K6Module } from './module.ts';

/**
 * `k6/data`. A SharedArray's function runs when the array is first looked into, not when it is declared: options can
 * then be read before the data it opens exists. It runs once per run; all VUs see one frozen copy, because k6's are
 * read-only too.
 */
export const dataModule: K6Module = (vu) => {
  const shared = sharedStateOf(vu.run);

  function SharedArray(name: string, build: () => unknown[]): unknown[] {
    if (!vu.initializing) throw new Error('a SharedArray can be made in init code only');
    if (typeof name !== 'string' || name === '') throw new TypeError('a SharedArray needs a name');
    if (typeof build !== 'function') {
      throw new TypeError(`SharedArray "${name}" needs a function that returns an array`);
    }
    let array = shared.arrays.get(name);
    if (!array) {
      array = createLazyArray(() => {
        shared.filling = true;
        try {
          return fill(name, build);
        } finally {
          shared.filling = false;
        }
      });
      shared.arrays.set(name, array);
    }
    return array;
  }

  return { SharedArray };
};

/** Plain data only, as in k6, where it goes through JSON. */
function fill(name: string, build: () => unknown[]): unknown[] {
  const built = build();
  if (!Array.isArray(built)) {
    throw new TypeError(`the function of SharedArray "${name}" must return an array`);
  }
  return deepFreeze(JSON.parse(JSON.stringify(built)));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

/** An array that comes into being when it is first looked into. */
function createLazyArray(build: () => unknown[]): unknown[] {
  const target: unknown[] = [];
  let filled = false;
  const ready = (): unknown[] => {
    if (!filled) {
      for (const item of build()) target.push(item);
      Object.freeze(target);
      filled = true;
    }
    return target;
  };
  const readOnly = (): never => {
    throw new TypeError('a SharedArray cannot be changed');
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(filled ? target : ready(), key),
    has: (_, key) => Reflect.has(ready(), key),
    ownKeys: () => Reflect.ownKeys(ready()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(ready(), key),
    set: readOnly,
    defineProperty: readOnly,
    deleteProperty: readOnly,
  });
}
