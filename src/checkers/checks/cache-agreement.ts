import { bulletList, count } from '../../kernel/wording.ts';
import { checkLedger } from '../ledger-check.ts';

/**
 * A hot store that differs from the ledger when everything is at rest. A store with too many units sends buyers to the
 * ledger in vain; a store with too few keeps units from buyers.
 */
export const cacheAgreement = checkLedger(
  'cache-agreement',
  ['inventory', 'hot_stock'],
  (ledger) => {
    const known = ledger.hotStock.filter(({ available }) => available !== null);
    if (known.length === 0) {
      return { status: 'skipped', summary: 'no hot store holds stock of the SKUs on sale' };
    }
    const inLedger = new Map(ledger.inventory.map((row) => [row.skuId, row.available]));
    const wrong = known
      .filter(({ skuId, available }) => inLedger.get(skuId) !== available)
      .map(
        ({ skuId, available }) =>
          `${skuId}: ${available} available in the hot store, ${inLedger.get(skuId) ?? 'no row'} in the ledger`,
      );
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: `the hot store is not what the ledger is: ${wrong[0]}`,
        witness: {
          prose: bulletList(
            'When everything was at rest, the hot store and the ledger differed:',
            wrong.slice(0, 20),
          ),
          operations: [],
        },
      };
    }
    return {
      status: 'valid',
      summary: `the hot store agrees with the ledger on ${count(known.length, 'SKU')}`,
    };
  },
);
