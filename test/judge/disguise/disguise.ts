import type { Evidence } from '../../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import { answersOnly, type BooksReading } from '../../../src/history/manifest.ts';
import type { SaleFacts } from '../../../src/history/operation.ts';
import { groupBy } from '../../../src/kernel/group-by.ts';
import { createRandom } from '../../../src/kernel/random.ts';
import type { LedgerEntry } from '../../../src/protocol/ledger.ts';
import { disguiseCalls } from './calls.ts';
import type { Disguise } from './described-shop.ts';
import { disguiseRows } from './rows.ts';

const isOfOrders = (kind: string): boolean => kind === 'order' || kind === 'reservation';

/** The evidence that a described shop would have given of the same sale. */
export function disguise(evidence: Evidence, as: Disguise): Evidence {
  const random = createRandom(as.seed);
  const strangers = new Set<string>();
  const residents = new Set<string>();
  const isStranger = (buyer: string): boolean => {
    if (!strangers.has(buyer) && !residents.has(buyer)) {
      (random() < as.strangersRate ? strangers : residents).add(buyer);
    }
    return strangers.has(buyer);
  };
  const ledger = disguiseRows(evidence, as);
  return {
    sale: factsOf(evidence.sale, as),
    operations: disguiseCalls(evidence, as, { random, isStranger }),
    ledger,
    ...(as.tellsReading && ledger && { books: readingsOf(evidence, ledger) }),
  };
}

/** The accounts of how the books were read. */
function readingsOf({ books = [] }: Evidence, ledger: LedgerSnapshot): BooksReading[] {
  const rows = Object.values(ledger).flat() as LedgerEntry[];
  return books.map((reading) => {
    const ofSku = groupBy(rows, ({ row, skuId }) => (skuId === reading.skuId ? row : undefined));
    const counts = [...ofSku].map(([kind, { length }]) => [kind, length]);
    return { ...reading, counts: Object.fromEntries(counts) };
  });
}

function factsOf(sale: SaleFacts, as: Disguise): SaleFacts {
  const reasons = Object.values(sale.refusals);
  const refusals = {
    own: sale.refusals,
    reasons: Object.fromEntries(reasons.map((reason) => [reason, reason])),
    'sold-out alone': { 'sold-out': 'sold-out' as const },
  };
  return {
    ...sale,
    shop: 'corner-shop',
    skus: sale.skus.map(({ skuId, total, unitPrice }) => ({
      ...{ skuId, total, unitPrice: as.knowsPrice ? unitPrice : undefined },
      ...(as.olderOrders === undefined ? {} : { wasOnSale: true }),
    })),
    nobodyElseBuys: as.strangersRate === 0 && as.olderOrders === undefined,
    holdTtlMs: as.knowsTtl ? sale.holdTtlMs : undefined,
    unitsPerBuyerMax: as.knowsLimit ? sale.unitsPerBuyerMax : undefined,
    refusals: refusals[as.codes],
    evidence: {
      ...answersOnly,
      ledger: as.tellsBaskets && as.rows.some(isOfOrders) ? [...as.rows, 'line'] : as.rows,
      sequences: as.sequences,
    },
  };
}
