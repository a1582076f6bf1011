import type { CountedFact } from '../history/counted.ts';
import type { Fault } from '../history/fault.ts';
import type { InvariantResult } from '../history/invariant.ts';
import type { FinalLedger } from '../history/ledger-snapshot.ts';
import type { BooksReading } from '../history/manifest.ts';
import type { Operation, SaleFacts } from '../history/operation.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import type { LedgerReservation } from '../protocol/ledger.ts';

/** The rows of a foreign shop with the calls that they belong to. */
export interface Attribution {
  /** Ids of calls without an answer, of which nobody can tell, by the rows, if they happened. */
  open: ReadonlySet<string>;
  /** Ids of the orders, and of the reservations, that no call made. */
  strangeOrders: ReadonlySet<string>;
  strangeReservations: ReadonlySet<string>;
  /**
   * Ids of the rows that were given to a call because they are like what it asked for, and those of them that may as well be
   * of another call, and then have ended otherwise. A reservation that is like one of these and was given to no call is vague, too.
   */
  likely: ReadonlySet<string>;
  vague: ReadonlySet<string>;
  /** False when buyers were told other ids of orders than the rows have. */
  namesOrders: boolean;
  /** False when orders have no ids. */
  knowsOrderIds: boolean;
  /** True when every order and reservation names the call that made it, so that no row was given to another one. */
  namesCalls: boolean;
  /** Reservations that were made of orders, because the shop has none: it takes and sells units in one call. */
  madeOfOrders: ReadonlySet<string>;
  /** False when the shop has no reservations but these, so that a hold that came to nothing leaves no row. */
  keepsHolds: boolean;
  /** Kinds of rows of which some may be written over, because their names were given several times. */
  overwritten: ReadonlySet<'order' | 'reservation'>;
  /** Kinds of rows of which some have no quantity, and no call that tells it. */
  guessedUnits: ReadonlySet<'order' | 'reservation'>;
  /** False when rows do not tell whose they are. */
  knowsBuyers: boolean;
}

/**
 * The clocks of several histories that were made one, as far as they are known. Each call of theirs reaches from the earliest
 * moment at which it may have begun to the latest at which it may have been answered: what seems to come after another, did.
 */
export interface MergedClocks {
  /** The same calls at their likeliest times: calls that overlap only because their times are not sure raced for nothing. */
  asLikely: Operation[];
  /** The histories and what is known of their clocks, one sentence each without a full stop. */
  notes: string[];
  /** The reason why the histories cannot all be true; one sentence without its full stop. */
  problem?: string;
  /** True when ledger and last scrapes were read after all histories were complete, whatever their clocks say. */
  isReadLast?: boolean;
}

/** The material of a verdict. `sale.evidence` says what of it was promised. */
export interface Evidence {
  sale: SaleFacts;
  /** In the order of invocation. */
  operations: Operation[];
  ledger?: FinalLedger;
  /** How the ledger was read, SKU by SKU. */
  books?: BooksReading[];
  /** In the order in which they were taken, all instances mixed. */
  scrapes?: MetricsScrape[];
  /** The number of scrapes that the recorder took; absent if unknown. */
  scrapesRecorded?: number;
  /** The load generator's report about itself. */
  generator?: { saturated: boolean; reasons: string[] };
  /** Results of the user's own assertions. */
  invariants?: InvariantResult[];
  /** Rises of the target's counters, as a Prometheus saw them. */
  counted?: CountedFact[];
  /** Faults that the run caused on purpose, in the order of time. */
  faults?: Fault[];
  /** The rows of a foreign shop with the calls that they belong to; absent where rows name their calls. */
  attribution?: Attribution;
  /**
   * The rows of reservations of a described shop that deletes those of holds which are over: see `deletesHolds`. They tell nothing of
   * calls and are left out of the ledger, but each of them has its units.
   */
  liveHolds?: readonly LedgerReservation[];
  /** Names of holds, orders and vouchers of a described shop that several things had, or may have had: see `tellNamesakesApart`. */
  sharedNames?: ReadonlySet<string>;
  /** Set where the operations are those of several histories, whose clocks may differ. */
  merged?: MergedClocks;
  /** True when the history breaks off: the load generator died, and everything after that is missing. */
  truncated?: boolean;
}
