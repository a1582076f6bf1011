import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf, unanswered } from '../../../../test/judge/story.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../../history/refusal-reason.ts';
import { explain } from './search.ts';
import { createPaidElsewhere, soughtCall } from './situation.ts';

/** In these stories, the code of each refusal is its reason. */
const refusals = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, reason]));

/** A hold lives 1,000 ms, and its units are back within 100 ms more. */
const possibleIn =
  (facts: Parameters<typeof saleOf>[0], situationsMax = 3_000) =>
  (...calls: Call[]): boolean | undefined => {
    const sale = saleOf({ refusals, ...facts });
    const { operations } = evidenceOf(sale, calls);
    const isPaidElsewhere = createPaidElsewhere(operations);
    const sought = operations.map((call) => soughtCall(call, isPaidElsewhere(call)));
    return explain(sought, sale.skus[0]?.total ?? 0, sale, situationsMax).isPossible;
  };
const possible = possibleIn({ total: 1 });

type Times = [fromMs: number, toMs: number];
const ann = said('reserve', 'ann', [0, 50], { hold: 'a' });
const reserves = (buyer: string, times: Times, facts = {}) =>
  said('reserve', buyer, times, { hold: `${buyer} ${times}`, ...facts });
const pays = (times: Times, facts = {}) =>
  said('confirm', 'ann', times, { hold: 'a', order: 'o', ...facts });
const releases = (times: Times, facts = {}) =>
  said('release', 'ann', times, { hold: 'a', ...facts });
const cancels = (times: Times, facts = {}) =>
  said('cancel', 'ann', times, { order: 'o', ...facts });
const told = (reason: RefusalReason | 'RATE_LIMITED', call: Call): Call => ({
  ...call,
  outcome: 'fail',
  status: 400,
  code: reason,
});

describe('the units of a hold', () => {
  it('can be taken again from the moment at which it may have been given back', () => {
    expect(possible(ann, releases([50, 60]), reserves('ben', [60, 70]))).toBe(true);
    expect(possible(ann, reserves('ben', [60, 70]), releases([70, 80]))).toBe(true);
    expect(possible(ann, reserves('ben', [60, 70]), releases([71, 80]))).toBe(false);
  });

  it('can be taken again from the moment at which it may have lapsed, and not before', () => {
    expect(possible(ann, reserves('ben', [900, 1_000]))).toBe(true);
    expect(possible(ann, reserves('ben', [900, 999]))).toBe(false);
  });

  it('are on sale again when it has surely lapsed and been swept', () => {
    expect(possible(ann, told('sold-out', reserves('ben', [1_150, 1_160])))).toBe(true);
    expect(possible(ann, told('sold-out', reserves('ben', [1_151, 1_160])))).toBe(false);
  });

  it('can be bought until it has surely lapsed', () => {
    expect(possible(ann, pays([1_050, 1_060]))).toBe(true);
    expect(possible(ann, pays([1_051, 1_060]))).toBe(false);
    expect(possible(ann, pays([60, 70]), reserves('ben', [2_000, 2_010]))).toBe(false);
  });

  it('can be bought until it has surely been swept, where the shop sells lapsed holds', () => {
    const until = possibleIn({ total: 1, soldUntilSwept: true });
    expect(until(ann, pays([1_150, 1_160]))).toBe(true);
    expect(until(ann, pays([1_151, 1_160]))).toBe(false);
    expect(until(ann, reserves('ben', [1_010, 1_020]), pays([1_100, 1_110]))).toBe(false);
    expect(until(ann, told('sold-out', reserves('ben', [1_151, 1_160])))).toBe(false);
  });

  it('can be bought later only if they are taken again', () => {
    const late = pays([1_100, 1_200], { newHold: 'b' });
    expect(possible(ann, late)).toBe(true);
    expect(possible(ann, pays([60, 70], { newHold: 'b' }))).toBe(false);
    expect(possible(ann, reserves('ben', [1_060, 1_070]), late)).toBe(false);
    expect(possible(ann, late, reserves('ben', [1_300, 1_310]))).toBe(false);
    expect(possible(ann, { ...late, buyer: 'ben' })).toBe(false);
    const two = possibleIn({ total: 2, unitsPerBuyerMax: 2 });
    expect(two(ann, pays([60, 70], { newHold: 'b' }))).toBe(false);
    // The units of the hold that lapsed may not be back yet.
    const early = pays([1_060, 1_070], { newHold: 'b' });
    expect(two(ann, early, told('sold-out', reserves('ben', [1_080, 1_090])))).toBe(true);
    const again = pays([1_300, 1_310], { newHold: 'c', order: 'p' });
    expect(possibleIn({ total: 2 })(ann, late, again)).toBe(false);
    expect(possibleIn({ total: 2, unitsPerBuyerMax: 2 })(ann, late, again)).toBe(true);
  });

  it('may be taken again by a checkout that does not say so, in a described shop', () => {
    const calls = [ann, reserves('cem', [1_200, 1_210]), pays([1_300, 1_310])];
    expect(possibleIn({ total: 2, shop: 'corner-shop' })(...calls)).toBe(true);
    expect(possibleIn({ total: 1, shop: 'corner-shop' })(...calls)).toBe(false);
    expect(possibleIn({ total: 2 })(...calls)).toBe(false);
  });

  it('are back when the order that bought them is cancelled', () => {
    const ben = reserves('ben', [100, 110]);
    expect(possible(ann, pays([60, 70]), cancels([80, 90]), ben)).toBe(true);
    expect(possible(ann, pays([60, 70]), cancels([111, 120]), ben)).toBe(false);
  });
});

