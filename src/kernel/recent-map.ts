/**
 * Caches the values of recent keys in bounded memory. A full generation becomes the old one, and a new one begins. An LRU
 * cache deletes keys one by one and slows down under many different keys; this cache does not.
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
