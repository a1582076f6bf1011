import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { eventfulCalls } from '../eventful-calls.ts';
import { createNamelessTest, createReservationSearch, findEndings } from './endings.ts';
import { isGiven, type Sort } from './names.ts';
import { divideThings, type Thing } from './things.ts';

const sale = saleOf({ holdTtlMs: 1_000 });

/** The things that had the name `x`, in a sale whose holds live 1,000 ms. */
function thingsIn(calls: Call[], sort: Sort = 'hold'): Thing[] {
  const all = eventfulCalls(evidenceOf(sale, calls).operations);
  const endings = findEndings(all, (each, name) => each === sort && name === 'x')(sort, 'x');
  const mayEndNameless = createNamelessTest(all);
  const reservedNs = createReservationSearch(all);
  const givings = all.filter((call) => call[sort] === 'x' && isGiven(call, sort));
  return divideThings(givings, { sort, name: 'x', endings, mayEndNameless, reservedNs, sale });
}

/** Each thing as its name and the beginnings, in ms, of the calls whose answers gave it. */
const dividedIn = (calls: Call[], sort: Sort = 'hold'): string[] =>
  thingsIn(calls, sort).map(
    ({ name, givenTo }) => `${name}: ${givenTo.map(({ invokedAtNs }) => invokedAtNs / 1e6)}`,
  );

const held = (buyer: string, times: [number, number], facts: Partial<Call> = {}): Call =>
  said('reserve', buyer, times, { hold: 'x', ...facts });
const bought = (buyer: string, times: [number, number], facts: Partial<Call> = {}): Call =>
  said('buy', buyer, times, { hold: 'x', ...facts });
const back = (buyer: string, times: [number, number]): Call =>
  said('release', buyer, times, { hold: 'x' });
const paid = (buyer: string, times: [number, number], order?: string): Call =>
  said('confirm', buyer, times, { hold: 'x', order });

describe('a name that is given again', () => {
  it('is that of the same thing while that is there, which is told of with the first answer', () => {
    const again = [held('ann', [0, 50]), held('ann', [5, 10])];
    expect(dividedIn(again)).toEqual(['x: 0,5']);
    expect(thingsIn(again)).toMatchObject([{ fromNs: 0, toldNs: 10e6, isOther: false }]);
    expect(thingsIn([held('ann', [0, 10]), held('ann', [5, 50])])).toMatchObject([
      { toldNs: 10e6 },
    ]);
  });

  it('is that of another thing once somebody may have given it back, by name or not', () => {
    const again = held('bob', [30, 35]);
    expect(dividedIn([held('ann', [0, 5]), back('ann', [10, 20]), again])).toHaveLength(2);
    const nameless = unanswered('release', 'ann', 10);
    expect(dividedIn([held('ann', [0, 5]), nameless, again])).toHaveLength(2);
    expect(dividedIn([held('ann', [0, 5]), { ...nameless, buyer: 'bob' }, again])).toHaveLength(1);
  });

  it('is that of the same thing for calls that repeat a key', () => {
    const key = { idempotencyKey: 'k' };
    const ofKey = (buyer: string) => [
      held('ann', [0, 5], key),
      back('ann', [10, 20]),
      held('ann', [30, 35]),
      held(buyer, [40, 45], key),
    ];
    expect(dividedIn(ofKey('ann'))).toEqual(['x: 0,40', 'x (2): 30']);
    expect(dividedIn(ofKey('bob'))).toEqual(['x: 0', 'x (2): 30,40']);
  });

  it('is that of one attempt, however it was decided and whatever was given back', () => {
    const attempt = (fromMs: number) =>
      said('attempt', 'ann', [fromMs, fromMs + 5], { order: 'x' });
    const cancel = said('cancel', 'ann', [10, 12], { order: 'x' });
    const order = { hold: undefined, order: 'x' };
    expect(dividedIn([attempt(0), cancel, attempt(20)], 'order')).toEqual(['x: 0,20']);
    const first = [attempt(0), cancel, bought('ann', [20, 25], order)];
    expect(dividedIn(first, 'order')).toEqual(['x: 0,20']);
    const last = [bought('ann', [0, 5], order), cancel, attempt(20)];
    expect(dividedIn(last, 'order')).toEqual(['x: 0,20']);
    const none = [bought('ann', [0, 5], order), cancel, bought('ann', [20, 25], order)];
    expect(dividedIn(none, 'order')).toHaveLength(2);
  });
});

