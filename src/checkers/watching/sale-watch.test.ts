import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitrarySale } from '../../../test/judge/arbitrary-sale.ts';
import { disguises, smallSales } from '../../../test/judge/disguise/arbitrary.ts';
import { disguise } from '../../../test/judge/disguise/disguise.ts';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { eventsOf, watchedSale } from '../../../test/judge/watched-sale.ts';
import { brokenSale, saleToBreak } from '../../simulation/broken-sale.ts';
import { BUGS, type Bug } from '../../simulation/bugs.ts';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import type { Evidence } from '../evidence.ts';
import { judge } from '../verdict.ts';
import { createSaleWatch } from './sale-watch.ts';
import type { Watch } from './watch.ts';
import { watchKeys } from './watch-keys.ts';
import { watchOnce } from './watch-once.ts';

/** The same sales in every run: a failure has to be the fault of the change that is tested. */
const SEED = 20260101;
const SALES = 6;

const brokenIn = (evidence: Evidence): string[] =>
  judge(evidence)
    .checks.filter(({ status }) => status === 'invalid')
    .map(({ name }) => name);

describe('the watch of a sale by a ledger that makes no mistakes', { timeout: 240_000 }, () => {
  it.each([1, 3])('sees no violation, with the load in %i threads', (threads) => {
    fc.assert(
      fc.property(arbitrarySale, (options) => {
        expect(watchedSale(simulateSale(options).evidence, threads)).toEqual([]);
      }),
      { numRuns: 100, seed: SEED },
    );
  });
});

describe('the watch of a described shop', { timeout: 240_000 }, () => {
  it('sees no violation of a correct one, whatever its answers leave out', () => {
    fc.assert(
      fc.property(smallSales, disguises, (options, as) => {
        expect(watchedSale(disguise(simulateSale(options).evidence, as))).toEqual([]);
      }),
      { numRuns: 150, seed: SEED },
    );
  });

  it('sees nothing of one with a bug that the verdict does not find as well', () => {
    let violations = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...BUGS),
        fc.integer({ min: 1, max: 9 }),
        disguises,
        (bug, seed, as) => {
          const evidence = disguise(brokenSale(bug, seed).evidence, as);
          const seen = watchedSale(evidence);
          if (seen.length === 0) return;
          violations += seen.length;
          expect(brokenIn(evidence)).toEqual(
            expect.arrayContaining(seen.map(({ check }) => check)),
          );
        },
      ),
      { numRuns: 100, seed: SEED },
    );
    expect(violations).toBeGreaterThan(0);
  });
});

describe('the watch of a sale by a ledger with a bug', { timeout: 240_000 }, () => {
  it.each(BUGS)('sees nothing that the verdict does not find as well: %s', (bug) => {
    for (let seed = 1; seed <= SALES; seed += 1) {
      const { evidence } = brokenSale(bug, seed);
      const seen = [1, 3].flatMap((threads) => watchedSale(evidence, threads));
      if (seen.length === 0) continue;
      const broken = brokenIn(evidence);
      for (const { check } of seen) expect(broken, `sale ${seed}`).toContain(check);
    }
  });

  it.each<[Bug, string]>([
    ['lost-update', 'never-oversold'],
    ['late-confirm', 'never-oversold'],
    ['duplicate-buyer', 'one-per-buyer'],
    ['double-redemption', 'single-redemption'],
    ['double-check-in', 'single-check-in'],
    ['ignored-key', 'exactly-once'],
  ])('sees what %s does to %s', (bug, check) => {
    const seeds = Array.from({ length: SALES }, (_, place) => place + 1);
    const checks = seeds.map((seed) =>
      watchedSale(brokenSale(bug, seed).evidence).map((violation) => violation.check),
    );
    expect(checks.flat()).toContain(check);
  });
});

