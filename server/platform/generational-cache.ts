/**
 * Keeps at least the last keys and at most twice as many, in two generations: when the young generation is full, it becomes
 * the old one, and the previous old one is dropped as a whole. A cache that evicts entry by entry slows down when a million
 * distinct callers pass through it; the cost of this one does not depend on their number.
 *
 * A generation is full with `size` keys, or when its entries have `charactersMax` characters, by default those of their keys:
 * a client that chooses the length of its keys takes up no more memory than others.
 */
export function createGenerationalCache<Value>(
  size: number,
  charactersMax = size * 100,
  lengthOf: (key: string, value: Value) => number = (key) => key.length,
) {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let characters = 0;

  function set(key: string, value: Value): void {
    const length = lengthOf(key, value);
    if (young.size >= size || characters + length > charactersMax) {
      old = young;
      young = new Map();
      characters = 0;
    }
    // A key that is set again counts twice, which only ends its generation earlier.
    characters += length;
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
