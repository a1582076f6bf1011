/** The length of a UUID as text: 32 hex digits and four dashes. */
export const UUID_LENGTH = 36;
/** The numbers of 32 bits that a UUID consists of. */
export const UUID_WORDS = 4;

/**
 * Reads the UUID that begins at `start` into four numbers from `words[to]` on. Returns false for anything but lower-case
 * hex digits and dashes in their places: only what `uuidOf` would write again.
 */
export function readUuid(bytes: Buffer, start: number, words: Uint32Array, to: number): boolean {
  if (start + UUID_LENGTH > bytes.length) return false;
  if (bytes[start + 8] !== DASH || bytes[start + 13] !== DASH) return false;
  if (bytes[start + 18] !== DASH || bytes[start + 23] !== DASH) return false;
  // A byte that is no digit makes the number of its half negative.
  const a = four(bytes, start);
  const b = four(bytes, start + 4);
  const c = four(bytes, start + 9);
  const d = four(bytes, start + 14);
  const e = four(bytes, start + 19);
  const f = four(bytes, start + 24);
  const g = four(bytes, start + 28);
  const h = four(bytes, start + 32);
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  words[to] = a * 0x10000 + b;
  words[to + 1] = c * 0x10000 + d;
  words[to + 2] = e * 0x10000 + f;
  words[to + 3] = g * 0x10000 + h;
  return true;
}

/** Writes the UUID whose four numbers stand from `words[from]` on. */
export function uuidOf(words: Uint32Array, from: number): string {
  let at = 0;
  for (let half = 0; half < UUID_WORDS * 2; half++) {
    if (half >= 2 && half <= 5) scratch[at++] = DASH;
    const word = words[from + (half >> 1)] as number;
    const digits = half % 2 === 0 ? word >>> 16 : word & 0xffff;
    scratch[at++] = DIGITS[digits >>> 12] as number;
    scratch[at++] = DIGITS[(digits >>> 8) & 15] as number;
    scratch[at++] = DIGITS[(digits >>> 4) & 15] as number;
    scratch[at++] = DIGITS[digits & 15] as number;
  }
  return scratch.toString('latin1');
}

const scratch = Buffer.alloc(UUID_LENGTH);
const DASH = 0x2d;
const DIGITS = Buffer.from('0123456789abcdef');

/** The value of each byte as a hex digit; -1 for a byte that is none. */
const VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of DIGITS.entries()) VALUES[digit] = value;

/** The value of four hex digits; negative when one of them is none. */
const four = (bytes: Buffer, at: number): number =>
  ((VALUES[bytes[at] as number] as number) << 12) |
  ((VALUES[bytes[at + 1] as number] as number) << 8) |
  ((VALUES[bytes[at + 2] as number] as number) << 4) |
  (VALUES[bytes[at + 3] as number] as number);