describe('a call', () => {
  it('ends a hold or an order of its own buyer that is there, and once', () => {
    expect(possible(ann, releases([60, 70]), releases([80, 90]))).toBe(false);
    expect(possible(ann, releases([60, 70], { buyer: 'ben' }))).toBe(false);
    expect(possible(ann, releases([60, 70], { hold: 'x' }))).toBe(false);
    expect(possible(ann, pays([60, 70]), releases([80, 90]))).toBe(false);
    expect(possible(ann, releases([60, 70]), pays([80, 90]))).toBe(false);
    expect(possible(ann, pays([60, 70], { buyer: 'ben' }))).toBe(false);
    expect(possible(ann, pays([60, 70]), pays([80, 90], { order: 'p' }))).toBe(false);
    expect(possible(ann, pays([60, 70]), cancels([80, 90], { buyer: 'ben' }))).toBe(false);
    expect(possible(ann, pays([60, 70]), cancels([80, 90], { order: 'x' }))).toBe(false);
    expect(possible(ann, pays([60, 70]), cancels([80, 90], { order: undefined }))).toBe(false);
    expect(possible(ann, cancels([80, 90]))).toBe(false);
    const nameless = cancels([80, 90], { order: undefined });
    expect(possible(said('buy', 'ann', [0, 10]), nameless)).toBe(false);
  });

  it('takes no more units than are left, and than its buyer may have', () => {
    const two = possibleIn({ total: 3, unitsPerBuyerMax: 2 });
    const more = (quantity: number) => reserves('ben', [60, 70], { quantity });
    expect(two({ ...ann, quantity: 2 }, more(1))).toBe(true);
    expect(two({ ...ann, quantity: 2 }, more(2))).toBe(false);
    const again = (quantity: number) => reserves('ann', [60, 70], { quantity });
    expect(two(ann, again(1))).toBe(true);
    expect(two(ann, again(2))).toBe(false);
    expect(possibleIn({ total: 3, unitsPerBuyerMax: undefined })(ann, again(2))).toBe(true);
    expect(two(ann, releases([51, 55]), again(2))).toBe(true);
    expect(two(ann, reserves('ann', [1_000, 1_001], { quantity: 2 }))).toBe(true);
    expect(two(ann, pays([51, 55]), reserves('ann', [1_200, 1_201], { quantity: 2 }))).toBe(false);
  });

  it('that got no answer may have happened at any time after it, or never', () => {
    const lost = unanswered('release', 'ann', 60, { hold: 'a' });
    expect(possible(ann, lost, reserves('ben', [500, 510]))).toBe(true);
    expect(possible(ann, lost, pays([500, 510]))).toBe(true);
    expect(possible(ann, lost, reserves('ben', [500, 510]), pays([600, 610]))).toBe(false);
    const unpaid = unanswered('confirm', 'ann', 60, { hold: 'a' });
    expect(possible(ann, unpaid, told('sold-out', reserves('ben', [5_000, 5_010])))).toBe(true);
    expect(possible(ann, unpaid, reserves('ben', [5_000, 5_010]))).toBe(true);
    const brief = [told('sold-out', reserves('ben', [5, 6])), reserves('cem', [7, 8])];
    // Only a described shop may give back at once what it took for a call that failed.
    expect(possible(unanswered('reserve', 'dan', 0), ...brief)).toBe(false);
    expect(
      possibleIn({ total: 1, shop: 'corner-shop' })(unanswered('reserve', 'dan', 0), ...brief),
    ).toBe(true);
    expect(possible(unanswered('buy', 'dan', 0), ...brief)).toBe(true);
    expect(possible(said('buy', 'dan', [0, 4]), ...brief)).toBe(false);
    const tooLate = unanswered('confirm', 'ann', 5_000, { hold: 'a' });
    expect(possible(ann, tooLate, told('sold-out', reserves('ben', [4_000, 4_010])))).toBe(false);
    expect(possible(ann, tooLate, told('sold-out', reserves('ben', [6_000, 6_010])))).toBe(true);
  });
});

