import type { RowsSource } from '../../../target/file/schema.ts';
import { type RawRow, valueAt } from '../rows-in-text.ts';
import { shorten } from './shorten.ts';
import { plainValue } from './values.ts';

/** The value that a row has for a meaning; null if it has none. */
export type ValueFor = (meaning: string) => unknown;

/** The columns of one source of rows: which of them means what. */
export interface Columns {
  /** Learns the columns of a table, whose rows all have them. Throws when one that the target file names is not there. */
  learn(names: string[]): void;
  /** A row by meanings. Throws when a column that the target file names was in no row so far, and every row should have it. */
  read(row: RawRow): ValueFor;
  /** Throws when nothing was found that makes the rows evidence: every list of `anyOf` needs one of its meanings. */
  assertFound(anyOf: readonly (readonly string[])[]): void;
}

/** Columns that a row may leave out while nothing has happened yet. */
const FILLED_LATER = new Set(['usedAt', 'expiresAt', 'hold', 'call', 'order', 'basket']);

/** Columns with words. Null is a word as well, which the target file must explain. */
const WORDS = new Set(['status', 'kind']);

/** Names are compared without case and underscores: PostgreSQL makes `expiresat` of `AS expiresAt`. */
const alike = (name: string): string => name.toLowerCase().replaceAll('_', '');

export function createColumns(
  { columns, values }: Pick<RowsSource, 'columns' | 'values'>,
  meanings: readonly string[],
): Columns {
  const named = columns as Record<string, string | undefined>;
  const words = values as Record<string, Record<string, string> | undefined>;
  const found = new Set<string>();
  let shown: string[] = [];
  let rows = 0;

  /** The name in a row or a table of the column for a meaning. */
  function columnFor(meaning: string, names: string[]): string | undefined {
    const wanted = named[meaning] ?? meaning;
    return names.includes(wanted) ? wanted : names.find((name) => alike(name) === alike(wanted));
  }

  function assertNamed(names: string[], mayLack: (meaning: string) => boolean): void {
    for (const [meaning, column] of Object.entries(named)) {
      if (column === undefined || found.has(meaning) || mayLack(meaning)) continue;
      throw new Error(`it gives no column ${column} for ${meaning}, only ${names.join(', ')}`);
    }
  }

  return {
    learn(names) {
      shown = names;
      for (const meaning of meanings) {
        if (columnFor(meaning, names) !== undefined) found.add(meaning);
      }
      assertNamed(names, () => false);
    },
    read(row) {
      const names = Object.keys(row);
      const byMeaning = new Map<string, unknown>();
      for (const meaning of meanings) {
        const column = columnFor(meaning, names);
        const value =
          column === undefined ? valueAt(row, named[meaning] ?? '') : (row[column] as unknown);
        if (value === undefined) continue;
        found.add(meaning);
        const plain = plainValue(value) ?? (WORDS.has(meaning) ? 'null' : null);
        byMeaning.set(meaning, translate(plain, words[meaning]));
      }
      rows += 1;
      if (shown.length === 0) shown = names;
      return (meaning) => byMeaning.get(meaning) ?? null;
    },
    assertFound(anyOf) {
      if (shown.length === 0) return;
      if (rows > 0) assertNamed(shown, (meaning) => FILLED_LATER.has(meaning));
      for (const some of anyOf) {
        if (some.some((meaning) => found.has(meaning))) continue;
        throw new Error(
          `it gives ${some.length === 1 ? 'no' : 'none of'} ${some.join(', ')}, only ${shorten(shown.join(', '))}; say under columns which column is which`,
        );
      }
    },
  };
}

/** The shop's word in the words of the judge; a word without a translation stays. */
function translate(value: unknown, words: Record<string, string> | undefined): unknown {
  if (words === undefined) return value;
  const word = String(value);
  return Object.hasOwn(words, word) ? words[word] : value;
}
