import type { Operation, SaleFacts } from '../../history/operation.ts';
import { type Hold, wasSold } from './hold.ts';
import { shortestTtlNs } from './hold-ttl.ts';
import type { LedgerIndex } from './ledger-index.ts';

/**
 * True for a checkout that may have sold other units than those of its hold. A described shop may take units again for a
 * payment that comes after the lapse, and need not tell the buyer of a second hold. Its rows of reservations rule that out
 * where they say that the hold itself was sold.
 */
export const mayHaveTakenAgain = (
  hold: Hold,
  { completedAtNs }: Operation,
  sale: SaleFacts,
  ledger: LedgerIndex | undefined,
): boolean =>
  sale.shop !== undefined &&
  completedAtNs > hold.askedAtNs + shortestTtlNs(sale) &&
  !(ledger?.keeps('reservation') && wasSold(hold, ledger) === 'yes');

/** True when the row of a hold says that it was not sold. */
export const isUnsold = (hold: Hold, ledger: LedgerIndex | undefined): boolean =>
  hold.reservation !== undefined && wasSold(hold, ledger) === 'no';
