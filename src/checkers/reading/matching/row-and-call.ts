import type { Operation } from '../../../history/operation.ts';
import type { Deletion } from '../deleted-orders.ts';

/** A row of the books, as far as it tells which call made it. A fact that is null is not known. */
export interface MatchedRow {
  id: string | null;
  hold: string | null;
  /** True when the name of the hold was taken from a row that may as well be of another call. */
  isHoldGuessed: boolean;
  buyer: string | null;
  sku: string;
  quantity: number | null;
  callIds: string[];
  /** Rows of a lower rank are given to calls first. */
  rank: number;
  /** False for a row that has ended, or never began: a call that was refused may have left it. */
  stands: boolean;
  /** True if other people may have made it; and if it may be older than the sale, its buyer's or anybody's. */
  mayBeOfOthers: boolean;
  mayBeOlder: boolean;
}

/** A call that made a row, or may have. */
export interface MatchedCall {
  operation: Operation;
  /** True for an attempt that was decided with a yes, false for one that was declined for sure. */
  decided: boolean | undefined;
  /** Ids of the call under which its row may be stored. */
  callIds: string[];
  id: string | undefined;
  hold: string | undefined;
  buyer: string | undefined;
  sku: string | undefined;
  quantity: number | undefined;
  /** The certainty that its row was deleted. */
  deletion: Deletion;
}

/** True for a call whose yes says that it made a row. An accepted attempt may come to nothing, until it is decided. */
export const hasMade = ({ operation, decided }: MatchedCall): boolean =>
  decided ?? (operation.outcome === 'ok' && operation.kind !== 'attempt');

/** True for a call that must have a row. */
export const mustHaveRow = (call: MatchedCall): boolean => hasMade(call) && call.deletion === 'no';

export const isAccepted = ({ operation, decided }: MatchedCall): boolean =>
  decided === undefined && operation.outcome === 'ok' && operation.kind === 'attempt';

export const isUnanswered = ({ operation, decided }: MatchedCall): boolean =>
  decided === undefined && operation.outcome === 'info';
