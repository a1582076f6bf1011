import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  inShop,
  SHOP_CALLS,
  SHOP_ENTRIES,
  shopBooks,
  shopSale,
} from '../../../test/judge/shop-story.ts';
import { booksOf, evidenceOf, SKU } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { LedgerRowKind } from '../../protocol/ledger.ts';
import { conservation } from './conservation.ts';

const { check } = conservation;

describe('conservation', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop())).toEqual({
      status: 'valid',
      summary:
        'total = available + reserved + sold for 1 SKU, as 3 reservations, 1 order, and 6 movements have it',
    });
  });

  it('is skipped where the ledger has no row of the SKUs on sale', () => {
    expect(check(inShop((ledger) => (ledger.inventory = []))).status).toBe('skipped');
  });

  it('shows twenty wrong sums of many', () => {
    const skus = Array.from({ length: 21 }, (_, place) => ({ skuId: `SKU-${place}`, total: 3 }));
    const ledger = booksOf(shopSale, []);
    const [row] = ledger.inventory as [LedgerSnapshot['inventory'][number]];
    ledger.inventory = skus.map(({ skuId }) => ({ ...row, skuId, total: 4, available: 4 }));
    const { summary, witness } = check(evidenceOf({ ...shopSale, skus }, [], { ledger }));
    expect(summary).toContain('21 sums');
    expect(witness?.prose.split('\n')).toHaveLength(1 + 20);
  });

  const column = (change: Partial<LedgerSnapshot['inventory'][number]>) =>
    check(inShop((ledger) => Object.assign(ledger.inventory[0] as object, change)));

  it('finds columns that do not add up to the total', () => {
    expect(column({ available: 1 }).witness?.prose).toContain(
      `${SKU}: 1 available + 0 reserved + 1 sold is 2, the total is 3`,
    );
  });

  it('finds a total that is not that of the sale, and leaves refusals by that total to their own check', () => {
    const evidence = inShop((ledger) => {
      Object.assign(ledger.inventory[0] as object, { total: 2, available: 1 });
    });
    expect(check(evidence).witness?.prose).toContain('the total is 2, the sale began with 3');
  });

  it('finds a negative column, though the sum is right', () => {
    expect(column({ available: 3, reserved: -1 }).witness?.prose).toContain('reserved is -1');
    expect(column({ available: -1, reserved: 3 }).witness?.prose).toContain('available is -1');
    expect(column({ available: 4, sold: -1 }).witness?.prose).toContain('sold is -1');
  });

  it('finds columns that differ from the rows they count, though the sum is right', () => {
    const { witness } = column({ available: 1, sold: 2 });
    expect(witness?.prose).toContain('sold is 2, confirmed reservations have 1 unit');
    expect(witness?.prose).toContain('sold is 2, orders have 1 unit');
    expect(witness?.prose).toContain('available is 1, the movements leave 2');
    const held = column({ available: 1, reserved: 1 }).witness?.prose;
    expect(held).toContain('reserved is 1, reservations in that state have 0 units');
    expect(held).toContain('reserved is 1, the movements leave 0');
  });

  it('finds a gap, a repetition and a missing end in the movements', () => {
    const without = (sequence: number) =>
      check(
        inShop((ledger) => {
          ledger.movements = ledger.movements.filter((row) => row.sequence !== sequence);
        }),
      );
    expect(without(1).witness?.prose).toContain('movement 1 is due, movement 2 is there');
    expect(without(3).witness?.prose).toContain('movement 3 is due, movement 4 is there');
    expect(without(6).witness?.prose).toContain('the last movement should be 6, it is 5');
    const repeated = inShop((ledger) => {
      const last = ledger.movements.at(-1) as LedgerSnapshot['movements'][number];
      ledger.movements.push({ ...last });
    });
    expect(check(repeated).witness?.prose).toContain('movement 7 is due, movement 6 is there');
  });

  it('adds up each SKU by itself', () => {
    const skus = [...shopSale.skus, { skuId: 'SKU-2', total: 5 }];
    const ledger = shopBooks();
    const [first] = ledger.inventory as [LedgerSnapshot['inventory'][number]];
    const untouched = { available: 5, reserved: 0, sold: 0, sequence: 0 };
    ledger.inventory.push({ ...first, skuId: 'SKU-2', total: 5, ...untouched });
    const evidence = evidenceOf({ ...shopSale, skus }, SHOP_CALLS, { ledger });
    expect(check(evidence).status).toBe('valid');
  });

  it('counts the units of a cancelled order as available again', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2 },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', quantity: 2 },
      { kind: 'RETURNED', hold: 'a', buyer: 'ann', quantity: 2 },
    ]);
    expect(check(evidenceOf(shopSale, SHOP_CALLS, { ledger })).status).toBe('valid');
    Object.assign(ledger.inventory[0] as object, { available: 1, sold: 2 });
    expect(check(evidenceOf(shopSale, SHOP_CALLS, { ledger })).witness?.prose).toContain(
      'sold is 2, the movements leave 0',
    );
  });

  it('finds a total that is not the sale’s', () => {
    expect(column({ total: 4, available: 3 }).summary).toContain(
      'SKU-1: the total is 4, the sale began with 3',
    );
  });

  it('finds an order of another size or SKU than its reservation', () => {
    const changed = (change: object) =>
      check(inShop(({ orders }) => Object.assign(orders[0] as object, change))).witness?.prose;
    expect(changed({ quantity: 2 })).toContain(
      'order order-a is of 2 units, and its reservation of 1 unit of SKU-1',
    );
    const skus = [...shopSale.skus, { skuId: 'SKU-2', total: 3 }];
    const ledger = shopBooks();
    Object.assign(ledger.orders[0] as object, { skuId: 'SKU-2' });
    const { witness } = check(evidenceOf({ ...shopSale, skus }, SHOP_CALLS, { ledger }));
    expect(witness?.prose).toContain(
      'SKU-2: order order-a is of 1 unit, and its reservation of 1 unit of SKU-1',
    );
  });

  it('counts only rows of kinds that the target keeps', () => {
    const keeping = (...ledger: LedgerRowKind[]) => {
      const evidence = inShop((books) => {
        books.movements.pop();
        books.orders.pop();
      });
      const manifest = { ...evidence.sale.evidence, ledger };
      return check({ ...evidence, sale: { ...evidence.sale, evidence: manifest } });
    };
    expect(keeping('inventory').summary).toBe('total = available + reserved + sold for 1 SKU');
    expect(keeping('inventory', 'reservation').summary).toContain('as 3 reservations have it');
    expect(keeping('inventory', 'order').summary).toContain('sold is 1, orders have 0 units');
    expect(keeping('inventory', 'movement').summary).toContain('last movement should be 6');
  });

  it('counts a lapsed hold that was not swept yet as reserved', () => {
    const ledger = booksOf(shopSale, SHOP_ENTRIES.slice(0, 3));
    for (const row of ledger.reservations) row.lapsed = true;
    expect(check(evidenceOf(shopSale, SHOP_CALLS, { ledger })).status).toBe('valid');
  });
});

itCatches(conservation, [
  'lost-update',
  'double-release',
  'lost-acknowledgement',
  'double-cancel',
  'wrong-quantity',
  'rows-not-units',
  'leaked-line',
]);

it('does not ask an order that failed how large it is', () => {
  const sizeOf = (status: 'FAILED' | 'CANCELLED') =>
    conservation.check(
      inShop(({ orders }) => {
        const [order] = orders as [LedgerSnapshot['orders'][number]];
        orders.push({ ...order, orderId: 'order-2', quantity: 2, status });
      }),
    ).status;
  expect(sizeOf('FAILED')).toBe('valid');
  expect(sizeOf('CANCELLED')).toBe('invalid');
});
