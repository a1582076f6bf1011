/** Counts the items for which a condition holds, without a list of them. */
export function countWhere<Item>(items: Iterable<Item>, holds: (item: Item) => boolean): number {
  let found = 0;
  for (const item of items) if (holds(item)) found++;
  return found;
}
