import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { referenceTarget } from '../../target/reference.ts';
import { createNoContradiction, noContradiction } from './no-contradiction.ts';

/** One unit; a hold lives 1,000 ms, and its unit is back within 100 ms more. */
const one = saleOf({ total: 1, refusals: referenceTarget.refusals });
const judged = (...calls: Call[]) => noContradiction.check(evidenceOf(one, calls));
const statusOf = (...calls: Call[]) => judged(...calls).status;

const ann = said('reserve', 'ann', [0, 50], { hold: 'a' });
const about = (code: string) => ({ hold: 'a', code });

describe('no-contradiction', () => {
  it('is invalid for two refusals that are possible one by one, and shows what contradicts', () => {
    const lost = unanswered('release', 'ann', 60, { hold: 'a' });
    const given = refused('release', 'ann', [70, 80], about('RESERVATION_NOT_ACTIVE'));
    const soldOut = refused('reserve', 'ben', [90, 95]);
    const cem = said('reserve', 'cem', [1_200, 1_210], { hold: 'c' });
    expect(statusOf(ann, lost, given, cem)).toBe('valid');
    expect(statusOf(ann, lost, soldOut, cem)).toBe('valid');
    const { status, summary, witness } = judged(ann, lost, given, soldOut, cem);
    expect(status).toBe('invalid');
    expect(summary).toBe('no order of events explains the answers of SKU-1');
    expect(witness?.prose).toContain(
      'SKU-1 has 1 unit, and a buyer may have 1. A hold lapses 1000 ms after it was made, and its units are back at the latest 100 ms after that. These answers are not all true',
    );
    expect(witness?.operations.map(({ buyer, kind }) => `${buyer} ${kind}`)).toEqual([
      'ann reserve',
      'ann release',
      'ann release',
      'ben reserve',
      'cem reserve',
    ]);
  });

  it('is invalid for a hold that would have to lapse early for one buyer and late for another', () => {
    const early = said('reserve', 'ben', [1_005, 1_010], { hold: 'b' });
    const late = said('confirm', 'ann', [1_030, 1_040], { hold: 'a', order: 'o' });
    expect(statusOf(ann, early)).toBe('valid');
    expect(statusOf(ann, late)).toBe('valid');
    expect(statusOf(ann, early, late)).toBe('invalid');
  });

  it('leaves refusals out of the witness that nothing rests on', () => {
    const impossible = said('reserve', 'ben', [60, 70], { hold: 'b' });
    const soldOut = refused('reserve', 'cem', [80, 90]);
    const { witness } = judged(ann, impossible, soldOut);
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'ben']);
    expect(witness?.prose.split('\n').at(-1)).toMatch(/and was told yes at 12:00:00.070 UTC$/);
    const declined = refused('buy', 'dan', [80, 90], { code: 'PAYMENT_DECLINED' });
    const buyersIn = ({ witness: shown }: ReturnType<typeof judged>) =>
      shown?.operations.map(({ buyer }) => buyer);
    expect(buyersIn(judged(ann, impossible, declined))).toEqual(['ann', 'ben', 'dan']);
  });

  it('counts the SKUs that it explained, and those that it left out when it had tried enough', () => {
    const skus = Array.from({ length: 5 }, (_, place) => ({ skuId: `SKU-${place}`, total: 1 }));
    const soldOut = refused('reserve', 'cem', [60, 70]);
    // They take two situations to explain for each SKU.
    const calls = skus.flatMap(({ skuId }) => [
      { ...ann, sku: skuId, hold: skuId },
      { ...soldOut, sku: skuId },
    ]);
    const of = (situationsMax: number, more: Call[] = []) =>
      createNoContradiction({ situationsEachMax: 100, situationsMax }).check(
        evidenceOf({ ...one, skus }, [...calls, ...more]),
      );
    const impossible = (sku: string) => said('reserve', 'ben', [60, 70], { sku, hold: 'b' });
    expect(of(6, [impossible('SKU-2')]).status).toBe('invalid');
    expect(of(6, [impossible('SKU-3')])).toEqual({
      status: 'valid',
      summary:
        'an order of events explains all answers of 3 SKUs with few calls; 2 parts left out, with too many calls or orders to try',
    });
    expect(of(100)).toEqual({
      status: 'valid',
      summary: 'an order of events explains all answers of 5 SKUs with few calls',
    });
  });

  it('gives up a SKU with too many orders', () => {
    const check = createNoContradiction({ situationsEachMax: 1, situationsMax: 100 });
    const impossible = said('reserve', 'ben', [60, 70], { hold: 'b' });
    expect(check.check(evidenceOf(one, [ann, impossible]))).toEqual({
      status: 'valid',
      summary:
        'an order of events explains all answers of 0 SKUs with few calls; 1 part left out, with too many calls or orders to try',
    });
  });

  it('is valid when a call without an answer may have done what the refusals need', () => {
    const soldOut = refused('reserve', 'ben', [5, 6]);
    expect(statusOf(unanswered('reserve', 'ann', 0), soldOut)).toBe('valid');
    expect(statusOf(said('reserve', 'ann', [7, 8], { hold: 'a' }), soldOut)).toBe('invalid');
  });

  it('is valid when a checkout meets the order of another one whose payment is under way', () => {
    const rival = refused('confirm', 'ann', [60, 70], about('ORDER_EXISTS'));
    const late = { hold: 'a', newHold: 'b', order: 'o' };
    expect(statusOf(ann, rival, said('confirm', 'ann', [65, 1_300], late))).toBe('valid');
    expect(statusOf(ann, rival, said('confirm', 'ann', [80, 1_300], late))).toBe('invalid');
  });

  it('is valid while a late checkout may have taken the unit again, though it was refused', () => {
    const late = refused('confirm', 'ann', [1_200, 1_290], about('RESERVATION_EXPIRED'));
    const soldOut = refused('reserve', 'ben', [1_300, 1_310]);
    expect(statusOf(ann, late, soldOut)).toBe('valid');
    expect(statusOf(ann, soldOut)).toBe('invalid');
  });

  it.each(['confirm', 'release'] as const)(
    'lets a %s be refused because its hold has ended in any way, and not before it has',
    (kind) => {
      const ended = (times: [number, number]) =>
        refused(kind, 'ann', times, about('RESERVATION_NOT_ACTIVE'));
      const bought = said('confirm', 'ann', [60, 70], { hold: 'a', order: 'o' });
      const released = said('release', 'ann', [60, 70], { hold: 'a' });
      expect(statusOf(ann, bought, ended([80, 90]))).toBe('valid');
      expect(statusOf(ann, released, ended([80, 90]))).toBe('valid');
      expect(statusOf(ann, ended([1_200, 1_210]))).toBe('valid');
      expect(statusOf(ann, ended([80, 90]))).toBe('invalid');
      const later = said('confirm', 'ann', [100, 110], { hold: 'a', order: 'o' });
      expect(statusOf(ann, ended([80, 90]), later)).toBe('invalid');
    },
  );

  it('lets a refused cancellation be the sign of an order that was fulfilled', () => {
    const bought = said('confirm', 'ann', [60, 70], { hold: 'a', order: 'o' });
    const cancelled = said('cancel', 'ann', [100, 110], { order: 'o' });
    const code = 'ORDER_NOT_CANCELLABLE';
    const tooLate = refused('cancel', 'ann', [80, 90], { order: 'o', code });
    expect(statusOf(ann, bought, tooLate)).toBe('valid');
    expect(statusOf(ann, bought, cancelled)).toBe('valid');
    const twice = [cancelled, said('cancel', 'ann', [120, 130], { order: 'o' })];
    expect(statusOf(ann, bought, ...twice)).toBe('invalid');
  });

  it('knows purchases in one call, with and without an answer, and refused half-way', () => {
    const bought = (buyer: string, times: [number, number], facts = {}) =>
      said('buy', buyer, times, facts);
    const sale = saleOf({ total: 1, holdTtlMs: undefined, unitsPerBuyerMax: undefined });
    const of = (...calls: Call[]) => noContradiction.check(evidenceOf(sale, calls)).status;
    const none = (buyer: string, times: [number, number]) => refused('buy', buyer, times);
    // Ben was refused before anybody had the unit.
    expect(of(bought('ann', [7, 8]), none('ben', [5, 6]))).toBe('invalid');
    expect(of(bought('ann', [4, 8]), none('ben', [5, 6]))).toBe('valid');
    expect(of(bought('ann', [4, 8]), bought('ben', [5, 6]))).toBe('invalid');

    const lost = unanswered('buy', 'cem', 0);
    expect(of(lost, none('ben', [5, 6]))).toBe('valid');
    expect(of(lost, bought('ann', [7, 8]))).toBe('valid');
    expect(of(lost, none('ben', [5, 6]), bought('ann', [7, 8]))).toBe('valid');
    const tooLate = unanswered('buy', 'cem', 7);
    expect(of(tooLate, none('ben', [5, 6]), bought('ann', [8, 9]))).toBe('invalid');
    // A shop may take the unit and give it back when the payment fails, as it may with a hold.
    const half = refused('buy', 'cem', [0, 2], { code: 'PAYMENT_DECLINED' });
    expect(of(half, none('ben', [1, 2]), bought('ann', [4, 5]))).toBe('valid');
    expect(of(none('cem', [0, 2]), none('ben', [1, 2]), bought('ann', [4, 5]))).toBe('invalid');
    const shop = saleOf({ total: 1, shop: 'corner-shop' });
    const held = [unanswered('reserve', 'cem', 0), none('ben', [5, 6]), bought('ann', [7, 8])];
    expect(noContradiction.check(evidenceOf(shop, held)).status).toBe('valid');

    // A read may come between the two halves of a purchase, and not before it.
    const seen = (times: [number, number]) =>
      said('read', 'cem', times, { observed: { available: 0, reserved: 1, sold: 0 } });
    expect(of(bought('ann', [4, 8]), seen([5, 6]))).toBe('valid');
    expect(of(bought('ann', [4, 8]), seen([2, 3]))).toBe('invalid');
    expect(of(bought('ann', [4, 8]), seen([9, 10]))).toBe('invalid');

    const sold = bought('ann', [0, 1], { order: 'o' });
    const cancelled = said('cancel', 'ann', [2, 3], { order: 'o' });
    const again = bought('ben', [4, 5]);
    expect(of(sold, again)).toBe('invalid');
    expect(of(sold, cancelled, again)).toBe('valid');
    expect(of(sold, cancelled, none('ben', [4, 5]))).toBe('invalid');
  });

  it('shows only the rules that the shop has', () => {
    const sale = saleOf({ total: 1, holdTtlMs: undefined, unitsPerBuyerMax: undefined });
    const calls = ['ann', 'ben'].map((buyer) => said('buy', buyer, [0, 1]));
    const { witness } = noContradiction.check(evidenceOf(sale, calls));
    expect(witness?.prose).toContain('SKU-1 has 1 unit. These answers');
  });

  it('looks at no SKU with a call that it does not understand, or with more than ten calls', () => {
    const impossible = said('reserve', 'ben', [60, 70], { hold: 'b' });
    expect(statusOf(ann, impossible)).toBe('invalid');
    const keyed = { idempotencyKey: 'k' };
    const twice = [
      refused('reserve', 'cem', [1, 2], keyed),
      refused('reserve', 'cem', [3, 4], keyed),
    ];
    expect(statusOf(ann, impossible, ...twice)).toBe('skipped');
    expect(statusOf(ann, impossible, unanswered('attempt', 'cem', 1))).toBe('skipped');
    expect(statusOf(ann, impossible, unanswered('release', 'cem', 1, { hold: 'x' }))).toBe(
      'skipped',
    );
    const more = Array.from({ length: 9 }, (_, place) =>
      refused('reserve', 'cem', [99, 100 + place]),
    );
    expect(statusOf(ann, impossible, ...more)).toBe('skipped');
    const cut = evidenceOf(one, [ann, impossible], { truncated: true });
    expect(noContradiction.check(cut).status).toBe('skipped');
  });

  describe('of reads', () => {
    const seen = (times: [number, number], available: number, sold = 0, facts = {}) =>
      said('read', 'ben', times, {
        observed: { available, reserved: 1 - available - sold, sold },
        ...facts,
      });

    it('that show a unit as free after they showed it as taken, while it was not given back', () => {
      expect(statusOf(ann, seen([10, 12], 0), seen([14, 16], 0))).toBe('valid');
      expect(statusOf(ann, seen([10, 12], 1), seen([14, 16], 0))).toBe('valid');
      const { status, witness } = judged(ann, seen([10, 12], 0), seen([14, 16], 1));
      expect(status).toBe('invalid');
      expect(witness?.prose).toContain('0 available, 1 reserved, 0 sold');
    });

    it('may come from a memory that is as old as the sale allows', () => {
      const lagging = (readLagMs: number) =>
        noContradiction.check(
          evidenceOf({ ...one, readLagMs }, [ann, seen([10, 12], 0), seen([14, 16], 1)]),
        ).status;
      expect(lagging(1)).toBe('invalid');
      expect(lagging(2)).toBe('valid');
    });

    it('are left out of a described shop, which may count in another way', () => {
      const calls = [ann, seen([10, 12], 0), seen([14, 16], 1)];
      const shop = { ...one, shop: 'corner' };
      expect(noContradiction.check(evidenceOf(shop, calls)).status).toBe('valid');
    });

    it('are left out where they make the calls too many', () => {
      const reads = Array.from({ length: 9 }, () => seen([60, 70], 0));
      const impossible = said('reserve', 'cem', [60, 70], { hold: 'b' });
      const { status, witness } = judged(ann, impossible, ...reads);
      expect(status).toBe('invalid');
      expect(witness?.prose).toContain('SKU-1 has 1 unit, and');
      expect(statusOf(ann, seen([10, 12], 0), seen([14, 16], 1), ...reads)).toBe('valid');
    });

    it('alone contradict nothing', () => {
      expect(statusOf(seen([10, 12], 1))).toBe('skipped');
    });
  });

  describe('of a SKU with many calls', () => {
    /** Twenty calls of one buyer after another: each buys one of 15 units, which takes 40 ms. */
    const tenBought = Array.from({ length: 10 }, (_, place): Call[] => {
      const [buyer, hold, atMs] = [`b${place}`, `h${place}`, place * 40];
      return [
        said('reserve', buyer, [atMs, atMs + 10], { hold }),
        said('confirm', buyer, [atMs + 20, atMs + 30], { hold, order: `o${place}` }),
      ];
    }).flat();
    const many = saleOf({ total: 11 });
    const judgedMany = (...calls: Call[]) =>
      noContradiction.check(evidenceOf(many, [...tenBought, ...calls]));
    const later = (call: Call): Call => ({
      ...call,
      invokedAtNs: call.invokedAtNs + 1e9,
      completedAtNs: call.completedAtNs + 1e9,
    });

    it('looks at the parts between moments of rest', () => {
      expect(judgedMany()).toEqual({
        status: 'valid',
        summary:
          'an order of events explains all answers of 0 SKUs with few calls, and of 10 parts of others',
      });
    });

    it('finds a contradiction in a part, and says how many units were left', () => {
      const early = later(said('reserve', 'ben', [1_005, 1_010], { hold: 'b' }));
      const late = later(said('confirm', 'ann', [1_030, 1_040], { hold: 'a', order: 'o' }));
      expect(judgedMany(later(ann), early).status).toBe('valid');
      expect(judgedMany(later(ann), late).status).toBe('valid');
      const { status, witness } = judgedMany(later(ann), early, late);
      expect(status).toBe('invalid');
      expect(witness?.prose).toContain(
        'When nothing was held or under way, 1 unit of SKU-1 were left, and a buyer may have 1',
      );
      expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'ben', 'ann']);
      const returned = [
        said('reserve', 'zoe', [400, 410], { hold: 'z' }),
        said('confirm', 'zoe', [420, 430], { hold: 'z', order: 'oz' }),
        said('cancel', 'zoe', [440, 450], { order: 'oz' }),
      ];
      const over = [
        said('reserve', 'zoe', [400, 410], { hold: 'z' }),
        said('release', 'zoe', [420, 430], { hold: 'z' }),
        later(
          refused('release', 'zoe', [1_031, 1_039], { hold: 'z', code: 'RESERVATION_NOT_ACTIVE' }),
        ),
      ];
      expect(judgedMany(...over, later(ann), early, late).witness?.prose).toContain(
        '1 unit of SKU-1 were left',
      );
      expect(judgedMany(...returned, later(ann), early, late).witness?.prose).toContain(
        '1 unit of SKU-1 were left',
      );
    });

    it('knows in a part what its buyers have bought before', () => {
      const claims = (code: string) => later(refused('reserve', 'b3', [0, 10], { code }));
      expect(judgedMany(claims('ALREADY_PURCHASED')).status).toBe('valid');
      expect(
        judgedMany(later(refused('reserve', 'ben', [0, 10], { code: 'ALREADY_PURCHASED' }))).status,
      ).toBe('invalid');
    });

    describe('at once', () => {
      const crowd = Array.from({ length: 11 }, (_, place) =>
        said('reserve', `b${place}`, [0, 2_000], { hold: `h${place}` }),
      );
      const crowded = saleOf({ total: 99, refusals: referenceTarget.refusals });
      const judgedCrowd = (...calls: Call[]) =>
        noContradiction.check(evidenceOf(crowded, [...crowd, ...calls]));
      const lost = unanswered('release', 'ann', 60, { hold: 'a' });
      const given = refused('release', 'ann', [70, 80], about('RESERVATION_NOT_ACTIVE'));
      const held = refused('reserve', 'ann', [90, 95], { code: 'ALREADY_RESERVED' });

      it('looks at the calls of each buyer who was refused twice, whatever others did', () => {
        expect(judgedCrowd(ann, lost, given, given)).toEqual({
          status: 'valid',
          summary:
            'an order of events explains all answers of 0 SKUs with few calls, and those to 1 buyer, each taken alone; 1 part left out, with too many calls or orders to try',
        });
        expect(judgedCrowd(ann, lost, held, held).status).toBe('valid');
        expect(judgedCrowd(ann, lost, given).status).toBe('skipped');
        const { status, witness } = judgedCrowd(ann, lost, given, held);
        expect(status).toBe('invalid');
        expect(witness?.prose).toContain('One buyer of SKU-1 was told all of this');
        expect(witness?.operations.map(({ buyer, kind }) => `${buyer} ${kind}`)).toEqual([
          'ann reserve',
          'ann release',
          'ann release',
          'ann reserve',
        ]);
      });

      it('leaves out what depends on the units that others have', () => {
        const soldOut = refused('reserve', 'ann', [96, 97]);
        const seen = said('read', 'ann', [98, 99], {
          observed: { available: 5, reserved: 0, sold: 0 },
        });
        expect(judgedCrowd(ann, lost, held, held, soldOut, seen).status).toBe('valid');
        expect(judgedCrowd(soldOut, seen).status).toBe('skipped');
      });

      it('looks at no buyer with a call that it does not understand, and at the others', () => {
        const keyed = { idempotencyKey: 'k' };
        const twice = [
          refused('reserve', 'ann', [96, 97], keyed),
          refused('reserve', 'ann', [98, 99], keyed),
        ];
        expect(judgedCrowd(ann, lost, given, held, ...twice).status).toBe('skipped');
        const ofCem = twice.map((call) => ({ ...call, buyer: 'cem' }));
        expect(judgedCrowd(ann, lost, given, held, ...ofCem).status).toBe('invalid');
        const byBen = unanswered('release', 'ben', 60, { hold: 'a' });
        expect(judgedCrowd(ann, byBen, given, held).status).toBe('skipped');
        const nobodys = { ...unanswered('release', 'ben', 60, { hold: 'a' }), buyer: undefined };
        expect(judgedCrowd(ann, lost, given, held, nobodys).status).toBe('skipped');
      });

      it('cuts the calls of a buyer who made many', () => {
        const later = (call: Call, byMs: number): Call => ({
          ...call,
          invokedAtNs: call.invokedAtNs + byMs * 1e6,
          completedAtNs: call.completedAtNs + byMs * 1e6,
        });
        const rounds = Array.from({ length: 6 }, (_, round): Call[] => [
          later({ ...ann, hold: `a${round}` }, round * 200),
          later(said('release', 'ann', [60, 70], { hold: `a${round}` }), round * 200),
        ]).flat();
        const at = (call: Call) => later(call, 1_200);
        const calls = [ann, lost, given].map(at);
        expect(judgedCrowd(...rounds, ...calls).status).toBe('valid');
        expect(judgedCrowd(...rounds, ...calls, at(held)).status).toBe('invalid');
      });
    });
  });
});
