import { describe, expect, it } from 'vitest';
import { NOT_ALONE, ofSomeLine } from '../../../src/history/operation.ts';
import { type Call, refused, SKU, said, saleOf, unanswered } from '../story.ts';
import { explain } from './search.ts';

const OTHER = 'SKU-2';
const sale = saleOf({
  skus: [SKU, OTHER].map((skuId) => ({ skuId, total: 1 })),
  holdTtlMs: 100,
  sweepGraceMs: 10,
});

const explainedWith = (rules: Parameters<typeof explain>[2], calls: Call[]): boolean =>
  explain(
    sale,
    calls.map((call, index) => ({ ...call, id: index + 1 })),
    rules,
  ) !== undefined;

const isPossible = (...calls: Call[]): boolean => explainedWith([], calls);

/** The lines of a basket for both SKUs. */
const basket = (of: Call, ...facts: [Partial<Call>, Partial<Call>]): Call[] => [
  { ...of, sku: SKU, basket: `of ${of.buyer} at ${of.invokedAtNs}`, ...facts[0] },
  { ...of, sku: OTHER, basket: `of ${of.buyer} at ${of.invokedAtNs}`, ...facts[1] },
];
const held = basket(said('reserve', 'ann', [2, 9]), { hold: 'a' }, { hold: 'b' });
const use = (kind: 'confirm' | 'release', buyer: string, times: [number, number]): Call[] =>
  basket(said(kind, buyer, times), { hold: 'a', order: 'o-a' }, { hold: 'b', order: 'o-b' });
const wants = (buyer: string, sku: string, code: string, hold?: string): Call =>
  hold === undefined
    ? refused('reserve', buyer, [12, 14], { sku, code })
    : said('reserve', buyer, [12, 14], { sku, hold });
const counts = (sku: string, atMs: number, available: number): Call =>
  said('read', 'ben', [atMs, atMs], {
    sku,
    observed: { available, reserved: 1 - available, sold: 0 },
  });

describe('a basket before the oracle', () => {
  it('has all of its lines at one moment, or none', () => {
    expect(isPossible(...held, counts(SKU, 4, 0), counts(OTHER, 5, 0))).toBe(true);
    const calls = [...held, counts(SKU, 4, 0), counts(OTHER, 5, 1)];
    expect(isPossible(...calls)).toBe(false);
    expect(explainedWith(['basket'], calls)).toBe(true);
  });

  it('is not answered yes for one line and no for the other', () => {
    const [line] = held as [Call];
    const other = {
      ...line,
      ...refused('reserve', 'ann', [2, 9], { sku: OTHER, code: NOT_ALONE }),
    };
    expect(isPossible(line, other)).toBe(false);
    expect(explainedWith(['basket'], [line, other])).toBe(true);
  });

  it('is refused for the lines that lack, and for those alone', () => {
    const taken = said('reserve', 'ben', [0, 1], { hold: 'of ben' });
    const code = 'OUT_OF_STOCK';
    const no = (first: string, second: string): Call[] =>
      basket(refused('reserve', 'ann', [3, 5]), { code: first }, { code: second });
    expect(isPossible(taken, ...no(code, NOT_ALONE))).toBe(true);
    expect(isPossible(taken, ...no(NOT_ALONE, code))).toBe(false);
    expect(isPossible(taken, ...no(ofSomeLine(code), ofSomeLine(code)))).toBe(true);
    expect(isPossible(...no(ofSomeLine(code), ofSomeLine(code)))).toBe(false);
  });

  it('is given back as a whole, by its buyer', () => {
    const again = [wants('ben', SKU, '', 'c'), wants('ben', OTHER, '', 'd')];
    expect(isPossible(...held, ...use('release', 'ann', [10, 11]), ...again)).toBe(true);
    expect(isPossible(...held, ...again)).toBe(false);
    expect(isPossible(...held, ...use('release', 'ben', [10, 11]))).toBe(false);
  });

  it('is bought in time or never', () => {
    expect(isPossible(...held, ...use('confirm', 'ann', [108, 120]))).toBe(true);
    expect(isPossible(...held, ...use('confirm', 'ann', [110, 120]))).toBe(false);
    const isLate = use('confirm', 'ann', [110, 120]).map((line) => ({
      ...line,
      newHold: `${line.hold} again`,
    }));
    expect(isPossible(...held, ...isLate)).toBe(false);
  });

  it('is repeated with the keys of its lines for one effect and one answer', () => {
    const keyed = (lines: Call[]): Call[] =>
      lines.map((line, place) => ({ ...line, idempotencyKey: `k.${place + 1}` }));
    const again = (ms: number, ...holds: [string, string]) =>
      keyed(basket(said('reserve', 'ann', [ms, ms + 1]), { hold: holds[0] }, { hold: holds[1] }));
    const first = keyed(held);
    expect(isPossible(...first, ...again(20, 'a', 'b'))).toBe(true);
    expect(isPossible(...held, ...again(20, 'a', 'b'))).toBe(false);
    expect(isPossible(...first, ...again(20, 'a', 'c'))).toBe(false);
    expect(explainedWith(['key'], [...first, ...again(20, 'a', 'b')])).toBe(false);
    const lost = keyed(basket(unanswered('reserve', 'ann', 0), {}, {}));
    expect(isPossible(...lost, wants('ben', OTHER, 'OUT_OF_STOCK'), ...again(20, 'a', 'b'))).toBe(
      true,
    );
    expect(isPossible(wants('ben', OTHER, 'OUT_OF_STOCK'), ...again(20, 'a', 'b'))).toBe(false);
    const no = keyed(basket(refused('reserve', 'ann', [20, 21]), {}, { code: NOT_ALONE }));
    expect(isPossible(...first, ...no)).toBe(false);
  });
});
