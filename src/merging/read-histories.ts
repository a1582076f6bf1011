import type { RecordedHistory } from '../history/parser.ts';
import { readHistory } from '../history/reader.ts';
import { type MergedHistory, mergeHistories } from './merge-histories.ts';
import type { NamedHistory } from './named-history.ts';
import { assertWhole } from './one-sale.ts';

/**
 * Reads a history, or several of one sale as one.
 *
 * @throws UserError (usage) when a file is no history, when several do not belong together, or when some are missing
 */
export async function readHistories(paths: string[]): Promise<RecordedHistory | MergedHistory> {
  const named: NamedHistory[] = [];
  for (const path of paths) named.push({ path, history: await readHistory(path) });
  const [only] = named;
  if (only === undefined || named.length > 1) return mergeHistories(named);
  assertWhole(only);
  // A part did not read the books, even if it is the only one of its sale.
  return only.history.sale.part === undefined ? only.history : mergeHistories(named);
}