describe('a refusal', () => {
  const own = (reason: RefusalReason, times: Times) => told(reason, reserves('ann', times));
  const sold = pays([60, 70]);
  const back = releases([60, 70]);
  const returned = [sold, cancels([72, 75])];

  it('as sold out needs fewer units on sale than were asked for', () => {
    const soldOut = (quantity: number) => told('sold-out', reserves('ben', [80, 90], { quantity }));
    const three = possibleIn({ total: 3, unitsPerBuyerMax: 3 });
    expect(three(ann, soldOut(3))).toBe(true);
    expect(three(ann, soldOut(2))).toBe(false);
    expect(possible(ann, sold, soldOut(1))).toBe(true);
    expect(possible(ann, back, soldOut(1))).toBe(false);
    expect(possible(ann, ...returned, soldOut(1))).toBe(false);
    const buys = told('sold-out', said('buy', 'ben', [80, 90]));
    expect(possible(ann, buys)).toBe(true);
    expect(possible(ann, back, buys)).toBe(false);
  });

  it('as sold out may rest on a memory that is as old as the sale allows', () => {
    const lagging = possibleIn({ total: 1, refusalLagMs: 5 });
    const soldOut = (fromMs: number, facts = {}) =>
      told('sold-out', reserves('ben', [fromMs, 90], facts));
    expect(lagging(ann, back, soldOut(75))).toBe(true);
    expect(lagging(ann, back, soldOut(76))).toBe(false);
    expect(lagging(ann, back, soldOut(75, { sequence: 2 }))).toBe(false);
    expect(lagging(ann, back, { ...own('has-hold', [75, 90]) })).toBe(false);
  });

  it.each(['has-hold', 'has-one'] as const)('as %s needs a hold or a purchase', (reason) => {
    expect(possible(ann, own(reason, [80, 90]))).toBe(true);
    expect(possible(ann, told(reason, reserves('ben', [80, 90])))).toBe(false);
    expect(possible(ann, sold, own(reason, [80, 90]))).toBe(true);
    expect(possible(ann, sold, own(reason, [5_000, 5_010]))).toBe(true);
    expect(possible(ann, back, own(reason, [80, 90]))).toBe(false);
    expect(possible(ann, ...returned, own(reason, [80, 90]))).toBe(false);
    expect(possible(ann, own(reason, [1_150, 1_160]))).toBe(true);
    expect(possible(ann, own(reason, [1_151, 1_160]))).toBe(false);
  });

  it('as a purchase already needs one', () => {
    expect(possible(ann, own('has-bought', [80, 90]))).toBe(false);
    expect(possible(ann, sold, own('has-bought', [80, 90]))).toBe(true);
    expect(possible(ann, sold, told('has-bought', reserves('ben', [80, 90])))).toBe(false);
    expect(possible(ann, ...returned, own('has-bought', [80, 90]))).toBe(false);
  });

  /** The stories after which a checkout, or a cancellation of the hold, may be refused with a reason. */
  const storiesFor = (call: (times: Times) => Call, reason: RefusalReason | 'RATE_LIMITED') => {
    const ends: Record<string, boolean | undefined> = {
      live: possible(ann, told(reason, call([80, 90]))),
      sold: possible(ann, sold, told(reason, call([80, 90]))),
      released: possible(ann, back, told(reason, call([80, 90]))),
      returned: possible(ann, ...returned, told(reason, call([80, 90]))),
      lapsed: possible(ann, told(reason, call([1_060, 1_070]))),
      'long lapsed': possible(ann, told(reason, call([5_000, 5_010]))),
      'another’s': possible(ann, told(reason, { ...call([80, 90]), buyer: 'ben' })),
    };
    return Object.keys(ends).filter((end) => ends[end]);
  };
  const ENDED = ['sold', 'released', 'returned', 'lapsed', 'long lapsed'];
  const EVERY = ['live', 'sold', 'released', 'returned', 'lapsed', 'long lapsed', 'another’s'];

  it('of a checkout needs a hold of which its reason is true', () => {
    expect(storiesFor(pays, 'hold-lapsed')).toEqual(['lapsed', 'long lapsed']);
    expect(storiesFor(pays, 'hold-ended')).toEqual(ENDED);
    // An order of a lapsed hold may be that of a checkout that took its units again.
    expect(storiesFor(pays, 'hold-ordered')).toEqual(['sold', 'returned', 'lapsed', 'long lapsed']);
    expect(storiesFor(pays, 'not-found')).toEqual(['another’s']);
    expect(storiesFor(pays, 'RATE_LIMITED')).toEqual(EVERY);
    expect(storiesFor(pays, 'order-ended')).toEqual(EVERY);
  });

  it('may be told of a line because another one of its basket has ended, in a described shop', () => {
    const shop = possibleIn({ total: 1, shop: 'corner-shop' });
    const lapsed = (facts = {}) => told('hold-lapsed', pays([80, 90], facts));
    expect(shop(ann, lapsed({ basket: 'b' }))).toBe(true);
    expect(shop(ann, lapsed())).toBe(false);
    expect(possible(ann, lapsed({ basket: 'b' }))).toBe(false);
  });

  it('may tell a stranger how a hold of somebody else ended, in a described shop', () => {
    const shop = possibleIn({ total: 1, shop: 'corner-shop' });
    const lapsed = (facts = {}) => told('hold-lapsed', pays([80, 90], facts));
    expect(shop(ann, lapsed({ buyer: 'ben' }))).toBe(true);
    expect(possible(ann, lapsed({ buyer: 'ben' }))).toBe(false);
    expect(shop(ann, lapsed())).toBe(false);
    expect(shop(ann, lapsed({ hold: 'x' }))).toBe(false);
  });

  it('of a checkout as ordered needs another checkout of the hold, begun before it was answered', () => {
    const ordered = (facts = {}) => told('hold-ordered', pays([80, 90], facts));
    const rival = (times: Times) => told('RATE_LIMITED', pays(times));
    expect(possible(ann, ordered(), rival([90, 100]))).toBe(true);
    expect(possible(ann, ordered(), rival([91, 100]))).toBe(false);
    const ben = reserves('ben', [0, 10]);
    const bens = said('confirm', 'ben', [20, 30], { hold: ben.hold, order: 'p' });
    expect(possibleIn({ total: 2 })(ann, ben, bens, ordered())).toBe(false);
    const late = pays([1_100, 1_200], { newHold: 'b' });
    const again = told('hold-ordered', pays([1_300, 1_310], { hold: 'b' }));
    expect(possible(ann, late, again)).toBe(true);
    expect(possible(ann, late, cancels([1_210, 1_220]), again)).toBe(true);
  });

  it('of a cancellation of a hold needs a hold of which its reason is true', () => {
    expect(storiesFor(releases, 'hold-lapsed')).toEqual(['lapsed', 'long lapsed']);
    expect(storiesFor(releases, 'hold-ended')).toEqual(ENDED);
    expect(storiesFor(releases, 'hold-ordered')).toEqual(EVERY);
    expect(storiesFor(releases, 'not-found')).toEqual(['another’s']);
    expect(storiesFor(releases, 'RATE_LIMITED')).toEqual(EVERY);
  });

  it('says nothing with any other reason', () => {
    const full = told('above-limit', reserves('ben', [80, 90]));
    expect(possible(ann, full)).toBe(true);
    expect(possible(ann, { ...full, code: undefined })).toBe(true);
    expect(possible(ann, sold, told('not-found', cancels([80, 90])))).toBe(true);
    expect(possible(ann, sold, told('hold-ended', cancels([80, 90])))).toBe(true);
  });

  it('of a checkout may come after it has taken the units again in vain', () => {
    const late = told('hold-lapsed', pays([1_200, 1_300]));
    const soldOut = (times: Times) => told('sold-out', reserves('ben', times));
    expect(possible(ann, late, soldOut([1_300, 1_310]))).toBe(true);
    expect(possible(ann, late, reserves('ben', [1_300, 1_310]))).toBe(true);
    expect(possible(ann, late, soldOut([1_190, 1_199]))).toBe(false);
    expect(possible(ann, { ...late, buyer: 'cem' }, soldOut([1_300, 1_310]))).toBe(false);
    const strangers = told('RATE_LIMITED', { ...late, buyer: 'cem' });
    expect(possible(ann, strangers, soldOut([1_300, 1_310]))).toBe(false);
    const inTime = told('RATE_LIMITED', pays([60, 70]));
    const two = possibleIn({ total: 2, unitsPerBuyerMax: 2 });
    expect(two(ann, inTime, soldOut([80, 90]))).toBe(false);
    const until = (fromMs: number) => [
      reserves('cem', [1_160, 1_170], { hold: 'c' }),
      late,
      said('release', 'cem', [fromMs, fromMs + 10], { hold: 'c' }),
      soldOut([1_400, 1_410]),
    ];
    expect(possible(ann, ...until(1_300))).toBe(true);
    expect(possible(ann, ...until(1_301))).toBe(false);
    const released = told('hold-lapsed', releases([1_200, 1_300]));
    expect(possible(ann, released, soldOut([1_300, 1_310]))).toBe(false);
    const rival = reserves('cem', [1_160, 1_170]);
    expect(possible(ann, rival, told('has-hold', reserves('ann', [1_250, 1_260])), late)).toBe(
      false,
    );
  });

  it('half-way through a purchase may have left a hold for a while, if a unit was free', () => {
    const half = (times: Times, facts = {}) =>
      told('RATE_LIMITED', said('buy', 'dan', times, facts));
    const soldOut = told('sold-out', reserves('ben', [100, 110]));
    expect(possible(half([80, 90]), soldOut)).toBe(true);
    expect(possible(half([80, 90], { status: 0 }), { ...soldOut })).toBe(true);
    expect(possible({ ...half([80, 90]), status: 0 }, soldOut)).toBe(false);
    expect(possible(half([80, 90]), reserves('ben', [100, 110]))).toBe(true);
    expect(possible(half([80, 105]), soldOut, reserves('cem', [111, 120]))).toBe(true);
    expect(possible(ann, half([60, 65]))).toBe(true);
    expect(possible(ann, half([60, 65]), releases([70, 80]), soldOut)).toBe(false);
    expect(possible(ann, half([60, 75]), releases([70, 80]), soldOut)).toBe(true);
  });

  it('of a cancellation may come because the order was handed over, which ends nothing', () => {
    const handed = told('order-ended', cancels([80, 90]));
    expect(possible(ann, sold, handed, cancels([100, 110]))).toBe(true);
    expect(possible(ann, sold, handed, own('has-bought', [100, 110]))).toBe(true);
    expect(possible(ann, sold, handed, reserves('ben', [100, 110]))).toBe(false);
  });
});