it('the watch sees an oversell by attempts, which their buyers are told of later', () => {
  const seeds = Array.from({ length: SALES }, (_, place) => place + 1);
  const seen = seeds.flatMap((seed) => {
    const { evidence } = simulateSale({
      ...saleToBreak('lost-update', seed),
      ...{ flow: 'attempt', bug: 'lost-update', buyers: 300 },
    });
    const checks = watchedSale(evidence).map(({ check }) => check);
    if (checks.length > 0) expect(brokenIn(evidence)).toEqual(expect.arrayContaining(checks));
    return checks;
  });
  expect(seen).toContain('never-oversold');
});

const watched = (
  facts: Parameters<typeof saleOf>[0],
  calls: Parameters<typeof evidenceOf>[1],
): string[] => watchedSale(evidenceOf(saleOf(facts), calls)).map(({ summary }) => summary);

const tick = said('reserve', 'zoe', [900, 901], { sku: 'OTHER' });

describe('the watch', () => {
  it('says of an oversell what stands in the verdict', () => {
    const evidence = evidenceOf(saleOf(), [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('reserve', 'bob', [5, 20], { hold: 'b' }),
      tick,
    ]);
    const sentence = 'SKU-1 has 1 unit, and 2 were held at 12:00:00.020 UTC';
    expect(watchedSale(evidence)).toMatchObject([{ check: 'never-oversold', summary: sentence }]);
    expect(judge(evidence).sentence).toBe(
      `Invalid: never-oversold is broken; ${sentence}; at the worst moment 2.`,
    );
  });

  it.each<[string, ...Call[]]>([
    ['was given back', said('release', 'ann', [12, 13], { hold: 'a' })],
    ['may have been given back', unanswered('release', 'ann', 12, { hold: 'a' })],
    ['may have been the one of a call without a name', unanswered('release', 'ann', 12)],
    [
      'was given back by a call that was sent before its answer',
      said('release', 'ann', [9, 12], { hold: 'a' }),
    ],
    [
      'has an unknown order that was cancelled',
      said('cancel', 'bob', [12, 13], { order: 'x', buyer: undefined }),
      said('confirm', 'ann', [11, 12], { hold: 'a' }),
    ],
  ])('counts no hold that %s', (_, ...ends) => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      ...ends,
      said('reserve', 'bob', [15, 20], { hold: 'b' }),
      tick,
    ];
    expect(watched({}, calls)).toEqual([]);
  });

  it('counts a hold that was not given back after all, and one that was sold', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      refused('release', 'eve', [12, 13], { hold: 'a', code: 'FORBIDDEN', status: 403 }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' }),
      // The lifetime of the hold is over, and it was sold before.
      said('reserve', 'bob', [1_500, 1_510], { hold: 'b' }),
      said('reserve', 'zoe', [1_600, 1_610], { sku: 'OTHER' }),
    ];
    expect(watched({}, calls)).toEqual(['SKU-1 has 1 unit, and 2 were held at 12:00:01.510 UTC']);
  });

  it('counts no hold that may have lapsed, until a late checkout takes it again', () => {
    const late = said('confirm', 'ann', [1_900, 1_950], { hold: 'a', newHold: 'c', order: 'o' });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('reserve', 'bob', [1_000, 1_010], { hold: 'b' }),
      said('reserve', 'zoe', [3_000, 3_010], { sku: 'OTHER' }),
    ];
    expect(watched({}, calls)).toEqual([]);
    expect(watched({}, [...calls, late])).toEqual([
      'SKU-1 has 1 unit, and 2 were held at 12:00:01.950 UTC',
    ]);
    // Where nobody knows how long a hold lives, it may lapse at once.
    expect(watched({ shop: 'theirs', holdTtlMs: undefined }, calls)).toEqual([]);
  });

  it('counts a wish once, however often it is sent and answered', () => {
    const wish = { hold: 'a', idempotencyKey: 'k' };
    const calls = [
      said('reserve', 'ann', [0, 10], wish),
      said('reserve', 'ann', [2, 12], wish),
      said('release', 'ann', [13, 14], { hold: 'a' }),
      said('reserve', 'bob', [15, 20], { hold: 'b' }),
      said('reserve', 'ann', [21, 25], wish),
      tick,
    ];
    expect(watched({}, calls)).toEqual([]);
    // The lifetime of its hold may have begun with the first call, which got no answer.
    const again = [
      unanswered('reserve', 'ann', 0, { idempotencyKey: 'k' }),
      said('reserve', 'ann', [600, 610], wish),
      said('reserve', 'bob', [1_100, 1_110], { hold: 'b' }),
      said('reserve', 'zoe', [1_200, 1_210], { sku: 'OTHER' }),
    ];
    expect(watched({}, again)).toEqual([]);
  });

  it('takes a registration for the sale of what its buyer had reserved, unless they have different names', () => {
    const reserve = said('reserve', 'ann', [0, 10], { hold: 'a' });
    const total = { total: 1, unitsPerBuyerMax: undefined };
    expect(watched(total, [reserve, said('register', 'ann', [12, 20]), tick])).toEqual([]);
    expect(
      watched(total, [reserve, said('register', 'ann', [12, 20], { hold: 'a' }), tick]),
    ).toEqual([]);
    expect(
      watched(total, [reserve, said('register', 'ann', [12, 20], { hold: 'b' }), tick]),
    ).toEqual(['SKU-1 has 1 unit, and 2 were held at 12:00:00.020 UTC']);
  });

  describe('of attempts', () => {
    const one = { holdsPerBuyerMax: undefined };
    const tried = (buyer: string, ms: number) => said('attempt', buyer, [ms, ms + 5]);
    const told = (buyer: string, ms: number, decision: 'SUCCESS' | 'FAILED' | 'PENDING') =>
      said('read', buyer, [ms, ms + 5], { status: 200, observed: { decision } });
    const OVERSOLD = ['SKU-1 has 1 unit, and 2 were held at 12:00:00.030 UTC'];
    const both = [
      ...[tried('ann', 0), tried('bob', 1), tick],
      ...[told('ann', 10, 'SUCCESS'), told('bob', 12, 'PENDING')],
    ];

    it('counts those whose buyers were told of their success, once each', () => {
      expect(watched(one, both)).toEqual([]);
      expect(watched(one, [...both, told('ann', 20, 'SUCCESS')])).toEqual([]);
      expect(watched(one, [...both, told('bob', 25, 'FAILED')])).toEqual([]);
      const oversold = [...both, told('bob', 25, 'SUCCESS'), told('bob', 35, 'SUCCESS')];
      expect(watched(one, oversold)).toEqual(OVERSOLD);
      expect(brokenIn(evidenceOf(saleOf(one), oversold))).toContain('never-oversold');
    });

    it.each<[string, number, Call]>([
      ['took units in another way', 2, said('reserve', 'bob', [3, 4], { hold: 'b' })],
      ['may have done so', 1, unanswered('reserve', 'bob', 3)],
      ['may do so now', 2, said('buy', 'bob', [3, 80], { order: 'o' })],
      ['may have given them back', 1, unanswered('cancel', 'bob', 13, { order: 'unknown' })],
      ['had two attempts accepted', 1, tried('bob', 4)],
    ])('counts none of a buyer who %s', (_, total, call) => {
      const calls = [...both, call, told('bob', 60, 'SUCCESS')];
      const held = watched({ ...one, total }, calls).filter((each) => each.includes('held'));
      expect(held).toEqual([]);
    });

    it('counts a success whatever its buyer does after they were told', () => {
      const later = unanswered('reserve', 'bob', 31);
      const calls = [...both, told('bob', 25, 'SUCCESS'), later];
      expect(watched(one, calls)).toContain(OVERSOLD[0]);
      expect(brokenIn(evidenceOf(saleOf(one), calls))).toContain('never-oversold');
    });

    it('counts none of a described shop, whose decisions may be about any of several attempts', () => {
      const theirs = { ...one, shop: 'theirs' };
      expect(watched(theirs, [...both, told('bob', 25, 'SUCCESS')])).toEqual([]);
    });
  });

  it('sees a buyer with more than is allowed', () => {
    const calls = [
      said('buy', 'ann', [0, 10], { order: 'a' }),
      said('buy', 'ann', [5, 20], { order: 'b' }),
      tick,
    ];
    expect(watched({ total: 9 }, calls)).toEqual([
      'buyer ann had 2 units of SKU-1 at 12:00:00.020 UTC, where 1 is allowed',
    ]);
  });

  it('sees a voucher that was used twice, and a key with two answers', () => {
    const used = { voucher: 'v', sku: undefined };
    expect(
      watched({}, [said('redeem', 'ann', [0, 10], used), said('redeem', 'ann', [1, 12], used)]),
    ).toEqual(['voucher v was used 2 times']);
    const key = { idempotencyKey: 'k' };
    const yes = said('reserve', 'ann', [0, 10], { ...key, hold: 'a' });
    expect(watched({}, [yes, said('reserve', 'ann', [1, 12], { ...key, hold: 'b' })])).toEqual([
      'the calls with Idempotency-Key k were told of two different reservations',
    ]);
    expect(watched({}, [yes, refused('reserve', 'ann', [20, 30], key)])).toEqual([
      'the calls with Idempotency-Key k were answered yes, and later no',
    ]);
    expect(watched({}, [yes, refused('reserve', 'ann', [5, 30], key)])).toEqual([]);
  });

  it('sees what an instance itself counts as oversold', () => {
    const scrape = {
      instance: 'http://one',
      startedAtNs: 4e6,
      endedAtNs: 5e6,
      samples: [{ name: 'flashsale_oversold_units', labels: { sku: SKU }, value: 3 }],
    };
    const evidence = evidenceOf(saleOf(), [tick], { scrapes: [scrape] });
    expect(watchedSale(evidence)).toEqual([
      {
        check: 'metrics-agreement',
        summary:
          'flashsale_oversold_units shows 3 for SKU-1 at http://one, scraped at 12:00:00.005 UTC',
        atNs: 5e6,
      },
    ]);
  });
});

