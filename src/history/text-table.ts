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
  /** The hash of each text, by its number. */
  private hashes = new Int32Array(FIRST_ROOM);
  /** Open addressing: a text's number stands in the first free slot from its hash on. 0 is a free slot. */
  private slots = new Int32Array(FIRST_ROOM * SLOTS_PER_TEXT);

  /** The number of a text. */
  add(text: string): number {
    const hash = hashOf(text);
    let slot = this.firstSlot(hash);
    for (let number = this.slots[slot] as number; number !== 0; ) {
      if (this.texts[number] === text) return number;
      slot = (slot + 1) & (this.slots.length - 1);
      number = this.slots[slot] as number;
    }
    return this.put(slot, hash, text);
  }

  /** The number of a text that consists of ASCII characters; `hash` is that of its bytes, by `hashWith`. */
  addAscii(bytes: Buffer, start: number, end: number, hash: number): number {
    let slot = this.firstSlot(hash);
    for (let number = this.slots[slot] as number; number !== 0; ) {
      if (this.hashes[number] === hash && this.isText(number, bytes, start, end)) return number;
      slot = (slot + 1) & (this.slots.length - 1);
      number = this.slots[slot] as number;
    }
    return this.put(slot, hash, bytes.toString('latin1', start, end));
  }

  private firstSlot(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
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
    if (number === this.hashes.length) this.grow();
    this.hashes[number] = hash;
    if (this.slots.length < (number + 1) * SLOTS_PER_TEXT) this.spread();
    else this.slots[slot] = number;
    return number;
  }

  private grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
  }

  /** Puts every text, the new one included, into twice as many slots. */
  private spread(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let number = 1; number < this.texts.length; number++) {
      let slot = this.firstSlot(this.hashes[number] as number);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = number;
    }
  }
}

const FIRST_ROOM = 1024;
const SLOTS_PER_TEXT = 2;

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
