/**
 * The stock ledger: the one place where units change hands. Everything sold by any flow is a SKU in it, and
 * `total = available + reserved + sold` holds for each of them in every committed state.
 *
 * A **hold** takes units off sale for one buyer until it is confirmed (sold), released, or lapses. Each change commits
 * together with its reservation or order row, one `stock_movements` row and its outbox events, or not at all.
 *
 * Every strategy behind this port keeps the same promises (see `ledger.contract.ts`); they differ in how they make
 * concurrent buyers of one SKU take turns, and so in how fast they are. Expected outcomes are values; a database that
 * cannot be reached throws.
 */
export interface StockLedger {
  /**
   * Takes `quantity` units off sale for the buyer. Called again with the same `holdId` by the same buyer it changes
   * nothing and answers with the same hold, as long as that is live or sold. The id of a hold that has ended, or of
   * another buyer's, is a fault: it throws.
   */
  hold(request: HoldRequest): Promise<HoldOutcome>;

  /** Sells a live hold to its owner and records the order. A second call for the same hold is `order_exists`. */
  confirm(request: ConfirmRequest): Promise<ConfirmOutcome>;

  /** Gives a live hold's units back at its owner's wish. */
  release(request: ReleaseRequest): Promise<ReleaseOutcome>;

  /**
   * Takes an order back at its owner's wish, as long as it is unpaid or sold and not fulfilled: its units go back on
   * sale, and the buyer may have others. Exactly one of several calls wins, and none against the order's fulfilment.
   */
  cancelOrder(request: CancelRequest): Promise<CancelOutcome>;

  /**
   * Gives back the units of up to `limit` holds that have lapsed, oldest first; answers how many. Any number of
   * processes may call this at the same time.
   */
  expireLapsed(limit: number): Promise<number>;
}

export interface HoldRequest {
  /** Given by the caller (a UUID), so that a repeated call is the same hold. */
  holdId: string;
  userId: string;
  skuId: string;
  /** Units, at least 1. */
  quantity: number;
  /** The client's name for this call, stored with the hold. */
  callId?: string;
}

/** A hold as stored. */
export interface Hold {
  holdId: string;
  userId: string;
  skuId: string;
  quantity: number;
  createdAt: Date;
  expiresAt: Date;
}

export type HoldOutcome =
  | { outcome: 'held'; hold: Hold; sequence: number }
  | { outcome: 'already_purchased' | 'already_reserved' | 'out_of_stock'; sequence: number }
  /** Turned away by the admission filter, which may be `REFUSAL_LAG_MS` behind and so has no number to give. */
  | { outcome: 'out_of_stock' }
  | { outcome: 'unknown_sku' }
  /** Too many others changed the SKU at the same time; the same call may succeed later. */
  | { outcome: 'contention_lost' };

export interface ConfirmRequest {
  holdId: string;
  userId: string;
  /** The SKU of the hold, as its reservation says. */
  skuId: string;
  orderId: string;
  paymentMethod: string;
  transactionId: string;
  callId?: string;
}

export type ConfirmOutcome =
  | { outcome: 'sold'; order: SoldOrder; sequence: number }
  | { outcome: 'expired' | 'not_active' | 'order_exists' | 'not_found' };

export interface SoldOrder {
  orderId: string;
  quantity: number;
  /** Decimal string: the SKU's flash-sale price times the quantity. */
  totalPrice: string;
  createdAt: Date;
}

export interface ReleaseRequest {
  holdId: string;
  userId: string;
  skuId: string;
}

export type ReleaseOutcome =
  | { outcome: 'released'; sequence: number }
  | { outcome: 'expired' | 'not_active' | 'not_found' };

export interface CancelRequest {
  orderId: string;
  userId: string;
  /** The SKU of the order, as its row says. */
  skuId: string;
}

export type CancelOutcome =
  /** Without a sequence when no units moved: the hold of an unpaid order had ended before. */
  { outcome: 'cancelled'; sequence?: number } | { outcome: 'not_cancellable' | 'not_found' };

/** What the ledger tells the outside after a commit; the caller turns it into metrics. */
export interface LedgerObserver {
  /** `count` movements of one kind and SKU were committed by this process. Told before their callers are. */
  moved(
    kind: 'RESERVED' | 'SOLD' | 'RELEASED' | 'EXPIRED' | 'RETURNED',
    count: number,
    skuId: string,
  ): void;
  /** `size` calls went into one commit. */
  batched(operation: BatchedOperation, size: number): void;
}

export type BatchedOperation = 'hold' | 'confirm' | 'release' | 'cancel';
