import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { eventsOf } from '../../../test/judge/watched-sale.ts';
import { ROOM } from './hold-book.ts';
import { createStandingHolds } from './standing-holds.ts';

/** Holds live for a second. */
const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 9 }));

/** The holds of SKU-1 after some calls were heard, and of each buyer. */
function holdsAfter(calls: Call[], room = ROOM) {
  const sale = saleOf({ skus });
  const holds = createStandingHolds(sale, () => {}, room);
  eventsOf(evidenceOf(sale, calls)).forEach(holds.hear);
  return holds;
}

/** The names of the holds of SKU-1 that stand after some calls, or their buyers. */
const standing = (calls: Call[], room = ROOM): (string | undefined)[] | undefined =>
  holdsAfter(calls, room)
    .ofSku(SKU)
    ?.holds.map(({ id, order, buyer }) => id ?? order ?? buyer)
    .sort();

const held = (buyer: string, times: [number, number], hold = buyer.slice(0, 1)) =>
  said('reserve', buyer, times, { hold });
const ann = held('ann', [0, 10]);
const bob = held('bob', [1, 11]);
const cid = held('cid', [2, 12]);
/** A yes that lets time go on. */
const at = (ms: number) => said('reserve', 'zoe', [ms, ms], { hold: `z${ms}`, sku: 'SKU-2' });

describe('a hold that stands', () => {
  it('stays where others leave before and after it', () => {
    const ends = (...buyers: string[]) =>
      buyers.map((buyer, place) =>
        said('release', buyer, [20 + place, 40], { hold: buyer.slice(0, 1) }),
      );
    expect(standing([ann, bob, cid])).toEqual(['a', 'b', 'c']);
    expect(standing([ann, bob, cid, ...ends('ann')])).toEqual(['b', 'c']);
    expect(standing([ann, bob, cid, ...ends('ann', 'cid')])).toEqual(['b']);
    expect(standing([ann, bob, cid, ...ends('cid', 'bob')])).toEqual(['a']);
    expect(holdsAfter([ann, bob, ...ends('bob')]).ofSku(SKU)?.units).toBe(1);
  });

  it('is that of a yes, and of no refusal of a repeated call or accepted attempt', () => {
    const key = { idempotencyKey: 'k' };
    const lost = unanswered('reserve', 'ann', 0, key);
    expect(standing([lost, refused('reserve', 'ann', [5, 15], key)])).toEqual([]);
    expect(standing([said('attempt', 'ann', [0, 10])])).toEqual([]);
    expect(standing([said('buy', 'ann', [0, 10], { order: 'o' })])).toEqual(['o']);
  });

  it('is none of a purchase that was given up', () => {
    const holds = holdsAfter([]);
    const lost = { ...unanswered('buy', 'ann', 0), id: 1, completedAtNs: 50e6 };
    const heard = { wishedAtNs: 0, isRepeated: false, wasGranted: false };
    holds.hear({ type: 'answered', call: lost, ...heard });
    expect(holds.ofSku(SKU)?.holds).toEqual([]);
    holds.hear({ type: 'answered', call: { ...lost, outcome: 'ok' }, ...heard });
    expect(holds.ofSku(SKU)?.holds).toHaveLength(1);
  });

  it('is left when a return is sent, and is back when that was refused', () => {
    const no = refused('release', 'ann', [20, 30], { hold: 'a', code: 'RATE_LIMITED' });
    expect(standing([ann, no])).toEqual(['a']);
    const lost = unanswered('release', 'ann', 25, { hold: 'a' });
    expect(standing([ann, no, lost])).toEqual([]);
    const order = said('buy', 'ann', [0, 10], { order: 'o' });
    expect(standing([order, refused('cancel', 'ann', [20, 30], { order: 'o' })])).toEqual(['o']);
  });

  it('does not stand again for a checkout while a return of it is under way', () => {
    const paid = said('confirm', 'ann', [30, 40], { hold: 'a', order: 'o' });
    expect(standing([ann, unanswered('release', 'ann', 20, { hold: 'a' }), paid])).toEqual([]);
  });

  it('lasts for its lifetime, and for good once it is sold', () => {
    expect(standing([ann, at(900)])).toEqual(['a']);
    expect(standing([ann, at(1_100)])).toEqual([]);
    const refusal = refused('confirm', 'ann', [20, 30], { hold: 'a' });
    expect(standing([ann, refusal, at(1_100)])).toEqual([]);
    const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
    expect(standing([ann, paid, at(1_100)])).toEqual(['a']);
    expect(standing([said('buy', 'ann', [0, 10], { order: 'o' }), at(1_100)])).toEqual(['o']);
  });

  it('is dated by what was heard of units on sale, and never goes back in time', () => {
    expect(holdsAfter([ann, said('reserve', 'zoe', [20, 30], { sku: 'OTHER' })]).nowNs()).toBe(
      10e6,
    );
    const sale = saleOf({ skus });
    const moments: number[] = [];
    const holds = createStandingHolds(sale, () => moments.push(holds.nowNs()));
    const [first, second] = eventsOf(evidenceOf(sale, [ann, bob]));
    for (const event of [second, first]) if (event !== undefined) holds.hear(event);
    expect(moments).toEqual([11e6, 11e6]);
  });
});

