import { memoized } from '../../kernel/memo.ts';
import type { LedgerIndex } from './ledger-index.ts';

/** Converts an ISO time in UTC to microseconds since the epoch. A Date would cut it to milliseconds. */
export function microsecondsOf(iso: string): number {
  const second = iso.slice(0, SECOND_LENGTH);
  const fraction = iso.charAt(SECOND_LENGTH) === '.' ? iso.slice(SECOND_LENGTH + 1, -1) : '';
  return Date.parse(`${second}Z`) * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The length of `2026-01-01T12:00:00`. */
const SECOND_LENGTH = 19;

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
