import type { Operation } from '../../../history/operation.ts';
import type { LedgerVoucher } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { holdsInAnswers } from '../../reading/late-checkouts.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { findWishes } from '../../reading/wishes.ts';

/** The material that an acknowledged call is compared with. */
export interface Books {
  ledger: LedgerIndex;
  /** True when a call asked to cancel the reservation, or the order that sold it. */
  askedToCancel(hold: string): boolean;
  /** True when a buyer who asked for units was told of the reservation. */
  wasTold(hold: string): boolean;
  callIdsOf(operation: Operation): string[];
  /** By the id of the call that used the voucher. */
  usedBy: Map<string, LedgerVoucher>;
}

/** Collects the material to compare acknowledged calls with. */
export function openBooks(evidence: Evidence, ledger: LedgerIndex): Books {
  const cancelled = new Set<string>();
  for (const { kind, outcome, hold, order } of evidence.operations) {
    if (outcome === 'fail') continue;
    if (kind === 'release' && hold !== undefined) cancelled.add(hold);
    const reservation = order === undefined ? undefined : ledger.orderById.get(order);
    if (kind === 'cancel' && reservation) cancelled.add(reservation.reservationId);
  }
  const told = holdsInAnswers(evidence.operations);
  const usedBy = new Map<string, LedgerVoucher>();
  for (const voucher of ledger.vouchers) {
    if (voucher.usedByCallId !== null) usedBy.set(voucher.usedByCallId, voucher);
  }
  return {
    ledger,
    askedToCancel: (hold) => cancelled.has(hold),
    wasTold: (hold) => told.has(hold),
    callIdsOf: findWishes(evidence).callIdsOf,
    usedBy,
  };
}
