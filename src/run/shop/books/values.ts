import { shorten } from './shorten.ts';

/** A value as the books of a shop give it, made plain: MongoDB's `{"$oid":"…"}` is the id in it, and an empty text is null. */
export function plainValue(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'object' || value instanceof Date || Array.isArray(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name?.startsWith('$') !== true || others.length > 0) return value;
  return plainValue((value as Record<string, unknown>)[name]);
}

/** An id or another text. Numbers are ids as well. */
export function textOf(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Throws for a text that is no integer. `12.00` is one. */
export function integerOf(value: unknown): number | null {
  if (value === null) return null;
  const number = typeof value === 'boolean' ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`${shorten(value)} is no whole number`);
}

/** An amount as text with two decimals. Throws for one that has more, is negative, or no number. */
export function moneyOf(value: unknown): string | null {
  if (value === null) return null;
  const [, whole, cents = ''] = /^(\d{1,10})(?:\.(\d{0,2})0*)?$/.exec(String(value).trim()) ?? [];
  if (whole !== undefined) return `${Number(whole)}.${cents.padEnd(2, '0')}`;
  throw new Error(`${shorten(value)} is no amount such as 19.99`);
}

const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?$/i;

/**
 * A time as ISO 8601 in UTC: from a `Date`, from ISO 8601 or SQL's notation, or from seconds, milliseconds, microseconds or
 * nanoseconds since 1970. A text without a zone is taken for UTC. `infinity` of PostgreSQL and the zero date of MySQL are no
 * times, as null. Throws for anything else.
 */
export function timeOf(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  const text = String(value).trim();
  if (/^(-?infinity$|0000-00-00\b)/i.test(text)) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return new Date(epochMs(Number(text))).toISOString();
  const [, day, clock = '', fraction = '', zone = 'Z'] = ISO.exec(text) ?? [];
  if (day !== undefined) {
    const seconds = clock.length === 5 ? `${clock}:00` : clock;
    const ms = Date.parse(`${day}T${seconds}${zoneOf(zone)}`);
    // The fraction stays as it is: microseconds would be lost in a Date.
    if (!Number.isNaN(ms)) return `${new Date(ms).toISOString().slice(0, 19)}${fraction}Z`;
  }
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new Error(`${shorten(value)} is no time`);
}

function zoneOf(text: string): string {
  if (/^(z|utc)$/i.test(text)) return 'Z';
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  return `${text[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Until the year 2286, seconds have ten digits, and each finer unit three more. */
function epochMs(number: number): number {
  if (number < 1e11) return number * 1e3;
  if (number < 1e14) return number;
  return number < 1e17 ? number / 1e3 : number / 1e6;
}

/** True when a time says to which zone it belongs. */
export const hasZone = (value: unknown): boolean =>
  value instanceof Date || !/^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(String(value).trim());
