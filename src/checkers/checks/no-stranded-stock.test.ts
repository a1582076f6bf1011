import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  inShop,
  reservationIn,
  SHOP_CALLS,
  SHOP_ENTRIES,
  shopSale,
} from '../../../test/judge/shop-story.ts';
import { booksOf, evidenceOf, said } from '../../../test/judge/story.ts';
import { noStrandedStock } from './no-stranded-stock.ts';

const { check } = noStrandedStock;

describe('no-stranded-stock', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop()).status).toBe('valid');
  });

  it('finds units that are neither on sale nor anybody’s', () => {
    const { status, summary } = check(
      inShop((ledger) => {
        (ledger.inventory[0] as { available: number }).available = 1;
      }),
    );
    expect(status).toBe('invalid');
    expect(summary).toBe('1 unit of SKU-1 stranded: neither on sale nor anybody’s');
  });

  it('finds a lapsed hold that had to be swept before the last call', () => {
    const unswept = (lastCallMs: number) => {
      const ledger = booksOf(shopSale, SHOP_ENTRIES.slice(0, 5));
      reservationIn(ledger, 'c').lapsed = true;
      const last = said('read', 'dan', [lastCallMs, lastCallMs + 1]);
      return check(evidenceOf(shopSale, [...SHOP_CALLS, last], { ledger })).status;
    };
    expect(unswept(1_112)).toBe('valid');
    expect(unswept(1_112.001)).toBe('invalid');
  });
});

itCatches(noStrandedStock, ['dead-sweeper']);
