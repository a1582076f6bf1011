import { FRACTION_DIGITS_MAX } from '../kernel/iso-time.ts';
import { ID_ABSENT, ID_TEXT, ID_UUID } from './id-column.ts';
import type { PackedTexts } from './packed-texts.ts';
import { HASH_OF_NOTHING, hashWith, type TextTable } from './text-table.ts';
import { readUuid, UUID_LENGTH } from './uuid-words.ts';

/** The bytes of a text that lines may have: four of them as one number each, which are compared at once, and then the rest. */
export interface Spelling {
  length: number;
  fours: Int32Array;
  rest: Uint8Array;
}

export function spellingOf(text: string): Spelling {
  const bytes = Buffer.from(text);
  const fours = Int32Array.from({ length: bytes.length >> 2 }, (_, place) =>
    bytes.readInt32LE(place * 4),
  );
  return { length: bytes.length, fours, rest: bytes.subarray(fours.length * 4) };
}

/**
 * Walks over the bytes of one line of JSON in the one spelling that the project's own writer has. Each step returns false,
 * or a number below zero, for any other spelling; the line is then left to JSON.parse.
 */
export class ByteCursor {
  private bytes: Buffer = Buffer.alloc(0);
  /** The same bytes, to read four of them at once. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  private at = 0;
  private end = 0;
  private readonly table: TextTable;
  /** The digits that the last time had behind its point. */
  fractionDigits = 0;
  /** The last date that a time was of, as one number, and its beginning. */
  private lastDate = 0;
  private lastDayUs = 0;

  constructor(table: TextTable) {
    this.table = table;
  }

  /** Begins at a line. `end` is behind its last byte. */
  begin(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.at = start;
    this.end = end;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }

  /** Steps over the text if it stands here. */
  skip({ length, fours, rest }: Spelling): boolean {
    const { bytes, view } = this;
    let { at } = this;
    if (at + length > this.end) return false;
    for (let place = 0; place < fours.length; place++, at += 4) {
      if (view.getInt32(at, true) !== fours[place]) return false;
    }
    for (let place = 0; place < rest.length; place++, at++) {
      if (bytes[at] !== rest[place]) return false;
    }
    this.at = at;
    return true;
  }

  /** Reads a whole number without a sign that is exact as a double; -1 for anything else. */
  number(): number {
    const { bytes, end } = this;
    let { at } = this;
    const first = at;
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - first;
    if (digits === 0 || digits > DIGITS_MAX) return -1;
    if (value > Number.MAX_SAFE_INTEGER || (digits > 1 && bytes[first] === ZERO)) return -1;
    // A fraction or an exponent that follows belongs to the number, too.
    const next = at < end ? bytes[at] : undefined;
    if (next !== COMMA && next !== CLOSING_BRACE) return -1;
    this.at = at;
    return value;
  }