describe('the watch, of what threads tell late', () => {
  const sale = saleOf({ unitsPerBuyerMax: 1, total: 1 });
  const ann = said('reserve', 'ann', [0, 10], { hold: 'a' });
  const bob = said('reserve', 'bob', [5, 20], { hold: 'b' });
  /** The violations that are seen when some calls are heard one after the other, whenever they were. */
  const seen = (calls: Call[], heardUntilNs = Number.POSITIVE_INFINITY, facts = {}): string[] => {
    const watch = createSaleWatch({ ...sale, ...facts });
    for (const [place, call] of calls.entries()) {
      for (const event of eventsOf(evidenceOf(sale, [call]))) {
        watch.hear({ ...event, call: { ...event.call, id: place } });
      }
    }
    return watch.look(heardUntilNs).map(({ summary }) => summary);
  };
  const OVERSOLD = 'SKU-1 has 1 unit, and 2 were held at 12:00:00.020 UTC';

  it('waits until everything before the oversell was heard', () => {
    expect(seen([ann, bob], 19e6)).toEqual([]);
    expect(seen([ann, bob], 20e6)).toEqual([]);
    expect(seen([ann, bob], 20e6 + 1)).toEqual([OVERSOLD]);
  });

  it('believes no oversell if a return was sent before it, and one that was sent after it does not matter', () => {
    const release = (ms: number) => unanswered('release', 'ann', ms, { hold: 'a' });
    expect(seen([ann, bob, release(15)])).toEqual([]);
    expect(seen([ann, bob, release(20)])).toEqual([]);
    expect(seen([ann, bob, release(21)])).toEqual([OVERSOLD]);
    const no = refused('release', 'ann', [16, 30], { hold: 'a' });
    expect(seen([ann, bob, no])).toEqual([OVERSOLD]);
    expect(seen([ann, bob, release(15), no])).toEqual([]);
    expect(seen([ann, bob, { ...release(15), hold: undefined, buyer: undefined }])).toEqual([]);
  });

  it('counts the units of each SKU by themselves', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 9 }));
    const other = said('reserve', 'ann', [5, 20], { hold: 'b', sku: 'SKU-2' });
    expect(seen([ann, other], Number.POSITIVE_INFINITY, { skus })).toEqual([]);
  });

  it('looks at each buyer who has too many, and remembers the first moment', () => {
    const skus = [{ skuId: SKU, total: 9 }];
    const more = (buyer: string, hold: string, ms: number) =>
      said('reserve', buyer, [ms, ms], { hold });
    const tooMany = (...calls: Call[]) => seen(calls, Number.POSITIVE_INFINITY, { skus });
    const byAnn = [ann, more('ann', 'a2', 20)];
    const release = (ms: number) => unanswered('release', 'ann', ms, { hold: 'a' });
    const byBob = [bob, more('bob', 'b2', 25)];
    expect(tooMany(...byAnn, ...byBob, release(15))).toEqual([
      'buyer bob had 2 units of SKU-1 at 12:00:00.025 UTC, where 1 is allowed',
    ]);
    expect(tooMany(...byAnn, more('ann', 'a3', 30), release(25))).toEqual([
      'buyer ann had 2 units of SKU-1 at 12:00:00.020 UTC, where 1 is allowed',
    ]);
  });
});

