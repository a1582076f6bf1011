/**
 * Remembers at least the last `size` keys and at most twice as many, in two generations: the young one fills, then it
 * becomes the old one and what was old is dropped at once. A cache that evicts one by one thrashes when a million
 * distinct callers pass through it; this one costs the same however many there are.
 */
export function createGenerationalCache<Value>(size: number) {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }

  function get(key: string): Value | undefined {
    const recent = young.get(key);
    if (recent !== undefined) return recent;
    const aged = old.get(key);
    if (aged !== undefined) set(key, aged);
    return aged;
  }

  return { get, set };
}