describe('the names of holds', () => {
  const paid = (buyer: string, times: [number, number], facts: Partial<Call>) =>
    said('confirm', buyer, times, { hold: buyer.slice(0, 1), ...facts });
  const again = paid('ann', [1_500, 1_510], { newHold: 'n', order: 'o' });

  it('are also those that a checkout tells of: the hold that it made, and the order', () => {
    expect(standing([ann, again])).toEqual(['a']);
    expect(standing([ann, again, said('release', 'ann', [1_600, 1_610], { hold: 'n' })])).toEqual(
      [],
    );
    expect(standing([ann, again, said('cancel', 'ann', [1_600, 1_610], { order: 'o' })])).toEqual(
      [],
    );
  });

  it('may be told twice of one hold', () => {
    expect(standing([ann, again, { ...again, invokedAtNs: 1_505e6 }])).toEqual(['a']);
  });

  it('mean no hold if two have them, and the first of two answers that tell of one hold', () => {
    expect(standing([ann, bob, paid('ann', [20, 30], { order: 'o' })])).toEqual(['a', 'b']);
    const both = [paid('ann', [20, 30], { order: 'o' }), paid('bob', [40, 50], { order: 'o' })];
    expect(standing([ann, bob, ...both])).toEqual([]);
    expect(standing([ann, bob, paid('ann', [20, 30], { newHold: 'b' })])).toEqual([]);
    const order = said('buy', 'dan', [60, 70], { order: 'o' });
    expect(standing([order, { ...order, buyer: 'eve', completedAtNs: 80e6 }])).toEqual(['o']);
    // That of a checkout is known as well.
    expect(standing([ann, paid('ann', [20, 30], { order: 'o' }), order])).toEqual(['a']);
  });

  it('leave both holds out where a cancellation names two', () => {
    const order = said('buy', 'bob', [1, 11], { order: 'o' });
    const mixed = { hold: 'a', order: 'o' };
    expect(standing([ann, order, unanswered('cancel', 'ann', 20, mixed)])).toEqual([]);
    const own = paid('ann', [12, 15], { order: 'o' });
    expect(standing([ann, own, refused('cancel', 'ann', [20, 30], mixed)])).toEqual(['a']);
    expect(standing([ann, bob, refused('release', 'ann', [20, 30], { hold: 'a' })])).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('a name that no buyer was told of', () => {
  const nameless = said('reserve', 'ann', [0, 10]);
  const release = unanswered('release', 'eve', 20, { hold: 'x' });
  const cancel = unanswered('cancel', 'eve', 20, { order: 'x' });
  const ordered = said('buy', 'dan', [3, 13], { hold: 'd' });

  it('may be that of a hold without an id, if it is one of a hold', () => {
    expect(standing([nameless, bob, ordered, release])).toEqual(['b', 'd']);
    expect(standing([nameless, bob, cancel])).toEqual(['ann', 'b']);
  });

  it('may be that of a sale without an order, if it is one of an order', () => {
    const known = said('buy', 'eve', [4, 14], { hold: 'e', order: 'o' });
    expect(standing([bob, ordered, known, cancel])).toEqual(['b', 'e']);
  });

  it('may be the order of a checkout under way, of its hold or of any of a buyer who names none', () => {
    const paying = (facts: Partial<Call>) => unanswered('confirm', 'ann', 15, facts);
    const second = held('ann', [1, 11], 's');
    expect(standing([ann, second, paying({ hold: 'a' }), cancel])).toEqual(['s']);
    expect(standing([ann, second, bob, paying({}), cancel])).toEqual(['b']);
  });
});

describe('a buyer who ends something without a name', () => {
  it('may have ended any hold of theirs, also one of which nobody has heard yet', () => {
    const end = unanswered('release', 'ann', 5);
    expect(standing([held('ann', [0, 1]), held('ann', [2, 30], 's'), bob, end])).toEqual(['b']);
    const named = unanswered('release', 'ann', 15, { hold: 'a' });
    expect(standing([ann, held('ann', [1, 11], 's'), named])).toEqual(['s']);
  });

  it('leaves nothing to be followed if nobody knows who it is', () => {
    const end = unanswered('release', 'ann', 15, { buyer: undefined });
    const holds = holdsAfter([ann, end, held('bob', [20, 30])]);
    expect(holds.ofSku(SKU)).toBeUndefined();
    expect(holds.ofBuyer('ann')).toEqual([]);
  });
});

describe('a registration', () => {
  const registered = (times: [number, number], facts: Partial<Call> = {}) =>
    said('register', 'ann', times, { order: 'r', ...facts });

  it('may be the sale of what its buyer had reserved of the SKU, or was to be reserved by then', () => {
    expect(standing([ann, registered([12, 20])])).toEqual(['a']);
    expect(standing([registered([0, 10]), held('ann', [5, 15])])).toEqual(['r']);
    expect(
      standing([said('reserve', 'ann', [0, 10]), registered([12, 20], { hold: 'b' })]),
    ).toEqual(['ann']);
    expect(standing([ann, registered([12, 20], { hold: 'b' })])).toEqual(['a', 'b']);
    expect(standing([{ ...ann, sku: 'SKU-2' }, registered([12, 20])])).toEqual(['r']);
  });

  it('makes no two reservations, purchases or registrations of a buyer one', () => {
    const other = said('register', 'bob', [0, 1], { order: 'q' });
    const nameless = said('reserve', 'ann', [1, 11]);
    expect(standing([other, ann, nameless])).toEqual(['a', 'ann', 'q']);
    expect(standing([registered([0, 10]), registered([5, 15], { order: 's' })])).toEqual([
      'r',
      's',
    ]);
    const order = said('buy', 'ann', [5, 15], { order: 'o' });
    expect(standing([registered([0, 10]), order])).toEqual(['o', 'r']);
  });

  it('may be of anybody where nobody knows the buyers', () => {
    const nobody = (facts: Partial<Call>) =>
      said('reserve', 'ann', [20, 30], { buyer: undefined, ...facts });
    expect(standing([nobody({ hold: 'x' }), nobody({ hold: 'y' })])).toEqual(['x', 'y']);
    expect(standing([registered([0, 10]), nobody({ hold: 'x' })])).toEqual(['r']);
  });
});

describe('the room for holds', () => {
  const late = (name: string, ms = 2_000) =>
    said('confirm', name, [ms, ms + 10], { hold: name.slice(0, 1) });

  it('is for so many that stand at once, however many come', () => {
    const room = { ...ROOM, standingMax: 2 };
    expect(standing([ann, bob], room)).toEqual(['a', 'b']);
    expect(standing([ann, bob, cid], room)).toBeUndefined();
    const left = unanswered('release', 'ann', 20, { hold: 'a' });
    expect(standing([ann, bob, left, held('dan', [30, 40])], room)).toEqual(['b', 'd']);
    const more = [unanswered('release', 'bob', 50, { hold: 'b' }), held('eve', [60, 70])];
    expect(standing([ann, bob, left, held('dan', [30, 40]), ...more], room)).toEqual(['d', 'e']);
  });

  it('keeps the names of the last that stand no more, which a late checkout takes again', () => {
    const room = { ...ROOM, pastMax: 1 };
    expect(standing([ann, at(1_500), late('ann')], room)).toEqual(['a']);
    const two = [ann, bob, at(1_500)];
    expect(standing([...two, late('ann')], room)).toEqual([]);
    expect(standing([...two, late('bob')], room)).toEqual(['b']);
    // One that had lapsed when its yes was heard never stood.
    const slow = held('ann', [0, 1_600]);
    expect(standing([at(1_500), slow, held('bob', [1, 1_601]), late('ann')], room)).toEqual([]);
  });

  it('takes a name that was forgotten for one that nobody was told of', () => {
    const room = { ...ROOM, pastMax: 1 };
    const over = [
      ann,
      said('confirm', 'ann', [1_500, 1_510], { hold: 'a', newHold: 'n', order: 'o' }),
      unanswered('release', 'ann', 1_600, { hold: 'a' }),
      said('reserve', 'eve', [1_700, 1_710]),
      said('buy', 'dan', [1_700, 1_710], { hold: 'd' }),
    ];
    const forgotten = [
      ...over,
      held('bob', [1_700, 1_710]),
      unanswered('release', 'bob', 1_720, { hold: 'b' }),
    ];
    const end = (kind: 'release' | 'cancel', facts: Partial<Call>) =>
      unanswered(kind, 'ann', 1_900, facts);
    expect(standing([...over, end('release', { hold: 'a' })], room)).toEqual(['d', 'eve']);
    expect(standing([...forgotten, end('release', { hold: 'a' })], room)).toEqual(['d']);
    expect(standing([...forgotten, end('release', { hold: 'n' })], room)).toEqual(['d']);
    expect(standing([...forgotten, end('cancel', { order: 'o' })], room)).toEqual(['eve']);
  });

  it('keeps the names of those that stand', () => {
    const room = { ...ROOM, pastMax: 1 };
    const calls = [ann, at(1_500), late('ann', 1_600), held('bob', [1_700, 1_710]), at(3_000)];
    expect(standing(calls, room)).toEqual(['a']);
    expect(standing([...calls, unanswered('release', 'ann', 3_100, { hold: 'a' })], room)).toEqual(
      [],
    );
  });

  it('is for so many whose orders nobody was told of; one that does not stand is left out then', () => {
    const room = { ...ROOM, standingMax: 2 };
    const paying = (buyer: string, ms: number) => [
      held(buyer, [ms, ms + 10]),
      unanswered('confirm', buyer, ms + 20, { hold: buyer.slice(0, 1) }),
    ];
    const three = ['ann', 'bob', 'cid'].flatMap((buyer, place) => paying(buyer, 2_000 * place));
    const four = [...three, ...paying('dan', 6_000)];
    expect(standing([...three, late('ann', 6_100)], room)).toEqual(['a']);
    expect(standing([...four, late('ann', 6_100)], room)).toEqual(['d']);
  });
});
