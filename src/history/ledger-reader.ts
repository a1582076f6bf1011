import type { LedgerEntry } from '../protocol/ledger.ts';
import { ByteCursor, spellingOf } from './byte-cursor.ts';
import { DeliveryList } from './delivery-list.ts';
import { createDeliveryScanner } from './delivery-scanner.ts';
import { emptyLedger, type FinalLedger, LIST_OF_KIND } from './ledger-snapshot.ts';
import { PackedTexts } from './packed-texts.ts';
import { RowList } from './row-list.ts';
import { ROW_KINDS, type RowKind } from './rows-in-columns.ts';
import type { TextTable } from './text-table.ts';

/** Reads the final ledger of a history, row by row, into columns. */
export interface LedgerReader {
  ledger: FinalLedger;
  /**
   * Reads a line in the spelling of `createHistoryFile`. It takes only rows that the schema takes, and is several times as
   * fast as JSON.parse and the schema. Returns false for every line of another sort or spelling, which says nothing about
   * it: it may be a good one.
   */
  read(bytes: Buffer, start: number, end: number): boolean;
  /** Adds a row that the schema has taken. */
  add(row: LedgerEntry): void;
}

export function createLedgerReader(table: TextTable): LedgerReader {
  const cursor = new ByteCursor(table);
  const texts = { table, ids: new PackedTexts() };
  const deliveries = new DeliveryList();
  const readDelivery = createDeliveryScanner(cursor, table, deliveries);
  const lists = Object.fromEntries(
    ROW_KINDS.map((kind) => [kind, new RowList(kind, texts)]),
  ) as Record<RowKind, RowList>;
  const spellings = ROW_KINDS.map((kind) => ({
    spelling: spellingOf(`"row":"${kind}"`),
    list: lists[kind],
  }));
  const rows = Object.fromEntries(ROW_KINDS.map((kind) => [LIST_OF_KIND[kind], lists[kind].rows]));

  return {
    ledger: { ...emptyLedger(), ...rows, deliveries },
    read(bytes, start, end) {
      cursor.begin(bytes, start, end);
      if (!cursor.skip(LEDGER)) return false;
      if (cursor.skip(DELIVERY)) return readDelivery();
      for (const { spelling, list } of spellings) {
        if (cursor.skip(spelling)) return list.read(cursor);
      }
      return false;
    },
    add(row) {
      if (row.row === 'delivery') deliveries.push(row);
      else lists[row.row].push(row);
    },
  };
}

/** The beginning of a line of a ledger row. */
const LEDGER = spellingOf('{"type":"ledger","entry":{');
const DELIVERY = spellingOf('"row":"delivery"');
