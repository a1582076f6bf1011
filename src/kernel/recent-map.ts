/**
 * Remembers what `compute` said about recent keys, in bounded memory: when one generation is full it becomes the older
 * one and a fresh one begins. Unlike an LRU that evicts one by one, it costs the same under a million distinct keys.
 */
export function createRecentMap<Value>(
  generationSizeMax: number,
  compute: (key: string) => Value,
): (key: string) => Value {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return (key) => {
    const known = young.get(key);
    if (known !== undefined || young.has(key)) return known as Value;
    const value = old.has(key) ? (old.get(key) as Value) : compute(key);
    if (young.size >= generationSizeMax) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  };
}
