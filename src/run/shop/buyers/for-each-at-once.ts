/**
 * Does the same for each item, for `atOnce` items side by side. The results are in the order of the items. The first failure
 * ends it: no further item is begun.
 */
export async function forEachAtOnce<Item, Result>(
  items: readonly Item[],
  { atOnce, onProgress }: { atOnce: number; onProgress(done: number): void },
  work: (item: Item, place: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  let hasFailed = false;

  async function takeTurns(): Promise<void> {
    while (next < items.length && !hasFailed) {
      const place = next++;
      try {
        results[place] = await work(items[place] as Item, place);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
      done += 1;
      onProgress(done);
    }
  }

  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeTurns));
  return results;
}
