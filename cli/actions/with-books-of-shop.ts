import { resolve } from 'node:path';
import type { RecordedHistory } from '../../src/history/parser.ts';
import { UserError } from '../../src/kernel/errors.ts';
import type { MergedHistory } from '../../src/merging/merge-histories.ts';
import { booksOfShop } from '../../src/run/parts/books-of-shop.ts';
import { readPreparedSale } from '../../src/run/parts/prepared-sale.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
import type { CliContext } from '../context.ts';
import { type Settings, targetFileOf } from '../settings.ts';
import { readAtEnd } from './read-at-end.ts';

/** The means by which the books of a target are read afterwards. */
export interface BooksOptions {
  settings: Settings;
  /** The prepared sale (`--sale`), for the shop of a target file. */
  saleFile?: string | undefined;
  /** A Prometheus that answers the assertions of a target file. */
  prometheusUrl?: string | undefined;
}

/**
 * Reads the books of the shop of a target file, whose SKUs go by the fields of the prepared sale.
 *
 * @throws UserError (usage) when they cannot be read by what is given
 */
export async function withBooksOfShop(
  history: RecordedHistory | MergedHistory,
  { settings, saleFile, prometheusUrl }: BooksOptions,
  context: CliContext,
): Promise<RecordedHistory> {
  if (!('merged' in history)) {
    throw UserError.usage('the books of a described shop cannot be read afterwards', {
      why: 'the run that put something on sale in it reads them at its end, and removes it',
      next: 'leave --target out to judge what buyers saw alone',
    });
  }
  if (saleFile === undefined) {
    throw UserError.usage('nothing says by which fields the shop knows its SKUs', {
      why: 'they stand in the file that flashsale-cli prepare wrote',
      next: 'add --sale sale.json',
    });
  }
  const prepared = await readPreparedSale(resolve(context.cwd, saleFile), context);
  const path = targetFileOf(settings) as string;
  const file = await readTargetFile(resolve(context.cwd, path), context.env);
  const open = booksOfShop(history.sale, prepared, file, { env: context.env, prometheusUrl });
  return readAtEnd(history, open, context);
}
