import type { Operation, OperationKind, SkuOnSale } from '../../history/operation.ts';
import { memoized } from '../../kernel/memo.ts';
import type { WayOfSelling } from '../../protocol/ways-of-selling.ts';
import type { Evidence } from '../evidence.ts';

/** The way of selling that each kind of call belongs to. The `buy` of a described shop may belong to any. */
const WAY_OF_KIND: Partial<Record<OperationKind, WayOfSelling>> = {
  reserve: 'reservations',
  confirm: 'reservations',
  register: 'campaign',
  attempt: 'flash-sale',
};

/** The offers of a sale, by SKU: in which way and when its units are sold, as far as is known. */
export const findOffers = memoized(
  ({ sale }: Evidence): Map<string, SkuOnSale> =>
    new Map(sale.skus.map((offer) => [offer.skuId, offer])),
);

/**
 * True when a call asks for units in another way than they are sold, false when it asks in the right way. Undefined if nobody
 * knows.
 */
export function isAside(
  { kind, sku }: Pick<Operation, 'kind' | 'sku'>,
  evidence: Evidence,
): boolean | undefined {
  const soldBy = findOffers(evidence).get(sku ?? '')?.soldBy;
  const way = WAY_OF_KIND[kind];
  return soldBy === undefined || way === undefined ? undefined : soldBy !== way;
}

/** The way of selling in words that follow "sold". */
export const WAY_IN_WORDS: Record<WayOfSelling, string> = {
  reservations: 'by reservation and checkout',
  campaign: 'by registration',
  'flash-sale': 'by attempts',
  tickets: 'as tickets of an event',
};