describe('a read of the stock', () => {
  const shows = (times: Times, observed: Call['observed']) =>
    said('read', 'zoe', times, { observed });

  it('shows what is held, lapsed and not back yet, sold and on sale', () => {
    const two = possibleIn({ total: 3 });
    const held = { available: 2, reserved: 1, sold: 0 };
    expect(two(ann, shows([60, 70], held))).toBe(true);
    expect(two(ann, shows([60, 70], { available: 2 }))).toBe(true);
    expect(two(ann, shows([60, 70], { available: 3 }))).toBe(false);
    expect(two(ann, shows([60, 70], { reserved: 0 }))).toBe(false);
    expect(two(ann, shows([60, 70], { sold: 1 }))).toBe(false);
    expect(two(ann, shows([1_150, 1_160], held))).toBe(true);
    expect(two(ann, shows([1_151, 1_160], held))).toBe(false);
    const sold = { available: 2, reserved: 0, sold: 1 };
    expect(two(ann, pays([51, 55]), shows([60, 70], sold))).toBe(true);
    expect(two(ann, pays([51, 55]), shows([60, 70], held))).toBe(false);
    const handed = told('order-ended', cancels([56, 58]));
    expect(two(ann, pays([51, 55]), handed, shows([60, 70], sold))).toBe(true);
    expect(two(ann, shows([60, 70], undefined))).toBe(true);
  });
});

