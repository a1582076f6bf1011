/** The decisions that a counter may count. */
export const COUNTED = [
  'reserved',
  'sold',
  'sold_out',
  'refused',
  'released',
  'cancelled',
] as const;
export type CountedDecision = (typeof COUNTED)[number];

/** The rise of the target's own counter of one kind of decisions during the sale, over all instances, as Prometheus saw it. */
export interface CountedFact {
  decision: CountedDecision;
  /** The counter, as a PromQL selector. */
  selector: string;
  /** URL of the Prometheus, without user and password. */
  source: string;
  /** The rise between the first scrape and the last one within the sale: at least this much belongs to it. */
  least: number;
  /** The rise from the last scrape before the sale to the first one after it; null if more may have gone unseen. */
  most: number | null;
}
