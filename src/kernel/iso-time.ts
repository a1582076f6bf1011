/**
 * Converts an ISO time in UTC to microseconds since the epoch. A Date would cut it to milliseconds, and Date.parse takes
 * several times as long, which a million rows feel. NaN for anything else.
 */
export function microsecondsOf(iso: string): number {
  const secondMs = Date.UTC(
    numberAt(iso, 0, 4),
    numberAt(iso, 5, 2) - 1,
    numberAt(iso, 8, 2),
    numberAt(iso, 11, 2),
    numberAt(iso, 14, 2),
    numberAt(iso, 17, 2),
  );
  const digits = iso.charAt(SECOND_LENGTH) === '.' ? iso.length - SECOND_LENGTH - 2 : 0;
  const known = Math.min(digits, FRACTION_DIGITS_MAX);
  const fraction = numberAt(iso, SECOND_LENGTH + 1, known) * 10 ** (FRACTION_DIGITS_MAX - known);
  return secondMs * 1_000 + fraction;
}

/** Writes microseconds since the epoch as an ISO time in UTC, with so many digits behind the point. */
export function isoOf(us: number, fractionDigits: number): string {
  const seconds = Math.floor(us / SECOND_US);
  const upToSeconds = new Date(seconds * 1_000).toISOString().slice(0, SECOND_LENGTH);
  if (fractionDigits === 0) return `${upToSeconds}Z`;
  const fraction = String(us - seconds * SECOND_US).padStart(FRACTION_DIGITS_MAX, '0');
  return `${upToSeconds}.${fraction.slice(0, fractionDigits)}Z`;
}

/** Reads a number of so many digits; NaN if one of them is none. */
function numberAt(text: string, start: number, digits: number): number {
  let value = 0;
  for (let at = start; at < start + digits; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const ZERO = 0x30;
const SECOND_US = 1_000_000;

/** The length of `2026-01-01T12:00:00`. */
export const SECOND_LENGTH = 19;

/** The digits behind the point down to a microsecond. */
export const FRACTION_DIGITS_MAX = 6;
