import type * as z from 'zod';
import { microsecondsOf } from '../kernel/iso-time.ts';
import { LedgerEntry } from '../protocol/ledger.ts';
import { type Column, TimeColumn } from './ledger-columns.ts';

/**
 * A row of the ledger whose facts stand in columns: it takes less than half of the memory of an object with texts of its own.
 * There is one for each row, so that it can be a key. Its facts are getters, which `{...row}` does not copy: see
 * `copyOfRow`.
 */
export abstract class RowInColumns<Row extends LedgerEntry> {
  /** The numbers of the members, by their names. */
  protected abstract readonly numbers: ReadonlyMap<PropertyKey, number>;
  /** By the numbers of the members. */
  protected readonly columns: readonly Column[];
  protected readonly place: number;

  constructor(columns: readonly Column[], place: number) {
    this.columns = columns;
    this.place = place;
  }

  /** The time in a column, in microseconds since the epoch; NaN without one. */
  usOf(field: TimeField): number {
    const column = this.columns[this.numberOf(field)];
    return column instanceof TimeColumn ? column.usAt(this.place) : Number.NaN;
  }

  /** The number of a member; -1 for any other name. */
  numberOf(field: PropertyKey): number {
    return this.numbers.get(field) ?? -1;
  }

  /** True when the row lacks the fact of a member of this number. */
  isNullAt(number: number): boolean {
    return this.columns[number]?.isNull(this.place) === true;
  }

  toJSON(): Row {
    return copyOfRow(this as unknown as Row);
  }
}

/** The columns that hold times. */
export type TimeField = 'at' | 'createdAt' | 'expiresAt' | 'issuedAt' | 'usedAt' | 'checkedInAt';

/**
 * The time in a column of a row, in microseconds since the epoch. NaN without one, and for a text that is no time. The text
 * itself would have to be written out of its column.
 */
export function usOf<Field extends TimeField>(
  row: { [Key in Field]: string | null },
  field: Field,
): number {
  return row instanceof RowInColumns ? row.usOf(field) : microsecondsOf(row[field] ?? '');
}

/** True when one of some rows of a kind lacks a fact, because the shop does not have it. */
export function hasNull<Row extends LedgerEntry>(rows: readonly Row[], field: keyof Row): boolean {
  const inColumns = rows.find((row) => row instanceof RowInColumns);
  const number = inColumns instanceof RowInColumns ? inColumns.numberOf(field) : -1;
  return rows.some((row) =>
    row instanceof RowInColumns ? row.isNullAt(number) : row[field] === null,
  );
}

/** The members of the rows of a kind, by their names. */
export const shapeOf = (kind: LedgerEntry['row']): Record<string, z.ZodType> =>
  LedgerEntry.options.find(({ shape }) => shape.row.value === kind)?.shape ?? {};

/** A plain object with the facts of a row. */
export function copyOfRow<Row extends LedgerEntry>(row: Row): Row {
  if (!(row instanceof RowInColumns)) return { ...row };
  const fields = Object.keys(shapeOf(row.row)) as (keyof Row)[];
  return Object.fromEntries(fields.map((field) => [field, row[field]])) as unknown as Row;
}