describe('the watch, of keys', () => {
  const key = { idempotencyKey: 'k' };
  const yes = (kind: Call['kind'], buyer: string, ms: number, facts: Partial<Call>) =>
    said(kind, buyer, [ms, ms + 5], { ...key, ...facts });

  it('compares only answers to one key of one buyer', () => {
    const calls = ['ann', 'bob'].flatMap((buyer) => [
      yes('reserve', buyer, 0, { hold: buyer }),
      yes('reserve', buyer, 10, { hold: buyer }),
    ]);
    expect(watched({ total: 2 }, calls)).toEqual([]);
  });

  it('compares the yeses, whatever refusal came before them', () => {
    const hold = { hold: 'a' };
    const calls = [
      refused('confirm', 'ann', [0, 5], { ...key, ...hold, code: 'PAYMENT_UNAVAILABLE' }),
      yes('confirm', 'ann', 10, { ...hold, order: 'o' }),
      yes('confirm', 'ann', 20, { ...hold, order: 'p' }),
    ];
    expect(watched({}, calls)).toEqual([
      'the calls with Idempotency-Key k were told of two different orders',
    ]);
  });

  it('remembers so many keys', () => {
    const told = (keysMax: number) => {
      const { hear } = watchKeys(keysMax);
      const calls = ['k', 'm'].flatMap((idempotencyKey) => [
        said('reserve', 'ann', [0, 5], { hold: 'a', idempotencyKey }),
        said('reserve', 'ann', [10, 15], { hold: 'b', idempotencyKey }),
      ]);
      const withoutKey = said('reserve', 'ann', [0, 1], { hold: 'c' });
      return eventsOf(evidenceOf(saleOf(), [withoutKey, ...calls])).flatMap(
        (event) => hear(event) ?? [],
      ).length;
    };
    expect([0, 1, 2].map(told)).toEqual([0, 1, 2]);
  });
});

