/**
 * Names that were seen, in a room of constant size. A name that was seen is always known; one that was not is taken for one
 * that was in 1 of 10,000 cases after 200,000 names, in 1 of 40 after 1,000,000.
 */
export interface SeenNames {
  add(name: string): void;
  has(name: string): boolean;
}

/** One megabyte. */
const BITS = 2 ** 23;
const MARKS_PER_NAME = 4;

/** A Bloom filter. */
export function createSeenNames(): SeenNames {
  const words = new Uint32Array(BITS / 32);
  /** Calls `visit` with each mark of a name until it answers false. */
  const everyMark = (name: string, visit: (word: number, bit: number) => boolean): boolean => {
    let mark = hash(name, 0x811c9dc5);
    // An odd step leads to different marks.
    const step = hash(name, 0x9e3779b9) | 1;
    for (let count = 0; count < MARKS_PER_NAME; count++) {
      const place = (mark >>> 0) % BITS;
      if (!visit(place >>> 5, 1 << (place & 31))) return false;
      mark = (mark + step) | 0;
    }
    return true;
  };
  return {
    add(name) {
      everyMark(name, (word, bit) => {
        words[word] = (words[word] as number) | bit;
        return true;
      });
    },
    has: (name) => everyMark(name, (word, bit) => ((words[word] as number) & bit) !== 0),
  };
}

/** FNV-1a, with its bits mixed once more: ids of one run differ in few of them. */
function hash(text: string, start: number): number {
  let value = start;
  for (let place = 0; place < text.length; place++) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
