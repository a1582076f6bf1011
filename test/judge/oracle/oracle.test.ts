import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/history/operation.ts';
import { type Call, refused, SKU, said, saleOf, unanswered } from '../story.ts';
import { explain } from './search.ts';

const numbered = (calls: Call[]): Operation[] =>
  calls.map((call, index) => ({ ...call, id: index + 1 }));

const isPossible = (facts: Parameters<typeof saleOf>[0], ...calls: Call[]): boolean =>
  explain(saleOf({ holdTtlMs: 100, sweepGraceMs: 10, ...facts }), numbered(calls)) !== undefined;

const reserve = (buyer: string, times: [number, number], hold: string, facts = {}): Call =>
  said('reserve', buyer, times, { hold, ...facts });
const soldOut = (buyer: string, times: [number, number]): Call => refused('reserve', buyer, times);

describe('the oracle', () => {
  it('explains one unit for each of two buyers, but not the same unit for both', () => {
    const [ann, ben] = [reserve('ann', [0, 5], 'a'), reserve('ben', [2, 6], 'b')];
    expect(isPossible({ total: 2 }, ann, ben)).toBe(true);
    expect(isPossible({ total: 1 }, ann, ben)).toBe(false);
  });

  it('explains the same unit for both once the first hold may have lapsed and been swept', () => {
    const ann = reserve('ann', [0, 5], 'a');
    expect(isPossible({}, ann, reserve('ben', [90, 99], 'b'))).toBe(false);
    expect(isPossible({}, ann, reserve('ben', [90, 100], 'b'))).toBe(true);
  });

  it('explains a sold-out answer only while the unit may be taken', () => {
    const ann = reserve('ann', [10, 20], 'a');
    expect(isPossible({}, ann, soldOut('ben', [0, 9]))).toBe(false);
    expect(isPossible({}, ann, soldOut('ben', [0, 10]))).toBe(true);
    expect(isPossible({}, ann, soldOut('ben', [130, 140]))).toBe(true);
    expect(isPossible({}, ann, soldOut('ben', [131, 140]))).toBe(false);
  });

  it('explains a sold-out answer by a memory that is as old as the sale allows', () => {
    const calls = [
      reserve('ann', [0, 1], 'a'),
      said('release', 'ann', [2, 3], { hold: 'a' }),
      soldOut('ben', [8, 9]),
    ];
    expect(isPossible({ refusalLagMs: 4 }, ...calls)).toBe(false);
    expect(isPossible({ refusalLagMs: 5 }, ...calls)).toBe(true);
  });

  it('explains by a call without an answer whatever it may have done', () => {
    const lost = unanswered('reserve', 'ann', 0);
    expect(isPossible({}, lost, soldOut('ben', [5, 6]))).toBe(true);
    expect(isPossible({}, lost, reserve('ben', [5, 6], 'b'))).toBe(true);
    expect(isPossible({}, lost, soldOut('ben', [5, 6]), reserve('cem', [7, 8], 'c'))).toBe(false);
  });

  it('sees that two refusals exclude each other that are possible one by one', () => {
    const ann = reserve('ann', [0, 1], 'a');
    const lost = unanswered('release', 'ann', 2, { hold: 'a' });
    const bought = refused('confirm', 'ann', [10, 11], {
      hold: 'a',
      code: 'RESERVATION_NOT_ACTIVE',
    });
    expect(isPossible({}, ann, lost, bought)).toBe(true);
    expect(isPossible({}, ann, lost, soldOut('ben', [12, 13]))).toBe(true);
    expect(isPossible({}, ann, lost, bought, soldOut('ben', [12, 13]))).toBe(false);
  });

  it('sees that a hold cannot have lapsed early for one buyer and late for another', () => {
    const ann = reserve('ann', [0, 50], 'a');
    const early = reserve('ben', [101, 102], 'b');
    const late = said('confirm', 'ann', [148, 149], { hold: 'a', order: 'o' });
    expect(isPossible({ total: 1 }, ann, early)).toBe(true);
    expect(isPossible({ total: 1 }, ann, late)).toBe(true);
    expect(isPossible({ total: 1 }, ann, early, late)).toBe(false);
  });

  it('lets nobody but its owner use a hold', () => {
    const ann = reserve('ann', [0, 1], 'a');
    expect(isPossible({}, ann, said('release', 'ben', [2, 3], { hold: 'a' }))).toBe(false);
    const notFound = { hold: 'a', code: 'NOT_FOUND' };
    expect(isPossible({}, ann, refused('release', 'ben', [2, 3], notFound))).toBe(true);
    expect(isPossible({}, ann, refused('release', 'ann', [2, 3], notFound))).toBe(false);
  });

  it.each([
    ['RESERVATION_EXPIRED', false],
    ['RESERVATION_NOT_ACTIVE', true],
    ['ORDER_EXISTS', true],
    ['PAYMENT_DECLINED', true],
  ])('finds a second checkout refused with %s possible: %s', (code, possible) => {
    const calls = [
      reserve('ann', [0, 1], 'a'),
      said('confirm', 'ann', [2, 3], { hold: 'a', order: 'o' }),
      refused('confirm', 'ann', [4, 5], { hold: 'a', code }),
    ];
    expect(isPossible({}, ...calls)).toBe(possible);
  });

  it('lets a payment after the lapse hold units again, if there are any', () => {
    const ann = reserve('ann', [0, 1], 'a');
    const paid = said('confirm', 'ann', [120, 121], { hold: 'a', newHold: 'n', order: 'o' });
    expect(isPossible({}, ann, paid)).toBe(true);
    expect(isPossible({}, ann, reserve('ben', [112, 113], 'b'), paid)).toBe(false);
    expect(isPossible({}, ann, said('confirm', 'ann', [120, 121], { hold: 'a' }))).toBe(false);
    const told = { hold: 'a', code: 'ORDER_EXISTS' };
    expect(isPossible({}, ann, paid, refused('confirm', 'ann', [122, 123], told))).toBe(true);
    expect(isPossible({}, ann, paid, refused('confirm', 'ben', [122, 123], told))).toBe(false);
  });

  it('lets an order be cancelled once, and be refused for good when it was fulfilled', () => {
    const bought = [
      reserve('ann', [0, 1], 'a'),
      said('confirm', 'ann', [2, 3], { hold: 'a', order: 'o' }),
    ];
    const cancel = (times: [number, number]): Call => said('cancel', 'ann', times, { order: 'o' });
    const tooLate = refused('cancel', 'ann', [6, 7], { order: 'o', code: 'ORDER_NOT_CANCELLABLE' });
    expect(isPossible({}, ...bought, cancel([4, 5]))).toBe(true);
    expect(isPossible({}, ...bought, cancel([4, 5]), cancel([6, 7]))).toBe(false);
    expect(isPossible({}, ...bought, tooLate)).toBe(true);
    expect(isPossible({}, ...bought, tooLate, cancel([8, 9]))).toBe(false);
  });

  it('lets a reader see only counts that the stock had during the call', () => {
    const ann = reserve('ann', [0, 10], 'a');
    const read = (times: [number, number], available: number, sold = 0): Call =>
      said('read', 'ben', times, { observed: { available, reserved: 2 - available - sold, sold } });
    expect(isPossible({ total: 2 }, ann, read([5, 6], 2), read([7, 8], 1))).toBe(true);
    expect(isPossible({ total: 2 }, ann, read([5, 6], 1), read([7, 8], 2))).toBe(false);
    expect(isPossible({ total: 2 }, ann, read([5, 6], 1, 1))).toBe(false);
  });

  const register = (buyer: string, times: [number, number], name: string, facts = {}): Call =>
    said('register', buyer, times, { hold: name, order: `o-${name}`, voucher: name, ...facts });

  it('sells a unit with a registration, and its voucher is used once, by its owner', () => {
    const ann = register('ann', [0, 1], 'a');
    expect(isPossible({}, ann, register('ben', [120, 121], 'b'))).toBe(false);
    expect(isPossible({ total: 2 }, ann, register('ben', [120, 121], 'b'))).toBe(true);
    const use = (buyer: string, times: [number, number]): Call =>
      said('redeem', buyer, times, { voucher: 'a' });
    expect(isPossible({}, ann, use('ann', [2, 3]))).toBe(true);
    expect(isPossible({}, ann, use('ben', [2, 3]))).toBe(false);
    expect(isPossible({}, ann, use('ann', [2, 3]), use('ann', [3, 4]))).toBe(false);
    const used = refused('redeem', 'ann', [5, 6], { voucher: 'a', code: 'VOUCHER_USED' });
    expect(isPossible({}, ann, use('ann', [6, 7]), used)).toBe(true);
    expect(isPossible({}, ann, use('ann', [7, 8]), used)).toBe(false);
    const over = { ...used, code: 'VOUCHER_EXPIRED' };
    expect(isPossible({}, ann, use('ann', [2, 3]), over)).toBe(true);
    expect(isPossible({}, ann, use('ann', [7, 8]), over)).toBe(false);
  });

  it('lets a registration buy what its buyer has reserved, or what one that was refused has left', () => {
    const reserved = reserve('ann', [0, 1], 'a');
    expect(isPossible({}, reserved, register('ann', [2, 3], 'a'))).toBe(true);
    expect(isPossible({ unitsPerBuyerMax: 2 }, reserved, register('ann', [2, 3], 'b'))).toBe(false);
    const half = refused('register', 'ann', [0, 1], { code: 'CONTENTION_LOST' });
    const full = refused('register', 'ben', [5, 6], { code: 'CAMPAIGN_FULL' });
    expect(isPossible({}, half, full, register('ann', [7, 8], 'a'))).toBe(true);
    expect(isPossible({}, full, register('ann', [7, 8], 'a'))).toBe(false);
  });

  it('sells several units in one call that may name nothing', () => {
    const two = said('buy', 'ann', [0, 1], { quantity: 2 });
    const facts = { total: 2, unitsPerBuyerMax: 2 };
    expect(isPossible(facts, two, refused('buy', 'ben', [2, 3]))).toBe(true);
    expect(isPossible(facts, two, said('buy', 'ben', [120, 121]))).toBe(false);
    expect(isPossible({ ...facts, unitsPerBuyerMax: 1 }, two)).toBe(false);
    const half = refused('buy', 'ann', [0, 1], { code: 'CONTENTION_LOST' });
    expect(isPossible({}, half, refused('buy', 'ben', [110, 111]))).toBe(true);
    expect(isPossible({}, half, refused('buy', 'ben', [112, 113]))).toBe(false);
  });

  describe('with tickets', () => {
    const facts = {
      skus: [{ skuId: SKU, total: 2, soldBy: 'tickets' as const }],
      unitsPerBuyerMax: 2,
    };
    const buy = (quantity: number) =>
      said('buy', 'ann', [0, 1], { quantity, hold: 'a', order: 'o' });
    const scan = (number: number, times: [number, number], code?: string): Call => ({
      ...said('check-in', 'gate', times, { sku: undefined, ticket: `o/${number}` }),
      ...(code && { outcome: 'fail' as const, status: 409, code }),
    });

    it('lets each in once', () => {
      expect(isPossible(facts, buy(2), scan(1, [2, 3]), scan(2, [2, 3]))).toBe(true);
      expect(isPossible(facts, buy(2), scan(1, [2, 3]), scan(1, [4, 5]))).toBe(false);
      const second = scan(1, [3, 4], 'TICKET_CHECKED_IN');
      expect(isPossible(facts, buy(1), scan(1, [4, 5]), second)).toBe(true);
      expect(isPossible(facts, buy(1), scan(1, [5, 6]), second)).toBe(false);
      const lost = { ...unanswered('check-in', 'gate', 2, { ticket: 'o/1' }), sku: undefined };
      expect(isPossible(facts, buy(1), lost, second)).toBe(true);
    });

    it('has no more of them than units that were sold', () => {
      expect(isPossible(facts, scan(1, [0, 1]))).toBe(false);
      expect(isPossible(facts, buy(1), scan(1, [2, 3]), scan(2, [2, 3]))).toBe(false);
    });

    it('cancels an order before the first of them is let in, and not after', () => {
      const cancel = (times: [number, number]) => said('cancel', 'ann', times, { order: 'o' });
      expect(isPossible(facts, buy(1), cancel([2, 3]), scan(1, [4, 5]))).toBe(false);
      expect(isPossible(facts, buy(1), cancel([4, 5]), scan(1, [2, 3]))).toBe(false);
      expect(isPossible(facts, buy(1), cancel([2, 3]), scan(1, [4, 5], 'TICKET_CANCELLED'))).toBe(
        true,
      );
    });

    it('buys a hold that a purchase of the same buyer has left', () => {
      const half = refused('buy', 'ann', [0, 1], { code: 'CONTENTION_LOST', quantity: 2 });
      const again = { ...buy(2), invokedAtNs: 5e6, completedAtNs: 6e6 };
      const full = refused('buy', 'ben', [2, 3]);
      expect(isPossible(facts, half, full, again)).toBe(true);
      expect(isPossible({ total: 2, unitsPerBuyerMax: 2 }, half, full, again)).toBe(false);
    });

    it('takes units again for a payment after the lapse, if there are any', () => {
      const late = { ...buy(2), completedAtNs: 120e6 };
      const full = refused('buy', 'ben', [2, 3]);
      const free = (available: number): Call =>
        said('read', 'ben', [112, 112], { observed: { available, reserved: 0, sold: 0 } });
      const other = said('buy', 'cem', [113, 113], { hold: 'b', order: 'p' });
      expect(isPossible(facts, late, full, free(2))).toBe(true);
      expect(isPossible({ total: 2, unitsPerBuyerMax: 2 }, late, full, free(2))).toBe(false);
      expect(isPossible(facts, late, full, free(2), other)).toBe(false);
    });
  });

  it('gives one voucher for a completed quest, or tells that none is left, for good', () => {
    const skus = [{ skuId: SKU, total: 2, soldBy: 'campaign' as const, isReward: true }];
    const facts = { skus, unitsPerBuyerMax: 2 };
    const [ann, ben] = [register('ann', [0, 1], 'a'), register('ben', [2, 3], 'b')];
    const gone = (buyer: string, times: [number, number]) =>
      refused('register', buyer, times, { code: 'CAMPAIGN_FULL' });
    expect(isPossible(facts, ann, ben, gone('cem', [3, 4]))).toBe(true);
    expect(isPossible(facts, ann, gone('cem', [3, 4]))).toBe(false);
    expect(isPossible(facts, ann, register('ann', [2, 3], 'c'))).toBe(false);
    expect(isPossible(facts, ann, ben, gone('ann', [3, 4]))).toBe(false);
    const completed = refused('register', 'ann', [2, 3], { code: 'QUEST_COMPLETED' });
    expect(isPossible(facts, ann, completed)).toBe(true);
    const lost = unanswered('register', 'ben', 2);
    expect(isPossible(facts, ann, lost, gone('cem', [3, 4]))).toBe(true);
  });

  it('holds another unit for a quest whose unit has lapsed, if there is one, and tells that none is left if there is not', () => {
    const facts = { skus: [{ skuId: SKU, total: 1, soldBy: 'campaign' as const, isReward: true }] };
    const gone = (buyer: string, times: [number, number]) =>
      refused('register', buyer, times, { code: 'CAMPAIGN_FULL' });
    const [ann, ben] = [register('ann', [0, 130], 'a'), register('ben', [112, 113], 'b')];
    const dan = gone('dan', [2, 3]);
    expect(isPossible(facts, ann, dan, gone('eve', [128, 129]))).toBe(true);
    expect(isPossible(facts, dan, ben)).toBe(false);
    expect(isPossible(facts, ann, dan, ben)).toBe(false);
    expect(isPossible(facts, gone('ann', [0, 130]), dan, ben)).toBe(true);
    expect(isPossible(facts, gone('ann', [0, 90]), dan, ben)).toBe(false);
    const lost = unanswered('register', 'ann', 0);
    expect(isPossible(facts, lost, dan, ben)).toBe(true);
    expect(isPossible(facts, lost, dan, register('ann', [112, 113], 'c'))).toBe(false);
    const free = said('read', 'cem', [112, 112], {
      observed: { available: 1, reserved: 0, sold: 0 },
    });
    expect(isPossible(facts, ann, dan, free)).toBe(true);
    expect(isPossible(facts, { ...ann, completedAtNs: 90e6 }, dan, free)).toBe(false);
  });

  it('decides an accepted attempt later, and only once', () => {
    const asked = said('attempt', 'ann', [0, 1]);
    const read = (decision: string, times: [number, number]): Call =>
      said('read', 'ann', times, { observed: { decision } });
    const full = refused('attempt', 'ben', [2, 3]);
    expect(isPossible({}, asked, full)).toBe(true);
    expect(isPossible({ total: 2 }, asked, full)).toBe(false);
    expect(isPossible({}, asked, read('PENDING', [2, 3]), read('SUCCESS', [4, 5]))).toBe(true);
    expect(isPossible({}, asked, read('SUCCESS', [2, 3]), read('PENDING', [4, 5]))).toBe(false);
    expect(isPossible({}, asked, read('FAILED', [2, 3]), read('SUCCESS', [3, 4]))).toBe(false);
    expect(isPossible({}, read('SUCCESS', [2, 3]))).toBe(false);
    const taken = reserve('ben', [2, 3], 'b');
    expect(isPossible({}, asked, taken, read('FAILED', [4, 5]))).toBe(true);
    expect(isPossible({}, asked, read('SUCCESS', [0, 1]), taken)).toBe(false);
  });

  it('gives the calls with one idempotency key one effect and one answer', () => {
    const key = { idempotencyKey: 'k' };
    const first = reserve('ann', [0, 5], 'a', key);
    expect(isPossible({}, first, reserve('ann', [2, 9], 'a', key))).toBe(true);
    expect(isPossible({ total: 2 }, first, reserve('ann', [2, 9], 'b', key))).toBe(false);
    expect(isPossible({ total: 2 }, first, reserve('ben', [2, 9], 'b', key))).toBe(true);
    const lost = unanswered('reserve', 'ann', 0, key);
    const again = reserve('ann', [20, 21], 'a', key);
    expect(isPossible({}, lost, soldOut('ben', [8, 9]), again)).toBe(true);
    expect(isPossible({}, soldOut('ben', [8, 9]), again)).toBe(false);
    const no = refused('reserve', 'ann', [6, 7], key);
    expect(isPossible({}, first, no)).toBe(false);
    expect(isPossible({}, first, { ...no, code: 'RATE_LIMITED' })).toBe(true);
  });

  it('lets a repeated key tell of a second hold only if the checkout came after the lapse', () => {
    const key = { idempotencyKey: 'k', hold: 'a' };
    const checkouts = (ms: number, told: Partial<Operation>): Call[] => [
      reserve('ann', [0, 1], 'a'),
      unanswered('confirm', 'ann', ms, key),
      said('confirm', 'ann', [ms + 1, ms + 2], { ...key, order: 'o', ...told }),
    ];
    expect(isPossible({}, ...checkouts(2, {}))).toBe(true);
    expect(isPossible({}, ...checkouts(2, { newHold: 'n' }))).toBe(false);
    expect(isPossible({}, ...checkouts(120, { newHold: 'n' }))).toBe(true);
    expect(isPossible({}, ...checkouts(120, {}))).toBe(false);
  });

  it('takes the refusal of a repeated key for one as old as the first call with it', () => {
    const key = { idempotencyKey: 'k' };
    const calls = [
      reserve('ann', [0, 1], 'a'),
      unanswered('reserve', 'ben', 2, key),
      said('release', 'ann', [3, 4], { hold: 'a' }),
    ];
    expect(isPossible({}, ...calls, refused('reserve', 'ben', [8, 9], key))).toBe(true);
    expect(isPossible({}, calls[0]!, calls[2]!, refused('reserve', 'ben', [8, 9], key))).toBe(
      false,
    );
  });

  it('lets a read be as old as the sale allows', () => {
    const ann = reserve('ann', [0, 1], 'a');
    const read = said('read', 'ben', [5, 6], { observed: { available: 1, reserved: 0, sold: 0 } });
    expect(isPossible({ readLagMs: 4 }, ann, read)).toBe(true);
    expect(isPossible({ readLagMs: 3 }, ann, read)).toBe(false);
  });

  it('keeps the SKUs apart', () => {
    const other = 'SKU-2';
    const skus = [
      { skuId: SKU, total: 1 },
      { skuId: other, total: 1 },
    ];
    const calls = [reserve('ann', [0, 1], 'a'), reserve('ann', [2, 3], 'b', { sku: other })];
    expect(isPossible({ skus }, ...calls)).toBe(true);
    expect(isPossible({ skus }, calls[0]!, { ...calls[1]!, sku: SKU })).toBe(false);
  });
});
