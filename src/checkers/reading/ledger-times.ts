import { memoized } from '../../kernel/memo.ts';
import type { LedgerIndex } from './ledger-index.ts';

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
  const known = Math.min(digits, FRACTION_DIGITS);
  const fraction = numberAt(iso, SECOND_LENGTH + 1, known) * 10 ** (FRACTION_DIGITS - known);
  return secondMs * 1_000 + fraction;
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

/** The length of `2026-01-01T12:00:00`. */
const SECOND_LENGTH = 19;

/** The digits behind the point down to a microsecond. */
const FRACTION_DIGITS = 6;

const SECOND_US = 1_000_000;

/**
 * The resolution of a ledger's times in microseconds: the greatest power of ten, at most a second, of which all its times
 * are multiples. Two times that differ by less do not show which was first, because each is cut or rounded.
 */
export const resolutionUsOf = memoized(({ movements, reservations }: LedgerIndex): number => {
  let resolutionUs = SECOND_US;
  const narrow = (iso: string): void => {
    const atUs = microsecondsOf(iso);
    while (resolutionUs > 1 && atUs % resolutionUs !== 0) resolutionUs /= 10;
  };
  for (const { at } of movements) {
    if (resolutionUs === 1) return 1;
    narrow(at);
  }
  for (const { createdAt, expiresAt } of reservations) {
    if (resolutionUs === 1) return 1;
    narrow(createdAt);
    narrow(expiresAt);
  }
  return resolutionUs;
});