  /** Reads the rest of a text behind its opening quote, and steps over the closing one. Returns its number in the table. */
  text(): number {
    const { bytes, view, end, at: start } = this;
    let hash = HASH_OF_NOTHING;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const four = view.getInt32(at, true);
      if (!arePlain(four)) break;
      hash = hashWith(hash, four);
    }
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.at = at + 1;
        return this.table.addAscii(bytes, start, at, hash);
      }
      if (!isPlain(byte)) return -1;
      hash = hashWith(hash, byte);
    }
    return -1;
  }

  /**
   * The same for a text that most probably is the one with a known number: a look at its characters is half as dear as a
   * search for it. Any other text is read as well.
   */
  textLike(number: number): number {
    return this.skipText(number) ? number : this.text();
  }

  /** Steps over the text that is one of a few, by their numbers, and returns its place among them. -1 for any other text. */
  textAmong(numbers: readonly number[]): number {
    for (let place = 0; place < numbers.length; place++) {
      if (this.skipText(numbers[place] as number)) return place;
    }
    return -1;
  }

  /** Steps over the text with a known number, and the closing quote, if it stands here. */
  private skipText(number: number): boolean {
    const { bytes, at } = this;
    const behind = at + (this.table.texts[number]?.length ?? 0);
    if (behind >= this.end || bytes[behind] !== QUOTE) return false;
    if (!this.table.isText(number, bytes, at, behind)) return false;
    this.at = behind + 1;
    return true;
  }

  /** Reads a UUID and the closing quote behind it into four numbers. */
  private uuid(words: Uint32Array): boolean {
    const { bytes, at } = this;
    const behind = at + UUID_LENGTH;
    if (behind >= this.end || bytes[behind] !== QUOTE) return false;
    if (!readUuid(bytes, at, words, 0)) return false;
    this.at = behind + 1;
    return true;
  }

  /**
   * Reads the rest of an id that is one letter and a number, as `m17`, behind its opening quote, and steps over the closing
   * one. Returns the number; -1 for any other id, which is not stepped over.
   */
  numberedId(letter: number): number {
    const { bytes, end, at: start } = this;
    if (bytes[start] !== letter) return -1;
    let value = 0;
    let at = start + 1;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - start - 1;
    if (digits === 0 || digits > DIGITS_MAX || value > Number.MAX_SAFE_INTEGER) return -1;
    if (bytes[at] !== QUOTE || (digits > 1 && bytes[start + 1] === ZERO)) return -1;
    this.at = at + 1;
    return value;
  }

  /** Reads the rest of an id behind its opening quote into four numbers. Returns its form. */
  id(words: Uint32Array, ids: PackedTexts): number {
    if (this.uuid(words)) return ID_UUID;
    const { bytes, end, at: start } = this;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.at = at + 1;
        ids.addAscii(bytes, start, at, words);
        return ID_TEXT;
      }
      if (!isPlain(byte)) return ID_ABSENT;
    }
    return ID_ABSENT;
  }

  /**
   * Reads a moment in UTC (`2026-01-01T12:00:00.000001Z`) and the closing quote behind it, as microseconds since the epoch.
   * -1 for anything else, and for what is hardly ever there: times of other centuries, leap days, more digits.
   */
  time(): number {
    const { bytes, at: start, end } = this;
    let at = start + TIME_PATTERN.length;
    if (at + 2 > end) return -1;
    for (let place = 0; place < TIME_PATTERN.length; place++) {
      const byte = bytes[start + place] as number;
      const due = TIME_PATTERN[place];
      if (due === ZERO ? !isDigit(byte) : byte !== due) return -1;
    }
    const dayUs = this.dayUs(start);
    const hours = this.twoDigits(start + 11);
    const minutes = this.twoDigits(start + 14);
    const seconds = this.twoDigits(start + 17);
    if (dayUs < 0 || hours > 23 || minutes > 59 || seconds > 59) return -1;
    let fraction = 0;
    let digits = 0;
    if (bytes[at] === POINT) {
      for (at++; at < end && isDigit(bytes[at] as number); at++) {
        fraction = fraction * 10 + (bytes[at] as number) - ZERO;
        digits++;
      }
      if (digits === 0 || digits > FRACTION_DIGITS_MAX) return -1;
    }
    if (at + 2 > end || bytes[at] !== UTC || bytes[at + 1] !== QUOTE) return -1;
    this.at = at + 2;
    this.fractionDigits = digits;
    const ofDayS = (hours * 60 + minutes) * 60 + seconds;
    return dayUs + ofDayS * 1e6 + fraction * 10 ** (FRACTION_DIGITS_MAX - digits);
  }

  /** The beginning of the day that stands from `at` on, in microseconds. Most rows of a sale are of one day. */
  private dayUs(at: number): number {
    const century = this.twoDigits(at);
    const month = this.twoDigits(at + 5);
    const day = this.twoDigits(at + 8);
    if (century !== 20 || month < 1 || month > 12) return -1;
    if (day < 1 || day > (DAYS_OF_MONTH[month - 1] as number)) return -1;
    const year = century * 100 + this.twoDigits(at + 2);
    const date = (year * 100 + month) * 100 + day;
    if (date !== this.lastDate) {
      this.lastDate = date;
      this.lastDayUs = Date.UTC(year, month - 1, day) * 1_000;
    }
    return this.lastDayUs;
  }

  private twoDigits(at: number): number {
    return ((this.bytes[at] as number) - ZERO) * 10 + (this.bytes[at + 1] as number) - ZERO;
  }
}

/** True for a character of ASCII that stands for itself within a text. */
const isPlain = (byte: number): boolean => byte >= SPACE && byte <= TILDE && byte !== BACKSLASH;

/** True if all four bytes of a number are such characters. */
const arePlain = (four: number): boolean =>
  ((four |
    ((four - SPACE * IN_EACH) & ~four) |
    zeroIn(four ^ (QUOTE * IN_EACH)) |
    zeroIn(four ^ (BACKSLASH * IN_EACH)) |
    zeroIn(four ^ (DELETE * IN_EACH))) &
    HIGHEST_BITS) ===
  0;

/** Has the highest bit of some byte set if one of the four is zero. */
const zeroIn = (four: number): number => (four - IN_EACH) & ~four;

const IN_EACH = 0x01010101;
const HIGHEST_BITS = 0x80808080;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

/** The bytes of a moment up to its seconds; a zero stands for any digit. */
const TIME_PATTERN = Buffer.from('0000-00-00T00:00:00');
/** Leap days left out. */
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const POINT = 0x2e;
const UTC = 0x5a;

/** The digits of the greatest number that is exact as a double. */
const DIGITS_MAX = 16;

const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TILDE = 0x7e;
const DELETE = 0x7f;
const BACKSLASH = 0x5c;
