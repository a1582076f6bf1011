import type { LedgerEntry } from '../protocol/ledger.ts';
import type { Column, ColumnKind } from './ledger-columns.ts';
import { RowInColumns } from './row-in-columns.ts';

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

/** A member of a row. */
export interface Member extends ColumnKind {
  name: string;
}

export type RowClass = new (columns: readonly Column[], place: number) => LedgerEntry;

/** Creates the class of the rows of a kind, with a getter for each member of their schema. */
export function createRowClass(kind: RowKind, members: readonly Member[]): RowClass {
  class Row extends RowInColumns<LedgerEntry> {
    declare protected readonly numbers: ReadonlyMap<string, number>;
  }
  const numbers = new Map(members.map(({ name }, number) => [name, number]));
  Object.defineProperty(Row.prototype, 'numbers', { value: numbers });
  Object.defineProperty(Row.prototype, 'row', { get: () => kind });
  for (const [number, { name, getter }] of members.entries()) {
    Object.defineProperty(Row.prototype, name, { get: getter(number) });
  }
  return Row as unknown as RowClass;
}
