/**
 * Remembers what `compute` said about recent keys, in bounded memory: when one generation is full it becomes the older
 * one and a fresh one begins. Unlike an LRU that evicts one by one, it costs the same under a million distinct keys.
 */
export function createRecentMap<Value>(
  generationSizeMax: number,
  compute: (key: string) => Value,
): (key: string) => Value {
  let young = new Map<string, Entry<Value>>();
  let old = new Map<string, Entry<Value>>();
  return (key) => {
    const ending = endingOf(key);
    let entry = young.get(ending);
    if (entry?.key === key) return entry.value;
    entry = old.get(ending);
    if (entry?.key !== key) entry = { key, value: compute(key) };
    if (young.size >= generationSizeMax) {
      old = young;
      young = new Map();
    }
    young.set(ending, entry);
    return entry.value;
  };
}

interface Entry<Value> {
  key: string;
  value: Value;
}

const ENDING_CHARACTERS = 32;

/**
 * What long keys are looked up by, because to hash all of a bearer token costs several times as much as to compare it.
 * Keys with the same ending displace each other, which costs no more than their computation.
 */
function endingOf(key: string): string {
  return key.length > ENDING_CHARACTERS ? key.slice(-ENDING_CHARACTERS) : key;
}
