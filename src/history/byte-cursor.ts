import { ID_ABSENT, ID_TEXT, ID_UUID } from './id-column.ts';
import type { PackedTexts } from './packed-texts.ts';
import { HASH_OF_NOTHING, hashWith, type TextTable } from './text-table.ts';
import { readUuid, UUID_LENGTH, UUID_WORDS } from './uuid-words.ts';

/**
 * Walks over the bytes of one line of JSON in the one spelling that the project's own writer has. Each step returns false,
 * or a number below zero, for any other spelling; the line is then left to JSON.parse.
 */
export class ByteCursor {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;
  private readonly table: TextTable;

  constructor(table: TextTable) {
    this.table = table;
  }

  /** Begins at a line. `end` is behind its last byte. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }

  /** Steps over the text if it stands here. */
  skip(text: Uint8Array): boolean {
    const { bytes, at } = this;
    const { length } = text;
    if (at + length > this.end) return false;
    for (let place = 0; place < length; place++) {
      if (bytes[at + place] !== text[place]) return false;
    }
    this.at = at + length;
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
    const { bytes, end, at: start } = this;
    let hash = HASH_OF_NOTHING;
    for (let at = start; at < end; at++) {
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

  /** True when a UUID of a known version stands here, in lower case, with the closing quote behind it. */
  isAtUuid(): boolean {
    const { bytes, at } = this;
    if (!readUuid(bytes, at, scratch, 0) || bytes[at + UUID_LENGTH] !== QUOTE) return false;
    const version = ((scratch[1] as number) >>> 12) & 15;
    const variant = (scratch[2] as number) >>> 30;
    return version >= 1 && version <= 8 && variant === 2;
  }

  /**
   * Reads a moment in UTC (`2026-01-01T12:00:00.000001Z`) and the closing quote behind it. Undefined for anything else,
   * and for the last days of a month, which not every month has.
   */
  time(): string | undefined {
    const { bytes, at: start, end } = this;
    let at = start + TIME_PATTERN.length;
    if (at + 2 > end) return undefined;
    for (let place = 0; place < TIME_PATTERN.length; place++) {
      const byte = bytes[start + place] as number;
      const due = TIME_PATTERN[place];
      if (due === ZERO ? !isDigit(byte) : byte !== due) return undefined;
    }
    const month = this.twoDigits(start + 5);
    const day = this.twoDigits(start + 8);
    if (month < 1 || month > 12 || day < 1 || day > 28) return undefined;
    if (this.twoDigits(start + 11) > 23) return undefined;
    if (this.twoDigits(start + 14) > 59 || this.twoDigits(start + 17) > 59) return undefined;
    if (bytes[at] === POINT) {
      const first = ++at;
      while (at < end && isDigit(bytes[at] as number)) at++;
      if (at === first) return undefined;
    }
    if (at + 2 > end || bytes[at] !== UTC || bytes[at + 1] !== QUOTE) return undefined;
    this.at = at + 2;
    return bytes.toString('latin1', start, at + 1);
  }

  private twoDigits(at: number): number {
    return ((this.bytes[at] as number) - ZERO) * 10 + (this.bytes[at + 1] as number) - ZERO;
  }
}

/** True for a character of ASCII that stands for itself within a text. */
const isPlain = (byte: number): boolean => byte >= SPACE && byte <= TILDE && byte !== BACKSLASH;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

const scratch = new Uint32Array(UUID_WORDS);
/** The bytes of a moment up to its seconds; a zero stands for any digit. */
const TIME_PATTERN = Buffer.from('0000-00-00T00:00:00');
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
const BACKSLASH = 0x5c;
