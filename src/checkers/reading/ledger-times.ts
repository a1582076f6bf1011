import { usOf } from '../../history/row-in-columns.ts';
import { memoized } from '../../kernel/memo.ts';
import type { LedgerIndex } from './ledger-index.ts';

const SECOND_US = 1_000_000;

/**
 * The resolution of a ledger's times in microseconds: the greatest power of ten, at most a second, of which all its times
 * are multiples. Two times that differ by less do not show which was first, because each is cut or rounded.
 */
export const resolutionUsOf = memoized(({ movements, reservations }: LedgerIndex): number => {
  let resolutionUs = SECOND_US;
  const narrow = (atUs: number): void => {
    while (resolutionUs > 1 && atUs % resolutionUs !== 0) resolutionUs /= 10;
  };
  for (const row of movements) {
    if (resolutionUs === 1) break;
    narrow(usOf(row, 'at'));
  }
  for (const row of reservations) {
    if (resolutionUs === 1) return 1;
    narrow(usOf(row, 'createdAt'));
    narrow(usOf(row, 'expiresAt'));
  }
  return resolutionUs;
});
