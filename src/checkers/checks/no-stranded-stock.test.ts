import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  inShop,
  reservationIn,
  SHOP_CALLS,
  SHOP_ENTRIES,
  shopSale,
} from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  evidenceOf,
  keeping,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { LedgerRowKind } from '../../protocol/ledger.ts';
import { noStrandedStock } from './no-stranded-stock.ts';

const { check } = noStrandedStock;
const KINDS: LedgerRowKind[] = ['inventory', 'reservation', 'order', 'movement'];

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

  it('needs the reservations of our own server, and no orders', () => {
    expect(check(keeping(inShop(), 'inventory', 'reservation')).status).toBe('valid');
    expect(check(keeping(inShop(), 'inventory', 'order'))).toEqual({
      status: 'skipped',
      summary: 'no reservations were read',
    });
  });

  it('says nothing of a sale of nothing', () => {
    const evidence = inShop();
    const nothing = { ...evidence, sale: { ...evidence.sale, skus: [] } };
    expect(check(nothing).summary).toBe('the final ledger has none of the SKUs on sale');
  });

  const unsweptBooks = () => {
    const ledger = booksOf(shopSale, SHOP_ENTRIES.slice(0, 5));
    reservationIn(ledger, 'c').lapsed = true;
    return ledger;
  };
  const readAt = (ms: number) => ({ books: [{ skuId: SKU, fromNs: ms * 1e6, toNs: ms * 1e6 }] });

  it('finds a lapsed hold that had to be swept before the ledger was read', () => {
    const unswept = (readMs: number) =>
      check(evidenceOf(shopSale, SHOP_CALLS, { ledger: unsweptBooks(), ...readAt(readMs) })).status;
    // The server's clock may run a little slower.
    expect(unswept(1_112.5)).toBe('valid');
    expect(unswept(1_112.6)).toBe('invalid');
  });

  it('shows ten of many holds that had to be swept', () => {
    const names = Array.from({ length: 11 }, (_, place) => `h${place}`);
    const sale = saleOf({ total: 11 });
    const calls = names.map((hold) => said('reserve', hold, [0, 10], { hold }));
    const entries = names.map((hold) => ({ kind: 'RESERVED' as const, hold, buyer: hold }));
    const ledger = booksOf(sale, entries);
    for (const row of ledger.reservations) row.lapsed = true;
    const { summary, witness } = check(evidenceOf(sale, calls, { ledger, ...readAt(9_000) }));
    expect(summary).toContain('11 holds of 11 units had lapsed');
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('knows by the ledger’s own clock when the hold of a call without an answer had to be swept', () => {
    const calls = SHOP_CALLS.map((call) =>
      call.hold === 'c' ? unanswered('reserve', 'cid', 2, { callId: 'try-c' }) : call,
    );
    const manifest = { ...answersOnly, ledger: KINDS };
    const unswept = (readMs: number, oneClock: boolean) =>
      check(
        evidenceOf({ ...shopSale, evidence: { ...manifest, oneClock } }, calls, {
          ledger: unsweptBooks(),
          ...readAt(readMs),
        }),
      ).status;
    expect(unswept(1_109, true)).toBe('valid');
    expect(unswept(1_116, true)).toBe('invalid');
    expect(unswept(9_000, false)).toBe('valid');
  });

  it('knows of a history without an account of the reading that it came after the last call', () => {
    const unswept = (lastCallMs: number) => {
      const last = said('read', 'dan', [lastCallMs, lastCallMs + 1]);
      return check(evidenceOf(shopSale, [...SHOP_CALLS, last], { ledger: unsweptBooks() })).status;
    };
    expect(unswept(1_112.5)).toBe('valid');
    expect(unswept(1_112.6)).toBe('invalid');
  });
});

itCatches(noStrandedStock, ['dead-sweeper']);
