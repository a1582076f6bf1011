import type { WayOfSelling } from '../../src/protocol/ways-of-selling.ts';

/**
 * The stock ledger: the one place where units change hands. Everything sold by any flow is a SKU in it, and
 * `total = available + reserved + sold` holds for each of them in every committed state.
 *
 * A **hold** takes units off sale for one buyer until it is confirmed (sold), is released, or lapses. Each change commits
 * together with its reservation or order row and one `stock_movements` row, which is its event as well, or not at all.
 *
 * The SKU's row has the **rules** of its sale: the way in which it is sold, from when to when, and how many units a buyer may
 * have. The ledger reads them with the counts, so no route gets around them. They count when units are taken: a hold may
 * be bought until it lapses, also when the sale is over by then.
 *
 * All strategies behind this port keep the same promises (see `contract/`). They differ in how concurrent buyers
 * of one SKU take turns, and so in speed. Expected outcomes are values; the calls reject when the database cannot be
 * reached.
 */
export interface StockLedger {
  /**
   * Takes `quantity` units off sale for the buyer. A repeated call with the same `holdId` by the same buyer changes nothing
   * and has the same hold as its outcome, as long as that is live or sold. The id of an ended hold, or of another buyer's
   * hold, is a fault: the call rejects.
   */
  hold(request: HoldRequest): Promise<HoldOutcome>;

  /** Sells a live hold to its owner and records the order. A second call for the same hold is `order_exists`. */
  confirm(request: ConfirmRequest): Promise<ConfirmOutcome>;

  /** Ends a live hold for its owner: the units are on sale again. */
  release(request: ReleaseRequest): Promise<ReleaseOutcome>;

  /**
   * Cancels an order for its owner, while it is unpaid or sold and not fulfilled: its units are on sale again, and the
   * buyer may hold others. Exactly one of several calls succeeds, and none once the order is fulfilled.
   */
  cancelOrder(request: CancelRequest): Promise<CancelOutcome>;

  /**
   * Puts the units of up to `limit` lapsed holds back on sale, oldest first. Returns how many holds it expired. Any number
   * of processes may call this at the same time.
   */
  expireLapsed(limit: number): Promise<number>;
}

/**
 * The ledger's calls for **baskets**: lines of several SKUs of one buyer that are held, sold, given back and cancelled together or
 * not at all. Each line is a hold like any other, with the rules of its SKU. The sweeper ends all lines of a basket together.
 */
export interface BasketLedger {
  /**
   * Takes the units of all lines off sale, or none. Resolves with an outcome for each line, in order: `held` for all of them, or
   * the refusals of those that cannot be held and `not_alone` for the others. A repeated call is answered as by `hold`.
   */
  holdBasket(basket: BasketHold): Promise<BasketLineOutcome[]>;

  /** Sells all lines, for which orders were placed that one payment pays. */
  confirmBasket(request: {
    /** The order of the first line. */
    paymentId: string;
    userId: string;
    way?: WayOfSelling;
  }): Promise<BasketChange<'sold', ConfirmOutcome['outcome']>>;

  /** Ends the live holds of all lines for their owner. */
  releaseBasket(
    request: BasketOfUser,
  ): Promise<BasketChange<'released', ReleaseOutcome['outcome']>>;

  /** Cancels the orders of all lines for their owner, while none of them is fulfilled. */
  cancelBasket(request: BasketOfUser): Promise<BasketChange<'cancelled', CancelOutcome['outcome']>>;
}

export interface BasketOfUser {
  basketId: string;
  userId: string;
}

/** The lines are of different SKUs. */
export interface BasketHold extends BasketOfUser {
  lines: BasketLine[];
  way?: WayOfSelling;
}

export type BasketLine = Pick<HoldRequest, 'holdId' | 'skuId' | 'quantity' | 'callId'>;

/** `not_alone`: another line was refused, so this one is not held, though its units were there or nobody looked. */
export type BasketLineOutcome = HoldOutcome | { outcome: 'not_alone' };

/** A change of all lines of a basket; or the reason for which nothing changed, and the SKUs of the lines that have it. */
export type BasketChange<Done extends string, Outcome extends string> =
  | { outcome: Done; lines: ChangedLine[] }
  | { outcome: Exclude<Outcome, Done>; skuIds: string[] };

export interface ChangedLine {
  holdId: string;
  skuId: string;
  /** The number of the movement; absent when no units moved. */
  sequence: number | undefined;
}

export interface HoldRequest {
  /** Given by the caller (a UUID), so that a repeated call is the same hold. */
  holdId: string;
  userId: string;
  skuId: string;
  /** Units, at least 1. */
  quantity: number;
  /**
   * The way in which the buyer wants the SKU; absent: by a reservation. The units of a flash sale are those of accepted
   * attempts, which were in time, so the ledger does not ask again when it takes them.
   */
  way?: WayOfSelling;
  /** The client's id of this call, stored with the hold. */
  callId?: string;
}

/** A refusal by a rule of the sale. */
export type RuledOut = 'sold_another_way' | 'not_begun' | 'over' | 'over_limit';

/** A hold as the ledger stores it. */
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
  | {
      outcome: RuledOut | 'already_purchased' | 'already_reserved' | 'out_of_stock';
      sequence: number;
    }
  /** Refused by the admission filter, which may be `REFUSAL_LAG_MS` behind the ledger and so has no sequence number. */
  | { outcome: 'out_of_stock' }
  | { outcome: 'unknown_sku' }
  /** Too many other calls changed the SKU at the same time; the same call may succeed later. */
  | { outcome: 'contention_lost' };

export interface ConfirmRequest {
  holdId: string;
  userId: string;
  /** The SKU of the hold, as its reservation says. */
  skuId: string;
  orderId: string;
  paymentMethod: string;
  transactionId: string;
  /** The way in which the buyer buys; absent: by a reservation. */
  way?: WayOfSelling;
  callId?: string;
}

export type ConfirmOutcome =
  | { outcome: 'sold'; order: SoldOrder; sequence: number }
  | { outcome: 'expired' | 'not_active' | 'order_exists' | 'not_found' | 'sold_another_way' };

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

/** Called by the ledger after a commit, for metrics. */
export interface LedgerObserver {
  /** This process committed `count` movements of one kind and SKU. Called before the callers get their outcomes. */
  moved(
    kind: 'RESERVED' | 'SOLD' | 'RELEASED' | 'EXPIRED' | 'RETURNED',
    count: number,
    skuId: string,
  ): void;
  /** One commit had `size` calls in it. */
  batched(operation: BatchedOperation, size: number): void;
}

export const BATCHED_OPERATIONS = ['hold', 'confirm', 'release', 'cancel'] as const;
export type BatchedOperation = (typeof BATCHED_OPERATIONS)[number];

/** The way of selling that a request names. */
export const wayOf = ({ way }: { way?: WayOfSelling }): WayOfSelling => way ?? 'reservations';
