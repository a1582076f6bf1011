import type { HoldOutcome, HoldRequest } from '../ledger.ts';

/**
 * A filter in front of the ledger. It spares the database the buyers who come when nothing is left, and decides nothing
 * else: the ledger may still refuse an admitted buyer, and an error of the filter can neither oversell nor keep a unit
 * from being sold for longer than `REFUSAL_LAG_MS`.
 *
 * The filter refuses a buyer only while it knows, from a read of the ledger that is at most `REFUSAL_LAG_MS` old, that
 * there were too few units and that this buyer had none of them. So a buyer who holds or owns a unit is answered by the
 * ledger, and a repeated call gets its hold.
 */
export interface Admission {
  /** Returns true when the buyer may call the ledger; `settle` must follow then. Never throws. */
  admit(request: HoldRequest): boolean | Promise<boolean>;

  /**
   * Returns true when the memory of this process refuses the buyer. Unlike `admit` it counts on nothing to follow, so it may be
   * asked for each line of a basket before all of them are decided at once.
   */
  refuses(request: HoldRequest): boolean;

  /** Records the ledger's answer to an admitted buyer: `undefined` when it threw, so that the outcome is not known. */
  settle(request: HoldRequest, outcome: HoldOutcome['outcome'] | undefined): void;

  /**
   * Records that the buyer's hold was sold, or has `ended`: it was released or its order was cancelled, so that the buyer
   * has no units any more.
   */
  holdChanged(buyer: Pick<HoldRequest, 'userId' | 'skuId'>, change: 'sold' | 'ended'): void;

  /** Records that units of the SKU are back on sale: released, expired or returned. */
  unitsCameBack(skuId: string): void;

  /** Makes the state that server instances share agree with the ledger. The sweeper calls it at each pass. Never throws. */
  reconcile(): Promise<void>;

  /**
   * The filter's counts of available units, in the order of the SKUs, null where it has none. Absent in a filter that does
   * not count. Rejects when the counts cannot be read.
   */
  readCounters?(skuIds: string[]): Promise<(number | null)[]>;
}

/** Called for every buyer who comes, for metrics. */
export type AdmissionObserver = (filter: 'memory' | 'redis', outcome: string) => void;
