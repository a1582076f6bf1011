/** Groups items by key, in their order. An item whose key is undefined belongs to no group. */
export function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key | undefined,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  // By index: an iterator would make an object for each item until the engine has optimised this loop.
  for (let place = 0; place < items.length; place++) {
    const item = items[place] as Item;
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    // An array that grows, by `push` or by `...`, takes room for seventeen items more; `concat` gives exact room. Most groups
    // of most keys stay small.
    else if (group.length < SMALL) groups.set(key, group.concat([item]));
    else group.push(item);
  }
  return groups;
}

const SMALL = 4;

/** The value of a key; a new one, which is kept, if there is none. */
export function entryOf<Key, Value>(
  entries: Map<Key, Value>,
  key: Key,
  create: () => Value,
): Value {
  let value = entries.get(key);
  if (value === undefined) {
    value = create();
    entries.set(key, value);
  }
  return value;
}