describe('a name that is given again after the time of a hold', () => {
  it('may be that of another hold from the first moment at which that one may have lapsed', () => {
    expect(dividedIn([held('ann', [0, 50]), held('ann', [900, 999])])).toHaveLength(1);
    expect(dividedIn([held('ann', [0, 50]), held('ann', [900, 1_000])])).toHaveLength(2);
  });

  it('is that of the hold itself for a purchase, until the hold has surely lapsed', () => {
    const of = (times: [number, number]) => dividedIn([held('ann', [0, 5]), bought('ann', times)]);
    expect(of([1_000, 1_010])).toHaveLength(1);
    expect(of([1_005, 1_010])).toHaveLength(1);
    expect(of([1_006, 1_010])).toHaveLength(2);
  });

  it('is that of the same thing if that was bought', () => {
    expect(dividedIn([bought('ann', [0, 5]), bought('bob', [1_200, 1_205])])).toHaveLength(1);
    expect(dividedIn([bought('ann', [0, 5]), held('bob', [1_200, 1_205])])).toHaveLength(1);
    const both = [held('ann', [0, 5]), bought('ann', [10, 15]), held('bob', [1_200, 1_205])];
    expect(dividedIn(both)).toHaveLength(1);
  });

  it('is that of the same order, because no order lapses', () => {
    const ordered = (times: [number, number]) => held('ann', times, { order: 'x' });
    expect(dividedIn([ordered([0, 5]), ordered([1_200, 1_205])], 'order')).toHaveLength(1);
  });
});

describe('a name that is given again after its sale', () => {
  const sold = [held('ann', [0, 5]), paid('ann', [10, 15], 'o1')];

  it('may be told to its buyer once more, in the same kind of call and for as many units', () => {
    expect(dividedIn([...sold, held('ann', [20, 25])])).toHaveLength(1);
    expect(dividedIn([...sold, held('bob', [20, 25])])).toHaveLength(2);
    expect(dividedIn([...sold, held('ann', [20, 25], { quantity: 2 })])).toHaveLength(2);
    expect(dividedIn([...sold, bought('ann', [20, 25])])).toHaveLength(2);
  });

  it('is that of another hold if nobody knows whose either was', () => {
    const anybody = { buyer: undefined };
    const calls = [
      held('ann', [0, 5], anybody),
      paid('ann', [10, 15]),
      held('ann', [20, 25], anybody),
    ];
    expect(dividedIn(calls)).toHaveLength(2);
  });

  it('is that of another hold if it was sold to another order, or given back', () => {
    const again = [...sold, held('ann', [20, 25])];
    expect(dividedIn([...again, paid('ann', [30, 35], 'o2')])).toHaveLength(2);
    expect(dividedIn([...again, paid('ann', [30, 35], 'o1')])).toHaveLength(1);
    expect(dividedIn([...again, paid('ann', [30, 35])])).toHaveLength(1);
    expect(dividedIn([...again, back('ann', [30, 35])])).toHaveLength(2);
    const untold = [sold[0] as Call, paid('ann', [10, 15]), held('ann', [20, 25])];
    expect(dividedIn([...untold, paid('ann', [30, 35], 'o2')])).toHaveLength(1);
  });
});

