import type { LedgerEntry } from '../protocol/ledger.ts';
import type { Column } from './ledger-columns.ts';
import { RowInColumns, shapeOf } from './row-in-columns.ts';

/** The kinds of rows that are kept in columns: all but deliveries, of which there is no object each (see `DeliveryList`). */
export const ROW_KINDS = [
  ...(['inventory', 'reservation', 'order', 'movement', 'voucher', 'reward', 'attempt'] as const),
  ...([
    'payment',
    'ticket',
    'line',
    'notification',
    'backlog',
    'hot_stock',
    'track',
    'bucket',
  ] as const),
] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** The columns of one part of the rows of a kind, by the names of their members. */
export type NamedColumns = Record<string, Column>;

export type RowClass = new (columns: NamedColumns, place: number) => LedgerEntry;

/** Creates the class of the rows of a kind, with a getter for each member of their schema. */
export function createRowClass(kind: RowKind): RowClass {
  class Row extends RowInColumns<LedgerEntry> {}
  for (const name of Object.keys(shapeOf(kind))) {
    Object.defineProperty(Row.prototype, name, {
      get:
        name === 'row'
          ? () => kind
          : function (this: { columns: NamedColumns; place: number }) {
              return this.columns[name]?.at(this.place);
            },
    });
  }
  return Row as unknown as RowClass;
}