describe('the watch, of vouchers', () => {
  const used = (buyer: string, ms: number, facts: Partial<Call> = {}) =>
    said('redeem', buyer, [ms, ms + 5], { voucher: 'v', sku: undefined, ...facts });
  const key = { idempotencyKey: 'k' };

  it('counts a use once, however often it is sent and answered', () => {
    expect(watched({}, [used('ann', 0, key), used('ann', 10, key)])).toEqual([]);
  });

  it('counts no refused use, and no other call that names the voucher', () => {
    const lost = unanswered('redeem', 'ann', 0, { voucher: 'v', ...key });
    const no = refused('redeem', 'ann', [5, 8], { voucher: 'v', ...key });
    expect(watched({}, [lost, no, used('bob', 10)])).toEqual([]);
    const registered = said('register', 'ann', [0, 5], { voucher: 'v' });
    expect(watched({}, [registered, used('ann', 10)])).toEqual([]);
  });

  it('counts no uses of vouchers that nobody names', () => {
    const nameless = { voucher: undefined };
    expect(watched({}, [used('ann', 0, nameless), used('bob', 10, nameless)])).toEqual([]);
  });

  it('remembers so many vouchers', () => {
    const told = (vouchersMax: number) => {
      const [{ hear }] = watchOnce({}, vouchersMax) as [Watch];
      const calls = ['v', 'w'].flatMap((voucher) => [
        used('ann', 0, { voucher }),
        used('bob', 10, { voucher }),
      ]);
      return eventsOf(evidenceOf(saleOf(), calls)).flatMap((event) => hear(event) ?? []).length;
    };
    expect([0, 1, 2].map(told)).toEqual([0, 1, 2]);
  });
});