describe('a name that is given again after a checkout that came too late for it', () => {
  const late = (fromMs: number, toMs = fromMs + 2) =>
    said('confirm', 'ann', [fromMs, toMs], { hold: 'x', newHold: 'y', order: 'o1' });
  const again = (fromMs: number) => held('ann', [fromMs, fromMs + 5]);

  it('is that of another hold, however long the first one may have lived', () => {
    expect(dividedIn([held('ann', [0, 50]), late(1_010), again(1_020)])).toHaveLength(2);
    const things = thingsIn([held('ann', [0, 50]), late(1_010), again(1_020)]);
    expect(things[1]).toMatchObject({ isOther: true });
    const bought = [
      held('ann', [0, 50]),
      late(1_010),
      said('buy', 'ann', [1_020, 1_025], { hold: 'x' }),
    ];
    expect(dividedIn(bought)).toHaveLength(2);
    expect(dividedIn(bought.slice(0, 1).concat(bought.slice(2)))).toHaveLength(1);
  });

  it('is that of the same hold after a cancellation of what the checkout took', () => {
    const cancel = said('cancel', 'ann', [1_130, 1_135], { order: 'o1' });
    const calls = [held('ann', [0, 5]), late(1_100), again(1_120), cancel, again(1_140)];
    expect(dividedIn(calls)).toEqual(['x: 0', 'x (2): 1120,1140']);
  });

  it('shows that a hold which was told again after a sale is another one', () => {
    const sold = [held('ann', [0, 5]), paid('ann', [10, 15], 'o0'), again(20)];
    expect(dividedIn(sold)).toHaveLength(1);
    expect(dividedIn([...sold, late(1_100)])).toHaveLength(2);
  });

  it('is free as soon as a checkout has sold the hold that it took', () => {
    const second = said('confirm', 'ann', [1_100, 1_102], { hold: 'w', newHold: 'x', order: 'o1' });
    const things = (calls: Call[]) => {
      const all = eventfulCalls(evidenceOf(sale, calls).operations);
      const endings = findEndings(all, (_, name) => name === 'x')('hold', 'x');
      const about = {
        ...{ endings, mayEndNameless: createNamelessTest(all) },
        ...{ reservedNs: createReservationSearch(all), sale },
      };
      const givings = all.filter(({ hold, newHold }) => hold === 'x' || newHold === 'x');
      return divideThings(givings, { sort: 'hold', name: 'x', ...about });
    };
    expect(things([second, held('bob', [1_110, 1_112])])).toHaveLength(2);
    // The shop may tell its buyer of it once more, but sells it only once.
    expect(things([second, held('ann', [1_110, 1_112])])).toHaveLength(1);
    expect(things([second, bought('ann', [1_110, 1_112])])).toHaveLength(2);
    const first = (buyer?: string) => ({ ...held('', [1_080, 1_090]), buyer });
    expect(things([first('ann'), second])).toHaveLength(1);
    expect(things([first('bob'), second])).toHaveLength(2);
    expect(things([first(), { ...second, buyer: undefined }])).toHaveLength(2);
    // The hold that was checked out has lapsed, and so have those that began to live before it.
    const reserved = (times: [number, number], facts: Partial<Call> = {}) =>
      said('reserve', 'ann', times, { hold: 'w', ...facts });
    expect(things([first('ann'), reserved([1_095, 1_098]), second])).toHaveLength(2);
    expect(things([reserved([1_070, 1_075]), first('ann'), second])).toHaveLength(1);
    expect(things([first('ann'), reserved([1_085, 1_098]), second])).toHaveLength(1);
    expect(things([first('ann'), reserved([1_090, 1_098]), second])).toHaveLength(1);
    expect(
      things([first('ann'), { ...reserved([1_095, 1_098]), buyer: 'bob' }, second]),
    ).toHaveLength(1);
    expect(things([first('ann'), reserved([1_095, 1_101]), second])).toHaveLength(1);
    expect(
      things([first('ann'), unanswered('reserve', 'ann', 1_095, { hold: 'w' }), second]),
    ).toHaveLength(1);
    expect(
      things([first('ann'), said('buy', 'ann', [1_095, 1_098], { hold: 'w' }), second]),
    ).toHaveLength(1);
    expect(things([first('ann'), reserved([1_095, 1_100]), second])).toHaveLength(2);
    // A wish began to live with its first call.
    const [old, again] = [{ idempotencyKey: 'k' }, { idempotencyKey: 'l' }].map((key) => [
      reserved([1_070, 1_075], { idempotencyKey: 'k' }),
      first('ann'),
      reserved([1_095, 1_098], key),
      second,
    ]) as [Call[], Call[]];
    expect(things(old)).toHaveLength(1);
    expect(things(again)).toHaveLength(2);
    const unkeyed = [reserved([1_070, 1_075]), first('ann'), reserved([1_095, 1_098]), second];
    expect(things(unkeyed)).toHaveLength(2);
  });
});

