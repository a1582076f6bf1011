import type * as z from 'zod';
import { LedgerEntry } from '../protocol/ledger.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { TextTable } from './text-table.ts';

/**
 * Reads the lines of ledger rows in the spelling of `createHistoryFile`: the members in the order of their schema. It takes
 * only rows that the schema takes, and is several times as fast as JSON.parse and the schema, because a text that comes
 * again is neither made nor checked again.
 *
 * Returns undefined for every line of another sort or spelling, which says nothing about it: it may be a good one.
 */
export type LedgerScanner = (bytes: Buffer, start: number, end: number) => LedgerEntry | undefined;

export function createLedgerScanner(table: TextTable): LedgerScanner {
  const cursor = new ByteCursor(table);
  const plans = LedgerEntry.options.map((schema) => planOf(schema, cursor, table));
  return (bytes, start, end) => {
    cursor.begin(bytes, start, end);
    if (!cursor.skip(LEDGER)) return undefined;
    for (const { row, members, empty } of plans) {
      if (cursor.skip(row)) return readRow(cursor, members, { ...empty });
    }
    return undefined;
  };
}

/** The way to read the rows of one sort. */
interface Plan {
  /** The text that tells the sort, up to the next member. */
  row: Uint8Array;
  members: Member[];
  /** A row whose members are still to be set. A copy of it has the exact room that a row needs. */
  empty: Record<string, unknown>;
}

interface Member {
  key: string;
  /** The member's name with the comma before it and the colon behind it. */
  name: Uint8Array;
  /** Reads the value; `OTHER` for one of another spelling, or one that the schema may refuse. */
  read: Reader;
}

export type Reader = () => unknown;

export const OTHER = Symbol('a value of another spelling');

function readRow(
  cursor: ByteCursor,
  members: Member[],
  row: Record<string, unknown>,
): LedgerEntry | undefined {
  for (const { key, name, read } of members) {
    if (!cursor.skip(name)) return undefined;
    const value = read();
    if (value === OTHER) return undefined;
    row[key] = value;
  }
  return cursor.skip(CLOSING) && cursor.isAtEnd() ? (row as unknown as LedgerEntry) : undefined;
}

function planOf(
  { shape }: (typeof LedgerEntry)['options'][number],
  cursor: ByteCursor,
  table: TextTable,
): Plan {
  const [, ...members] = Object.entries(shape as Record<string, z.ZodType>);
  const [row] = shape.row.values;
  return {
    row: Buffer.from(`"row":"${row}"`),
    members: members.map(([key, schema]) => ({
      key,
      name: Buffer.from(`,"${key}":`),
      read: readerOf(schema, cursor, table),
    })),
    // An object that JSON.parse made has exact room; one that grows has too much.
    empty: JSON.parse(
      JSON.stringify({ row, ...Object.fromEntries(members.map(([key]) => [key, null])) }),
    ),
  };
}

/** The parts of a schema by which it is told which values it takes. */
type Known = z.ZodType & {
  format?: string | null;
  def: { type: string; innerType?: z.ZodType; checks?: unknown[] };
};

/** Creates the reader of a value that the schema takes. */
export function readerOf(schema: z.ZodType, cursor: ByteCursor, table: TextTable): Reader {
  const { def, format } = schema as Known;
  if (def.type === 'nullable') {
    const read = readerOf(def.innerType as z.ZodType, cursor, table);
    return () => (cursor.skip(NULL) ? null : read());
  }
  const hasChecks = def.checks !== undefined && def.checks.length > 0;
  if (def.type === 'boolean' && !hasChecks) {
    return () => {
      if (cursor.skip(TRUE)) return true;
      return cursor.skip(FALSE) ? false : OTHER;
    };
  }
  if (def.type === 'number' && format === 'safeint' && !hasChecks) {
    return () => {
      const value = cursor.number();
      return value < 0 ? OTHER : value;
    };
  }
  if (def.type === 'string' && format === 'datetime' && !hasChecks) {
    return () => (cursor.skip(QUOTE) ? (cursor.time() ?? OTHER) : OTHER);
  }
  if (def.type !== 'string' && def.type !== 'enum') return () => OTHER;
  return textReaderOf(schema, cursor, table);
}

/** Reads a text that the schema takes. */
function textReaderOf(schema: z.ZodType, cursor: ByteCursor, { texts }: TextTable): Reader {
  const { def, format } = schema as Known;
  const takesAll = def.type === 'string' && !format && !def.checks?.length;
  const isUuid = format === 'uuid';
  /** The numbers of the texts that the schema has taken. Few texts come with most rows. */
  const taken = new Set<number>();
  return () => {
    if (!cursor.skip(QUOTE)) return OTHER;
    const isSureUuid = isUuid && cursor.isAtUuid();
    const number = cursor.text();
    if (number < 0) return OTHER;
    const text = texts[number];
    if (takesAll || isSureUuid || taken.has(number)) return text;
    const parsed = schema.safeParse(text);
    if (!parsed.success || parsed.data !== text) return OTHER;
    taken.add(number);
    return text;
  };
}

/** The beginning of a line of a ledger row. */
export const LEDGER = Buffer.from('{"type":"ledger","entry":{');
const QUOTE = Buffer.from('"');
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
/** The end of a line of a ledger row. */
export const CLOSING = Buffer.from('}}');
