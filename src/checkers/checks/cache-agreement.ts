import { bulletList, count, skuName } from '../../kernel/wording.ts';
import type { LedgerHotStock } from '../../protocol/ledger.ts';
import { checkLedger } from '../ledger-check.ts';

/**
 * A hot store that differs from the ledger when everything is at rest. A store with too many units sends buyers to the
 * ledger in vain; a store with too few keeps units from buyers. A store that has no number of a SKU is allowed: a key may
 * lapse, or a Redis lose its data, and then buyers are sent to the ledger.
 */
export const cacheAgreement = checkLedger(
  'cache-agreement',
  ['inventory', 'hot_stock'],
  (ledger) => {
    const inLedger = new Map(ledger.inventory.map((row) => [row.skuId, row.available]));
    const [known, empty] = split(ledger.hotStock, ({ available }) => available !== null);
    const wrong = known
      .filter(({ skuId, available }) => inLedger.get(skuId) !== available)
      .map(
        ({ skuId, available }) =>
          `${skuName(skuId)}: ${available} available in the hot store, ${inLedger.get(skuId) ?? 'no row'} in the ledger`,
      );
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: `the hot store is not what the ledger is: ${wrong[0]}`,
        witness: {
          prose: bulletList(
            `When everything was at rest, the hot store and the ledger differed in ${count(wrong.length, 'SKU')}:`,
            wrong.slice(0, 10),
          ),
          operations: [],
        },
      };
    }
    const withoutNumber =
      empty.length === 0
        ? ''
        : `the hot store has no number of ${empty.map(({ skuId }) => skuId).join(', ')}`;
    if (known.length === 0) {
      return { status: 'skipped', summary: withoutNumber || 'the hot store has no SKU on sale' };
    }
    return {
      status: 'valid',
      summary: [
        `the hot store agrees with the ledger on ${count(known.length, 'SKU')}`,
        ...(withoutNumber ? [withoutNumber] : []),
      ].join('; '),
    };
  },
);

const split = (
  rows: LedgerHotStock[],
  isFirst: (row: LedgerHotStock) => boolean,
): [LedgerHotStock[], LedgerHotStock[]] => [
  rows.filter(isFirst),
  rows.filter((row) => !isFirst(row)),
];