describe('the watch, of tickets', () => {
  const shown = (buyer: string, ms: number, facts: Partial<Call> = {}) =>
    said('check-in', buyer, [ms, ms + 5], { ticket: 't', sku: undefined, ...facts });
  const key = { idempotencyKey: 'k' };

  it('lets each in once, and says of a second time what stands in the verdict', () => {
    const twice = [shown('ann', 0), shown('bob', 3)];
    expect(watched({}, twice)).toEqual(['ticket t was let in 2 times']);
    expect(brokenIn(evidenceOf(saleOf(), twice))).toContain('single-check-in');
    expect(watched({}, [shown('ann', 0), shown('bob', 3, { ticket: 'u' })])).toEqual([]);
  });

  it('counts a wish once, and no refusal', () => {
    expect(watched({}, [shown('ann', 0, key), shown('ann', 10, key)])).toEqual([]);
    const no = refused('check-in', 'bob', [3, 8], { ticket: 't', code: 'TICKET_USED' });
    expect(watched({}, [shown('ann', 0), no])).toEqual([]);
  });
});

describe('the watch, of attempts', () => {
  const accepted = (buyer: string, ms: number, facts: Partial<Call> = {}) =>
    said('attempt', buyer, [ms, ms + 5], facts);
  const key = { idempotencyKey: 'k' };

  it('has one of each buyer and SKU, and says of a second what stands in the verdict', () => {
    const twice = [accepted('ann', 0), accepted('bob', 3), accepted('ann', 10)];
    const sentence = '2 attempts of buyer ann at SKU-1 were accepted, where one is allowed';
    expect(watched({ total: 9 }, twice)).toEqual([sentence]);
    expect(brokenIn(evidenceOf(saleOf({ total: 9 }), twice))).toContain('one-per-buyer');
    expect(watched({}, [accepted('ann', 0), accepted('ann', 10, { sku: 'OTHER' })])).toEqual([]);
  });

  it('counts a wish once, and nothing that nobody names', () => {
    expect(watched({}, [accepted('ann', 0, key), accepted('ann', 10, key)])).toEqual([]);
    for (const nameless of [{ buyer: undefined }, { sku: undefined }]) {
      expect(watched({}, [accepted('x', 0, nameless), accepted('x', 9, nameless)])).toEqual([]);
    }
  });

  it('leaves a described shop alone, which may accept several', () => {
    const twice = [accepted('ann', 0), accepted('ann', 10)];
    expect(watched({ shop: 'theirs' }, twice)).toEqual([]);
  });
});
