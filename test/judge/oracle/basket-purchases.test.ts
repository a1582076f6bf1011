import { describe, expect, it } from 'vitest';
import { type Call, refused, SKU, said, saleOf, unanswered } from '../story.ts';
import { explain } from './search.ts';

const OTHER = 'SKU-2';
const sale = saleOf({
  skus: [SKU, OTHER].map((skuId) => ({ skuId, total: 1, soldBy: 'tickets' as const })),
  holdTtlMs: 100,
  sweepGraceMs: 10,
});

const isPossible = (...calls: Call[]): boolean =>
  explain(
    sale,
    calls.map((call, index) => ({ ...call, id: index + 1 })),
  ) !== undefined;

/** The lines of a call for both SKUs, with the ids that its answer names. */
const lines = (of: Call, name: string, key?: string): Call[] =>
  [SKU, OTHER].map((sku, place) => ({
    ...of,
    ...{ sku, basket: `of ${of.buyer} at ${of.invokedAtNs}` },
    ...(of.outcome === 'ok' && { hold: `${name}${place}`, order: `o-${name}${place}` }),
    ...(key && { idempotencyKey: `${key}.${place + 1}` }),
  }));
const buy = (buyer: string, times: [number, number], key?: string): Call[] =>
  lines(said('buy', buyer, times), buyer, key);
const full = (buyer: string, sku: string, times: [number, number]): Call =>
  refused('buy', buyer, times, { sku });
const counts = (sku: string, atMs: number, reserved: number, sold: number): Call =>
  said('read', 'cem', [atMs, atMs], {
    sku,
    observed: { available: 1 - reserved - sold, reserved, sold },
  });

describe('a basket of tickets before the oracle', () => {
  it('is held as a whole, and sold as a whole later', () => {
    const ann = buy('ann', [0, 9]);
    const read = (reserved: number, sold: number) => counts(OTHER, 5, reserved, sold);
    expect(isPossible(...ann, counts(SKU, 4, 1, 0), read(1, 0))).toBe(true);
    expect(isPossible(...ann, counts(SKU, 4, 1, 0), read(0, 1))).toBe(true);
    expect(isPossible(...ann, counts(SKU, 4, 1, 0), read(0, 0))).toBe(false);
    expect(isPossible(...ann, counts(SKU, 4, 0, 1), read(1, 0))).toBe(false);
    expect(isPossible(...ann, ...buy('ben', [120, 121]))).toBe(false);
  });

  it('takes nothing again when it is paid too late', () => {
    const late = buy('ann', [0, 130]);
    const free = counts(SKU, 112, 0, 0);
    expect(isPossible(...late, free)).toBe(true);
    expect(isPossible(...late, full('ben', SKU, [2, 3]), free)).toBe(false);
  });

  it('may leave units that lapse, of all lines or of none', () => {
    const half = lines(refused('buy', 'ann', [0, 1], { code: 'CONTENTION_LOST' }), 'a');
    expect(isPossible(...half, full('ben', SKU, [2, 3]), full('ben', OTHER, [2, 3]))).toBe(true);
    expect(isPossible(...half, full('ben', SKU, [2, 3]), counts(OTHER, 3, 0, 0))).toBe(false);
    expect(isPossible(...half, full('ben', SKU, [2, 3]), ...buy('ann', [4, 5]))).toBe(false);
    expect(isPossible(...half, full('ben', SKU, [112, 113]))).toBe(false);
  });

  it('is gone on with under its key, or begun anew when it has lapsed', () => {
    const lost = lines(unanswered('buy', 'ann', 0, {}), 'ann', 'k');
    const left = full('ben', SKU, [2, 3]);
    expect(isPossible(...lost, left, ...buy('ann', [4, 5], 'k'))).toBe(true);
    expect(isPossible(...lost, left, ...buy('ann', [120, 121], 'k'))).toBe(true);
    const free = counts(OTHER, 115, 0, 0);
    expect(isPossible(...lost, left, free, ...buy('ann', [120, 121], 'k'))).toBe(true);
    expect(isPossible(...lost, left, ...buy('ann', [4, 5]))).toBe(false);
  });

  it('can no longer be cancelled when one of its tickets was let in', () => {
    const ann = buy('ann', [0, 1]);
    const scan = (ms: number): Call =>
      said('check-in', 'gate', [ms, ms + 1], { sku: undefined, ticket: 'o-ann0/1' });
    const cancel = lines(
      refused('cancel', 'ann', [4, 5], { code: 'ORDER_NOT_CANCELLABLE' }),
      'ann',
    ).map((line, place) => ({ ...line, order: `o-ann${place}` }));
    const yes = lines(said('cancel', 'ann', [8, 9]), 'ann');
    expect(isPossible(...ann, scan(2), ...cancel)).toBe(true);
    expect(isPossible(...ann, scan(2), ...yes)).toBe(false);
    expect(isPossible(...ann, ...yes, scan(10))).toBe(false);
    expect(isPossible(...ann, ...yes)).toBe(true);
  });
});
