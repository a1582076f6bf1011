/**
 * Keeps one string for all equal texts of a history, numbered in the order in which they came first. A history names its
 * buyers, holds and orders again and again; a number takes a tenth of the room of a string.
 *
 * The table takes a text as bytes, so that a text that is known already makes no string. JavaScript's Map could not do
 * that.
 */
export class TextTable {
  /** The texts by their numbers. Number 0 is for a text that is absent. */
  readonly texts: (string | undefined)[] = [undefined];
  /**
   * Open addressing: a text's hash and its number stand in the first free slot from its hash on. Number 0 is a free slot. The
   * hash beside the number spares a look at the text itself, far away in memory, for nearly all that are others.
   */
  private slots = new Int32Array(FIRST_ROOM * SLOT_WORDS);

  /** The number of a text. */
  add(text: string): number {
    const hash = hashOf(text);
    const { slots } = this;
    let slot = firstSlot(hash, slots);
    for (let number = slots[slot + 1] as number; number !== 0; ) {
      if (slots[slot] === hash && this.texts[number] === text) return number;
      slot = slotBehind(slot, slots);
      number = slots[slot + 1] as number;
    }
    return this.put(slot, hash, text);
  }

  /** The number of a text that consists of ASCII characters; `hash` is that of its bytes, by `hashWith`. */
  addAscii(bytes: Buffer, start: number, end: number, hash: number): number {
    const { slots } = this;
    let slot = firstSlot(hash, slots);
    for (let number = slots[slot + 1] as number; number !== 0; ) {
      if (slots[slot] === hash && this.isText(number, bytes, start, end)) return number;
      slot = slotBehind(slot, slots);
      number = slots[slot + 1] as number;
    }
    return this.put(slot, hash, bytes.toString('latin1', start, end));
  }

  /** True when the text with this number consists of the ASCII characters from `start` to `end`. */
  isText(number: number, bytes: Buffer, start: number, end: number): boolean {
    const text = this.texts[number];
    if (text?.length !== end - start) return false;
    for (let place = 0; place < text.length; place++) {
      if (text.charCodeAt(place) !== bytes[start + place]) return false;
    }
    return true;
  }

  private put(slot: number, hash: number, text: string): number {
    const number = this.texts.length;
    this.texts.push(text);
    this.slots[slot] = hash;
    this.slots[slot + 1] = number;
    if (number * SLOT_WORDS > this.slots.length * FULL) this.spread();
    return number;
  }

  /** Puts every text into twice as many slots. */
  private spread(): void {
    const before = this.slots;
    const slots = new Int32Array(before.length * 2);
    for (let from = 0; from < before.length; from += SLOT_WORDS) {
      if (before[from + 1] === 0) continue;
      const hash = before[from] as number;
      let slot = firstSlot(hash, slots);
      while (slots[slot + 1] !== 0) slot = slotBehind(slot, slots);
      slots[slot] = hash;
      slots[slot + 1] = before[from + 1] as number;
    }
    this.slots = slots;
  }
}

/** Slots of a new table: a power of two. */
const FIRST_ROOM = 1024;
/** The numbers of a slot: a hash, and the number of its text. */
const SLOT_WORDS = 2;
/** The share of slots that may be taken. */
const FULL = 0.7;

const firstSlot = (hash: number, slots: Int32Array): number =>
  Math.imul(hash ^ (hash >>> 15), SLOT_WORDS) & (slots.length - 1);

const slotBehind = (slot: number, slots: Int32Array): number =>
  (slot + SLOT_WORDS) & (slots.length - 1);

/** The hash before the first character. */
export const HASH_OF_NOTHING = 0x811c9dc5 | 0;

/** The hash of a whole text. */
export function hashOf(text: string): number {
  let hash = HASH_OF_NOTHING;
  let place = 0;
  for (; place + 4 <= text.length; place += 4) {
    hash = hashWith(hash, twoCodes(text, place) | (twoCodes(text, place + 2) << 16));
  }
  for (; place < text.length; place++) hash = hashWith(hash, text.charCodeAt(place));
  return hash;
}

const twoCodes = (text: string, place: number): number =>
  text.charCodeAt(place) | (text.charCodeAt(place + 1) << 8);

/**
 * The hash of a text with more characters: always four of them as one number, and at the end the rest one by one. This is a step of
 * MurmurHash3 (32 bits); FNV-1a, made for single bytes, would give numbered ids few different hashes.
 */
export function hashWith(hash: number, codes: number): number {
  const mixed = Math.imul(turned(Math.imul(codes, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(turned(hash ^ mixed, 13), 5) + 0xe6546b64) | 0;
}

const turned = (number: number, bits: number): number =>
  (number << bits) | (number >>> (32 - bits));
