import { deepFreeze } from '../runtime/shared-state.ts';

/** The items of a SharedArray as JSON, in memory that all threads read. */
export interface SharedRows {
  bytes: SharedArrayBuffer;
  /** The end of each item in `bytes`. */
  ends: SharedArrayBuffer;
}

/** Writes items into memory that all threads can read. */
export function shareRows(items: unknown[]): SharedRows {
  const texts = items.map((item) => Buffer.from(JSON.stringify(item) ?? 'null'));
  const ends = new SharedArrayBuffer(4 * texts.length);
  const endOf = new Uint32Array(ends);
  const bytes = new SharedArrayBuffer(texts.reduce((sum, { length }) => sum + length, 0));
  const into = new Uint8Array(bytes);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    into.set(text, end);
    end += text.length;
    endOf[index] = end;
  }
  return { bytes, ends };
}

/**
 * A frozen array over shared items. An item is parsed each time it is read, as in k6: a VU that looks at a few of a
 * million buyers holds no others.
 */
export function readRows({ bytes, ends }: SharedRows): unknown[] {
  const from = new Uint8Array(bytes);
  const endOf = new Uint32Array(ends);
  const target: unknown[] = [];
  target.length = endOf.length;
  const isIndex = (key: string | symbol): key is string =>
    typeof key === 'string' && /^\d+$/.test(key) && Number(key) < endOf.length;
  const item = (index: number): unknown => {
    const start = index === 0 ? 0 : endOf[index - 1];
    return deepFreeze(JSON.parse(Buffer.from(from.slice(start, endOf[index])).toString('utf8')));
  };

  return new Proxy(target, {
    get: (_, key) => (isIndex(key) ? item(Number(key)) : Reflect.get(target, key)),
    has: (_, key) => isIndex(key) || Reflect.has(target, key),
    ownKeys: () => [...Array.from(endOf.keys(), String), 'length'],
    getOwnPropertyDescriptor: (_, key) =>
      isIndex(key)
        ? { value: item(Number(key)), enumerable: true, configurable: true, writable: false }
        : Reflect.getOwnPropertyDescriptor(target, key),
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}
