/**
 * Keeps at least the last `size` keys and at most twice as many, in two generations: when the young generation is full,
 * it becomes the old one, and the previous old one is dropped as a whole. A cache that evicts entry by entry slows down
 * when a million distinct callers pass through it; the cost of this one does not depend on their number.
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
