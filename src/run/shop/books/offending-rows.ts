import type { FieldOf } from '../../../target/file/template.ts';
import type { RawRow } from '../rows-in-text.ts';
import { type AskDeps, askSource, type Source } from './row-source.ts';

/** Rows that are shown of those that should not be there. */
const SHOWN_ROWS_MAX = 10;

/** Rows that should not be there: how many, and the first of them. */
export interface OffendingRows {
  number: number;
  shown: RawRow[];
}

/** Asks a source that must give no rows. A command must print nothing, so a line of its own counts as well. */
export async function offendingRows(
  source: Source,
  fieldOf: FieldOf,
  deps: AskDeps,
): Promise<OffendingRows> {
  const found: OffendingRows = { number: 0, shown: [] };
  let header: string[] = [];
  const rows = askSource(source, fieldOf, deps, (names) => {
    header = names;
  });
  for await (const row of rows) {
    found.number += 1;
    if (found.shown.length < SHOWN_ROWS_MAX) found.shown.push(row);
  }
  if (found.number > 0 || header.length === 0 || !('command' in source)) return found;
  return { number: 1, shown: [{ line: header.join(',') }] };
}