describe('a name in answers that do not tell the SKU', () => {
  const [second, none] = [{ sku: 'SKU-2' }, { sku: undefined }];

  it('is of the only SKU that has it', () => {
    const first = held('ann', [0, 5]);
    expect(dividedIn([first, held('ann', [10, 15], none)])).toEqual(['x: 0,10']);
    expect(dividedIn([held('ann', [0, 5], none), held('ann', [10, 15])])).toEqual(['x: 0,10']);
    expect(dividedIn([first, held('bob', [10, 15], second)])).toEqual(['x: 0', 'x (2): 10']);
  });

  it('is of a thing of its own where two SKUs have it', () => {
    const calls = [
      held('ann', [0, 5]),
      held('bob', [10, 15], second),
      held('cid', [20, 25], none),
      held('ann', [30, 35]),
    ];
    expect(dividedIn(calls)).toEqual(['x: 0,30', 'x (2): 10', 'x (3): 20']);
    expect(thingsIn(calls)[2]).toMatchObject({ sku: undefined, isOther: true });
  });
});

describe('a thing that has the name of one before it', () => {
  /** Told to one buyer twice: if the second thing is surely another one, and the beginning of the call that ended the first. */
  const second = (between: Call[], facts: Partial<Call> = {}, fromMs = 30) => {
    const again = held('ann', [fromMs, fromMs + 5], facts);
    const [first, other] = thingsIn([held('ann', [0, 5]), ...between, again]);
    const { isOther } = other as Thing;
    return [isOther, (first?.endedBy?.invokedAtNs ?? 0) / 1e6];
  };

  it('is surely another one once that one was given back', () => {
    expect(second([back('ann', [10, 20])])).toEqual([true, 10]);
    expect(second([back('ann', [5, 30])])).toEqual([true, 5]);
    expect(second([back('ann', [4, 20])])).toEqual([false, 0]);
    expect(second([back('ann', [10, 31])])).toEqual([false, 0]);
    expect(second([unanswered('release', 'ann', 10, { hold: 'x' })])).toEqual([false, 0]);
  });

  it('is surely another one where it is of other units or another buyer', () => {
    const lost = unanswered('release', 'ann', 10, { hold: 'x' });
    expect(second([lost], { quantity: 2 })).toEqual([true, 10]);
    expect(second([lost], { buyer: 'bob' })).toEqual([true, 10]);
  });

  it('is surely another one once that one has lapsed, and then nobody knows what ended it', () => {
    const lost = unanswered('release', 'ann', 10, { hold: 'x' });
    expect(second([lost], {}, 1_005)).toEqual([false, 0]);
    expect(second([lost], {}, 1_006)).toEqual([true, 0]);
  });

  it('is surely another one if both were sold, to two orders', () => {
    const lost = unanswered('release', 'ann', 20, { hold: 'x' });
    const sold = (order: string) => {
      const calls = [
        ...[held('ann', [0, 5]), paid('ann', [10, 15], 'o1'), lost],
        ...[held('ann', [30, 35]), paid('ann', [40, 45], order)],
      ];
      return thingsIn(calls)[1]?.isOther;
    };
    expect(sold('o2')).toBe(true);
    expect(sold('o1')).toBe(false);
  });

  it('is no other order because the time of a hold is over', () => {
    const registered = (fromMs: number) =>
      said('register', 'ann', [fromMs, fromMs + 5], { order: 'x' });
    const lost = unanswered('cancel', 'ann', 10, { order: 'x' });
    const things = thingsIn([registered(0), lost, registered(1_200)], 'order');
    expect(things.map(({ isOther, endedBy }) => [isOther, endedBy])).toEqual([
      [false, undefined],
      [false, undefined],
    ]);
  });

  it('may have ended in other ways if its buyer gave something back without a name, or it may be sold', () => {
    const under = back('ann', [10, 22]);
    const other = { quantity: 2 };
    expect(second([under], other)).toEqual([true, 10]);
    expect(second([under, unanswered('release', 'ann', 8)], other)).toEqual([true, 0]);
    expect(second([under, unanswered('confirm', 'ann', 8, { hold: 'x' })], other)).toEqual([
      true,
      0,
    ]);
    const no = refused('confirm', 'ann', [8, 9], { hold: 'x', code: 'HOLD_EXPIRED' });
    expect(second([under, no], other)).toEqual([true, 10]);
  });
});