describe('a described shop', () => {
  const shop = possibleIn({ total: 1, shop: 'corner-shop' });
  const buys = (buyer: string, times: Times, facts = {}) =>
    said('buy', buyer, times, { order: `of ${buyer}`, ...facts });
  const lost = unanswered('reserve', 'ann', 0);
  const soldOut = told('sold-out', reserves('ben', [20, 30]));

  it('may sell by a purchase what its buyer has reserved, as far as the names allow it', () => {
    const later: Times = [60, 70];
    expect(shop(ann, buys('ann', later, { hold: 'a' }))).toBe(true);
    expect(shop(ann, buys('ann', later))).toBe(true);
    expect(shop(ann, buys('ann', later, { hold: 'b' }))).toBe(false);
    expect(shop(ann, buys('ben', later, { hold: 'a' }))).toBe(false);
    expect(shop(ann, buys('ann', later, { hold: 'a', quantity: 2 }))).toBe(false);
    expect(shop(ann, releases([51, 55]), soldOut, buys('ann', later, { hold: 'a' }))).toBe(true);
    expect(shop(ann, buys('ann', later, { hold: 'a' }), buys('ann', [71, 80]))).toBe(false);
    expect(possible(ann, buys('ann', later, { hold: 'a' }))).toBe(false);
  });

  it('may answer a second wish with what the first one made, and then has it from the first on', () => {
    const again = reserves('ann', [40, 50], { hold: 'a' });
    expect(shop(lost, soldOut, again)).toBe(true);
    expect(shop(lost, soldOut, buys('ann', [40, 50]))).toBe(true);
    expect(shop(lost, soldOut, again, pays([60, 70]))).toBe(true);
    expect(shop(soldOut, again)).toBe(false);
    expect(shop({ ...lost, buyer: 'cid' }, again, reserves('ben', [52, 55]))).toBe(false);
    expect(shop(ann, reserves('ann', [60, 70]))).toBe(false);
    expect(shop(ann, reserves('ann', [60, 70], { hold: undefined }))).toBe(false);
    expect(possible(lost, soldOut, again)).toBe(false);
    // Once it is over, its units may be somebody else’s.
    expect(shop(lost, reserves('ben', [20, 30]), again)).toBe(false);
  });

  it('counts the time of what a second wish was answered with from the first wish on', () => {
    const again = reserves('ann', [900, 910], { hold: 'a' });
    const ben = reserves('ben', [1_000, 1_010]);
    expect(shop(lost, again, ben)).toBe(true);
    expect(shop(again, ben)).toBe(false);
    const late = pays([1_000, 1_010], { newHold: 'b' });
    const two = possibleIn({ total: 2, unitsPerBuyerMax: 2, shop: 'corner-shop' });
    expect(two(lost, again, late)).toBe(true);
    expect(two(again, late)).toBe(false);
  });

  it('may sell what was reserved meanwhile in place of a hold, which our own server does not', () => {
    const calls = [ann, reserves('ann', [52, 55], { hold: 'b' }), pays([60, 70], { newHold: 'b' })];
    const rules = { total: 2, unitsPerBuyerMax: 2 };
    expect(possibleIn({ ...rules, shop: 'corner-shop' })(...calls)).toBe(true);
    expect(possibleIn(rules)(...calls)).toBe(false);
  });
});

describe('the search', () => {
  const six = ['b', 'c', 'd', 'e', 'f', 'g'].map((buyer) => reserves(buyer, [0, 50]));

  it('gives up when it has tried too many situations', () => {
    expect(possibleIn({ total: 6 }, 5)(...six)).toBe(undefined);
    expect(possibleIn({ total: 6 }, 6)(...six)).toBe(true);
  });

  it('tries no situation twice, whatever order of calls led to it', () => {
    // Of six calls, 63 selections leave out one at least.
    expect(possibleIn({ total: 5 }, 63)(...six)).toBe(false);
    expect(possibleIn({ total: 5 }, 62)(...six)).toBe(undefined);
  });
});
