import { hasNull, shapeOf } from '../history/row-in-columns.ts';
import type { LedgerEntry, LedgerRowKind } from '../protocol/ledger.ts';

/**
 * The columns that may be empty in the books of our own server, for each kind of row that is compared column by column: the
 * id of a call is that which a client sent, and the others tell of what may not have happened. All other columns have a value.
 */
const MAY_BE_EMPTY: Partial<Record<LedgerRowKind, readonly string[]>> = {
  inventory: [],
  reservation: ['callId'],
  order: ['callId'],
  movement: [],
  payment: [],
  voucher: ['usedAt', 'usedByCallId'],
  ticket: ['checkedInAt', 'checkedInBy', 'gate', 'checkedInByCallId'],
  line: ['orderId'],
};

/** The name of a column in which a row of our own server has no value, though it should; undefined where all have theirs. */
export function findEmptyColumn(
  kind: LedgerRowKind,
  rows: readonly LedgerEntry[],
): string | undefined {
  const allowed = MAY_BE_EMPTY[kind];
  if (allowed === undefined) return undefined;
  const columns = Object.entries(shapeOf(kind))
    .filter(([name, schema]) => schema.safeParse(null).success && !allowed.includes(name))
    .map(([name]) => name as keyof LedgerEntry);
  return columns.find((column) => hasNull(rows, column));
}
