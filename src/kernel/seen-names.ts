/**
 * Names that were seen, in a room of constant size. A name that was seen is always known; one that was not is taken for one
 * that was in 1 of 10,000 cases after 200,000 names, in 1 of 40 after 1,000,000.
 */
export interface SeenNames {
  /** Answers true if the name was seen before. */
  add(name: string): boolean;
  has(name: string): boolean;
}

/** One megabyte. */
const BITS = 2 ** 23;
const MARKS_PER_NAME = 4;

/** A Bloom filter. */
export function createSeenNames(): SeenNames {
  const words = new Uint32Array(BITS / 32);

  function look(name: string, marks: boolean): boolean {
    let mark = hash(name);
    // An odd step leads to different marks.
    const step = Math.imul(mark ^ (mark >>> 15), 0x2c1b3c6d) | 1;
    let isSeen = true;
    for (let count = 0; count < MARKS_PER_NAME; count++) {
      const place = (mark >>> 0) % BITS;
      const bit = 1 << (place & 31);
      const word = words[place >>> 5] as number;
      if ((word & bit) === 0) {
        isSeen = false;
        if (!marks) break;
        words[place >>> 5] = word | bit;
      }
      mark = (mark + step) | 0;
    }
    return isSeen;
  }
  return { add: (name) => look(name, true), has: (name) => look(name, false) };
}

/** FNV-1a, with its bits mixed once more: ids of one run differ in few of them. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
