import type { HoldOutcome, HoldRequest } from '../ledger.ts';

/**
 * A filter in front of the ledger. It spares the database the buyers who come when nothing is left, and decides nothing
 * else: whom it admits may still be refused, and what it forgets or gets wrong can neither oversell nor keep a unit back
 * for longer than `REFUSAL_LAG_MS`.
 *
 * It turns a buyer away only while it knows, from a look at the ledger that is at most so old, that there were too few
 * units and that this buyer had none of them. So who holds or owns a unit hears that from the ledger, and a repeated call
 * gets its hold.
 */
export interface Admission {
  /** Whether the buyer may ask the ledger. Whoever was admitted is settled afterwards. Never throws. */
  admit(request: HoldRequest): boolean | Promise<boolean>;

  /** What the ledger answered an admitted buyer; `undefined` when it threw, and nobody knows. */
  settle(request: HoldRequest, outcome: HoldOutcome['outcome'] | undefined): void;

  /** The buyer's hold was sold; or `ended`: given back, or its order cancelled, so that the buyer has nothing any more. */
  tell(buyer: Pick<HoldRequest, 'userId' | 'skuId'>, what: 'sold' | 'ended'): void;

  /** Units of the SKU are back on sale: released, expired or returned. */
  unitsCameBack(skuId: string): void;

  /** Brings what server instances share in line with the ledger; called by the sweeper at each pass. Never throws. */
  reconcile(): Promise<void>;

  /**
   * Units that the filter believes to be available, in the order of the SKUs, null where it holds nothing. Absent in one
   * that does not count. Rejects when it cannot be read.
   */
  readCounters?(skuIds: string[]): Promise<(number | null)[]>;
}

/** Told of every buyer who came; the caller turns it into metrics. */
export type AdmissionObserver = (filter: 'memory' | 'redis', outcome: string) => void;
