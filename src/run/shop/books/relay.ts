/**
 * Turns a function that emits items into items that can be iterated over. Each `emit` waits until the item before it was
 * taken, so few items are ever kept. What the function throws, the iteration throws.
 */
export async function* relay<Item>(
  produce: (emit: (item: Item) => Promise<void>) => Promise<void>,
): AsyncGenerator<Item, void, undefined> {
  const items: Item[] = [];
  let isOver = false;
  let isLeft = false;
  let wakeReader = (): void => {};
  let wakeProducer = (): void => {};
  const over = produce(async (item) => {
    if (isLeft) throw new Error('nobody reads on');
    items.push(item);
    wakeReader();
    if (items.length < ITEMS_MAX) return;
    await new Promise<void>((resolve) => {
      wakeProducer = resolve;
    });
  }).finally(() => {
    isOver = true;
    wakeReader();
  });
  // It is awaited at the end; until then it must not count as unhandled.
  over.catch(() => {});
  try {
    for (;;) {
      const ready = items.splice(0);
      wakeProducer();
      yield* ready;
      if (items.length > 0) continue;
      if (isOver) break;
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
      });
    }
    await over;
  } finally {
    isLeft = true;
    wakeProducer();
  }
}

const ITEMS_MAX = 1_000;
