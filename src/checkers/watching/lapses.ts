/** Things that lapse, each at a moment of its own. */
export interface Lapses<Item> {
  add(item: Item, atNs: number): void;
  /** True for a moment of which everything was passed on. */
  isDue(atNs: number): boolean;
  /** Passes on everything that may have lapsed at a moment, or lapses very soon after it. */
  until(atNs: number): void;
  clear(): void;
}

/** All that lapses within this part of a lifetime is passed on at once. */
const PART_OF_LIFETIME = 1 / 256;
const WIDTH_NS_MIN = 10_000;

/** Keeps things by the slot of time in which they lapse, so that each costs the same, however many there are. */
export function createLapses<Item>(
  lifetimeNs: number,
  onLapse: (item: Item) => void,
): Lapses<Item> {
  const widthNs = Math.max(lifetimeNs * PART_OF_LIFETIME, WIDTH_NS_MIN);
  const slots = new Map<number, Item[]>();
  let done = Number.NEGATIVE_INFINITY;
  return {
    add(item, atNs) {
      const slot = Math.floor(atNs / widthNs);
      if (slot <= done) onLapse(item);
      else if (slots.has(slot)) slots.get(slot)?.push(item);
      else slots.set(slot, [item]);
    },
    until(atNs) {
      const last = Math.floor(atNs / widthNs);
      if (last <= done) return;
      // Fewer slots are filled than a long pause has.
      const due = [...slots.keys()].filter((slot) => slot <= last);
      done = last;
      for (const slot of due) {
        for (const item of slots.get(slot) ?? []) onLapse(item);
        slots.delete(slot);
      }
    },
    isDue: (atNs) => Math.floor(atNs / widthNs) <= done,
    clear: () => slots.clear(),
  };
}
