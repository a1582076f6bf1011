import type { SaleFacts } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import type { RunDeps } from '../context.ts';
import type { FinalBooks } from '../sale/sale-host.ts';
import { createDescribedBooks } from '../shop/books/described-books.ts';
import { finalBooks } from '../shop/final-books.ts';
import type { PreparedSale } from './prepared-sale.ts';

/**
 * The books of the described shop in which a prepared sale was fired. Nothing is asked until they are opened.
 *
 * @param sale the facts of the histories
 * @throws UserError (usage) when the histories are not those of the prepared sale, or the target file is that of another shop
 */
export function booksOfShop(
  sale: Pick<SaleFacts, 'skus'>,
  { target, shop, facts }: PreparedSale,
  file: NamedTargetFile,
  {
    env,
    prometheusUrl,
  }: { env: Record<string, string | undefined>; prometheusUrl?: string | undefined },
): (deps: Pick<RunDeps, 'clock' | 'signal' | 'onEvent'>) => FinalBooks {
  if (shop === undefined || target !== file.name) {
    throw UserError.usage('the target file is not that of the prepared sale', {
      why: `the sale was prepared on ${target}, and the target file is that of ${file.name}`,
      next: 'name the servers or the target file with which it was prepared: --target',
    });
  }
  if (JSON.stringify(sale.skus) !== JSON.stringify(facts.skus)) {
    throw UserError.usage('the histories are not those of the prepared sale', {
      why: `they have other SKUs: ${idsOf(sale)} instead of ${idsOf(facts)}`,
      next: 'name the sale file that all of their parts were fired with: --sale',
    });
  }
  return ({ clock, signal, onEvent }) => {
    const beganNs = clock.monotonicNs() - (clock.nowMs() - shop.onSaleAtMs) * 1e6;
    const books = createDescribedBooks(file, shop.skus, {
      ...{ env, clock, signal, beganNs, isNew: file.sale?.create !== undefined },
      ...(prometheusUrl !== undefined && { prometheusUrl }),
    });
    return finalBooks(books, { signal, onEvent });
  };
}

const SHOWN = 3;

const idsOf = ({ skus }: Pick<SaleFacts, 'skus'>): string =>
  `${skus
    .slice(0, SHOWN)
    .map(({ skuId }) => skuId)
    .join(', ')}${skus.length > SHOWN ? ' …' : ''}`;
