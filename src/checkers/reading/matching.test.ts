import { describe, expect, it } from 'vitest';
import { type Call, refused, SKU, said, unanswered } from '../../../test/judge/story.ts';
import type { MatchedCall, MatchedRow } from './matching/row-and-call.ts';
import { matchRows } from './matching.ts';

/** A row that tells nothing but its SKU, and what a story adds. */
const row = (facts: Partial<MatchedRow> = {}): MatchedRow => ({
  ...{ id: null, hold: null, isHoldGuessed: false, buyer: null, sku: SKU, quantity: null },
  ...{ callIds: [], rank: 0, stands: true, mayBeOfOthers: false, mayBeOlder: false },
  ...facts,
});

/** The facts that a call tells about the row that it made. */
const by = (call: Call, facts: Partial<MatchedCall> = {}): MatchedCall => ({
  operation: { ...call, id: 0 },
  ...{
    decided: undefined,
    deletion: 'no',
    callIds: call.callId === undefined ? [] : [call.callId],
  },
  ...{ id: call.order, hold: call.hold, buyer: call.buyer, sku: call.sku, quantity: call.quantity },
  ...facts,
});

const yes = (buyer: string, facts: Partial<Call> = {}) => said('buy', buyer, [0, 10], facts);
const lost = (buyer: string, facts: Partial<Call> = {}) => unanswered('buy', buyer, 0, facts);
const attempt = (buyer: string, facts: Partial<Call> = {}) =>
  said('attempt', buyer, [0, 10], facts);

const matchingOf = (rows: MatchedRow[], calls: MatchedCall[], others: string[] = []) =>
  matchRows(rows, calls, [...calls.map(({ buyer }) => buyer), ...others]);

/** The place of each call's row, from 1; 0 for none. */
const matched = (rows: MatchedRow[], calls: MatchedCall[], others: string[] = []): number[] => {
  const { rowOf } = matchingOf(rows, calls, others);
  return calls.map(({ operation }) => (rowOf.get(operation) ?? -1) + 1);
};

/** The places of the rows that were given by likeness, from 1, and of the calls that stay open. */
const doubtsIn = (rows: MatchedRow[], calls: MatchedCall[], others: string[] = []) => {
  const { likely, vague, open } = matchingOf(rows, calls, others);
  const isOpen = calls.flatMap(({ operation }, place) => (open.has(operation) ? [place + 1] : []));
  const numbers = (places: Set<number>) => [...places].map((place) => place + 1).sort();
  return { likely: numbers(likely), vague: numbers(vague), open: isOpen };
};

describe('a row is given to the call', () => {
  it('that it names, whatever its own ids say, then to the one that was told its id, then its hold', () => {
    const calls = [
      by(yes('ann', { callId: 'c1', order: 'o1', hold: 'h1' })),
      by(yes('ann', { callId: 'c2', order: 'o2', hold: 'h2' })),
      by(yes('ann', { callId: 'c3', order: 'o3', hold: 'h3' })),
    ];
    expect(
      matched(
        [
          row({ id: 'o1', hold: 'h1', callIds: ['c2'] }),
          row({ id: 'o3', hold: 'h2' }),
          row({ id: 'o9', hold: 'h1' }),
        ],
        calls,
      ),
    ).toEqual([3, 1, 2]);
  });

  it('that surely made it, before one without an answer that names it as well', () => {
    const hold = { hold: 'h' };
    const calls = [by(lost('ann', hold)), by(yes('ann', hold))];
    expect(matched([row(hold)], calls)).toEqual([0, 1]);
    expect(matched([row(hold)], calls.toReversed())).toEqual([1, 0]);
    // A shop that deletes orders may have none of the yes any more, but it is still its name.
    const cancelled = by(yes('ann', hold), { deletion: 'maybe' });
    expect(matched([row(hold)], [by(lost('ann', hold)), cancelled])).toEqual([1, 0]);
  });

  it('by its best row: a payment that was declined leaves an order of the same hold', () => {
    const hold = { hold: 'h' };
    expect(
      matched([row({ ...hold, rank: 2 }), row({ ...hold, rank: 0 })], [by(yes('ann', hold))]),
    ).toEqual([2]);
    expect(
      matched([row({ ...hold, rank: 1 }), row({ ...hold, rank: 1 })], [by(yes('ann', hold))]),
    ).toEqual([1]);
  });

  it('by a name, but not to one without an answer that names what is another buyer’s', () => {
    const order = { order: 'o' };
    const rows = [row({ id: 'o', buyer: 'ann' }), row({ id: 'p', buyer: 'cem' })];
    const cems = by(yes('cem', { order: 'p' }));
    expect(matched(rows, [by(lost('ben', order)), cems])).toEqual([0, 2]);
    expect(matched(rows, [by(lost('ann', order)), cems])).toEqual([1, 2]);
    expect(matched(rows, [by(yes('ben', order)), cems])).toEqual([1, 2]);
    // Where rows do not say whose they are, the name decides.
    const nobodys = rows.map((each) => ({ ...each, buyer: null }));
    expect(matched(nobodys, [by(lost('ben', order)), cems])).toEqual([1, 2]);
  });

  it('by an id, but not to one without an answer if it names the call that made it', () => {
    const order = { order: 'o' };
    const rows = [row({ id: 'o', callIds: ['c9'] }), row({ id: 'p' })];
    const other = by(yes('cem', { order: 'p' }));
    expect(matched(rows, [by(lost('ann', order)), other])).toEqual([0, 2]);
    expect(matched(rows, [by(yes('ann', order)), other])).toEqual([1, 2]);
  });

  it('by the id that a call without an answer was told, of several rows that are alike', () => {
    const order = { order: 'o2' };
    const rows = ['o1', 'o2'].map((id) => row({ id, buyer: 'ann' }));
    expect(matched(rows, [by(lost('ann', order))])).toEqual([2]);
    expect(matched(rows, [by(attempt('ann', order))])).toEqual([2]);
    expect(matched(rows, [by(lost('ann', order)), by(yes('ann', { order: 'o1' }))])).toEqual([
      2, 1,
    ]);
  });

  it('by its hold, unless the name of the hold is a guess', () => {
    const rows = (isHoldGuessed: boolean) => [row({ hold: 'h', isHoldGuessed, buyer: 'ann' })];
    const calls = [by(yes('ben', { hold: 'h' })), by(yes('ann', { hold: 'g' }))];
    expect(matched(rows(false), calls)).toEqual([1, 0]);
    expect(matched(rows(true), calls)).toEqual([0, 1]);
  });

  it('once', () => {
    const calls = [by(yes('ann', { callId: 'c', hold: 'h' })), by(yes('ann', { hold: 'h' }))];
    expect(matched([row({ callIds: ['c'], hold: 'h' })], calls)).toEqual([1, 0]);
    const own = by(yes('ann', { callId: 'c', order: 'o' }));
    expect(matched([row({ callIds: ['c'] }), row({ id: 'o' })], [own])).toEqual([1]);
  });
});

describe('an attempt', () => {
  it('has the row of its id only if that is like what it asked for', () => {
    const rows = (buyer: string) => [row({ id: 'o', buyer }), row({ buyer: 'zoe' })];
    const calls = [by(attempt('ann', { order: 'o' })), by(yes('zoe'))];
    expect(matched(rows('ann'), calls)).toEqual([1, 2]);
    expect(matched(rows('ben'), calls)).toEqual([0, 2]);
    const twoUnits = [by(attempt('ann', { order: 'o', quantity: 2 })), by(yes('zoe'))];
    const counted = rows('ann').map((each) => ({ ...each, quantity: 1 }));
    expect(matched(counted, twoUnits)).toEqual([0, 2]);
    // The name of the call itself needs no likeness.
    const named = [row({ id: 'o', buyer: 'ben', callIds: ['c'] }), row({ buyer: 'zoe' })];
    expect(matched(named, [by(attempt('ann', { callId: 'c' })), by(yes('zoe'))])).toEqual([1, 2]);
  });

  it('that was declined has no row that stands, and one that came to nothing', () => {
    const declined = by(attempt('ann', { callId: 'c' }), { decided: false });
    expect(matched([row({ callIds: ['c'] })], [declined])).toEqual([0]);
    expect(matched([row({ callIds: ['c'], stands: false })], [declined])).toEqual([1]);
    const nameless = by(attempt('ann'), { decided: false });
    expect(matched([row()], [nameless])).toEqual([0]);
    expect(matched([row({ stands: false })], [nameless])).toEqual([1]);
    expect(matched([row({ stands: false })], [nameless, by(yes('ann'))])).toEqual([0, 1]);
  });

  it('that was decided with a yes must have a row, before calls without an answer', () => {
    const won = by(attempt('ann'), { decided: true });
    expect(matched([row()], [by(lost('ann')), won])).toEqual([0, 1]);
    const open = by(attempt('ann'));
    expect(matched([row()], [by(lost('ann')), open])).toEqual([0, 1]);
    expect(matched([row()], [open, by(yes('ann'))])).toEqual([0, 1]);
  });
});

describe('a row without a name that calls have', () => {
  it('is given to a call that asked for as many units of its SKU for its buyer', () => {
    const rows = [row({ buyer: 'ann', quantity: 2 }), row({ buyer: 'ben', quantity: 1 })];
    expect(matched(rows, [by(yes('ben')), by(yes('ann', { quantity: 2 }))])).toEqual([2, 1]);
    expect(matched(rows, [by(yes('ben', { quantity: 2 })), by(yes('cem'))])).toEqual([0, 0]);
    expect(matched([row()], [by(yes('ann', { sku: 'CUP' }))])).toEqual([0]);
  });

  it('is given by the SKU alone where rows and calls have no buyers in common', () => {
    const rows = [row({ buyer: 'u1' }), row({ buyer: 'u2' })];
    expect(matched(rows, [by(yes('ann')), by(yes('ben'))])).toEqual([1, 2]);
    // A buyer who was only refused is one in common as well.
    expect(matched(rows, [by(yes('ann')), by(yes('ben'))], ['u1'])).toEqual([0, 0]);
    expect(matched([row({ buyer: 'u1' }), row()], [by(yes('ann'))], ['u1'])).toEqual([1]);
    expect(
      matched([row({ buyer: 'u1' })], [by(yes('u1')), by(yes('x', { buyer: undefined }))]),
    ).toEqual([1, 0]);
  });

  it('is given whatever its units are, where some row or call does not tell them', () => {
    const two = [row({ quantity: 2 })];
    expect(matched(two, [by(yes('ann'))])).toEqual([0]);
    expect(matched([...two, row()], [by(yes('ann')), by(yes('ann'))])).toEqual([1, 2]);
    expect(matched(two, [by(yes('ann'), { quantity: undefined })])).toEqual([1]);
    expect(matched(two, [by(yes('ann'), { quantity: undefined }), by(lost('ben'))])).toEqual([
      1, 0,
    ]);
    const [x, x1] = [row({ buyer: 'x1', quantity: 1 }), by(yes('x', { quantity: 11 }))];
    expect(matched([x], [x1], ['x1'])).toEqual([0]);
  });

  it('is given to a call that names its SKU, before one that names none', () => {
    const calls = [by(yes('ann', { sku: undefined })), by(yes('ann'))];
    expect(matched([row(), row({ sku: 'CUP' })], calls)).toEqual([2, 1]);
    expect(matched([row({ sku: 'CUP' }), row()], calls)).toEqual([1, 2]);
    expect(matched([row({ sku: 'CUP' })], [...calls.slice(0, 1), by(yes('ann'))])).toEqual([1, 0]);
  });

  it('is given to those that were answered yes first, then to those that may be deleted, then to the lost', () => {
    const deleted = by(yes('ann'), { deletion: 'maybe' });
    const gone = by(yes('ann'), { deletion: 'surely' });
    const calls = [by(lost('ann')), gone, deleted, by(yes('ann'))];
    const given = (count: number) =>
      matched(
        Array.from({ length: count }, () => row()),
        calls,
      );
    expect(given(1)).toEqual([0, 0, 0, 1]);
    expect(given(2)).toEqual([0, 0, 2, 1]);
    expect(given(3)).toEqual([3, 0, 2, 1]);
    expect(given(4)).toEqual([3, 4, 2, 1]);
    expect(given(5)).toEqual([3, 4, 2, 1]);
  });

  it('is given in the order of rank', () => {
    expect(matched([row({ rank: 1 }), row({ rank: 0 })], [by(yes('ann'))])).toEqual([2]);
  });

  it('is not given to a call that was told another id, but to one that was told none', () => {
    const rows = [row({ id: 'o1' }), row({ id: 'o2' })];
    const first = by(yes('ann', { order: 'o1' }));
    expect(matched(rows, [first, by(yes('ann', { order: 'o9' }))])).toEqual([1, 0]);
    expect(matched(rows, [first, by(yes('ann'))])).toEqual([1, 2]);
    expect(matched(rows, [first, by(lost('ann', { order: 'o9' }))])).toEqual([1, 2]);
    expect(matched(rows, [first, by(attempt('ann', { order: 'o9' }))])).toEqual([1, 2]);
    expect(matched([row({ id: 'o1' }), row()], [first, by(yes('ann', { order: 'o9' }))])).toEqual([
      1, 2,
    ]);
    // Ids of two kinds tell nothing.
    expect(matched([row({ id: '1' })], [by(yes('ann', { order: 'o9' }))])).toEqual([1]);
  });

  it('is not given to a call of another hold, unless a late checkout may have made that', () => {
    const rows = (second: Partial<MatchedRow> = {}) => [
      row({ hold: 'h1' }),
      row({ hold: 'h2', ...second }),
    ];
    const first = by(yes('ann', { hold: 'h1' }));
    expect(matched(rows(), [first, by(yes('ann', { hold: 'h9' }))])).toEqual([1, 0]);
    expect(matched(rows(), [first, by(yes('ann'))])).toEqual([1, 2]);
    expect(matched(rows({ hold: null }), [first, by(yes('ann', { hold: 'h9' }))])).toEqual([1, 2]);
    const guessed = rows({ isHoldGuessed: true });
    expect(matched(guessed, [first, by(yes('ann', { hold: 'h9' }))])).toEqual([1, 2]);
    const checkout = by(said('confirm', 'ann', [20, 30], { hold: 'h9' }));
    expect(matched(rows(), [first, checkout])).toEqual([1, 2]);
    const other = by(lost('ben', { hold: 'h2' }), { deletion: 'surely', decided: true });
    expect(
      matched([row({ hold: 'h1' }), row({ hold: 'h2', callIds: [] })], [first, checkout, other]),
    ).toEqual([1, 0, 2]);
    // Ids of two kinds tell nothing.
    expect(matched([row({ hold: '1' })], [by(yes('ann', { hold: 'h9' }))])).toEqual([1]);
  });

  it('is given to nobody if it names another call', () => {
    expect(matched([row({ callIds: ['c9'] })], [by(yes('ann'))])).toEqual([0]);
  });

  it('is given to no call that was refused', () => {
    expect(matched([row()], [by(refused('buy', 'ann', [0, 10]))])).toEqual([0]);
  });
});

describe('a row that is only like what a call asked for', () => {
  it('is likely, and not vague as long as it is alone', () => {
    expect(doubtsIn([row()], [by(yes('ann'))])).toEqual({ likely: [1], vague: [], open: [] });
    const named = [row({ callIds: ['c'] })];
    expect(doubtsIn(named, [by(yes('ann', { callId: 'c' }))])).toEqual({
      ...{ likely: [], vague: [], open: [] },
    });
  });

  it('is vague if another one is like it, though each has its call', () => {
    const calls = [by(yes('ann')), by(yes('ben'))];
    expect(doubtsIn([row(), row()], calls)).toEqual({ likely: [1, 2], vague: [1, 2], open: [] });
    const ofTwo = [row({ buyer: 'ann' }), row({ buyer: 'ben' })];
    expect(doubtsIn(ofTwo, calls)).toEqual({ likely: [1, 2], vague: [], open: [] });
    const twoSkus = [row(), row({ sku: 'CUP' })];
    expect(doubtsIn(twoSkus, [by(yes('ann')), by(yes('ben', { sku: 'CUP' }))])).toMatchObject({
      vague: [],
    });
  });

  it('is vague, and leaves its calls open, if fewer rows than calls without an answer are left', () => {
    const two = [by(lost('ann')), by(lost('ben'))];
    expect(doubtsIn([row()], two)).toEqual({ likely: [1], vague: [1], open: [1, 2] });
    expect(doubtsIn([], two)).toEqual({ likely: [], vague: [], open: [] });
    expect(doubtsIn([row(), row()], two)).toMatchObject({ open: [] });
    const yesTaken = [by(yes('cem')), ...two];
    expect(doubtsIn([row()], yesTaken)).toEqual({ likely: [1], vague: [], open: [] });
    const lostAttempt = by(unanswered('attempt', 'ann', 0));
    expect(doubtsIn([row()], [lostAttempt])).toEqual({ likely: [1], vague: [], open: [] });
    // One that was declined came to nothing, and leaves no other call open.
    for (const tried of [attempt('ann'), unanswered('attempt', 'ann', 0)]) {
      const declined = by(tried, { decided: false });
      expect(doubtsIn([row({ stands: false })], [declined, by(lost('ben'))])).toEqual({
        ...{ likely: [1], vague: [], open: [] },
      });
    }
  });

  it('leaves no call of one buyer open: it may be of any of them', () => {
    const two = [by(lost('ann')), by(lost('ann'))];
    expect(doubtsIn([row({ buyer: 'ann' })], two)).toEqual({ likely: [1], vague: [], open: [] });
    // Unless one of them surely made an order, which may be deleted.
    const deleted = by(yes('ann'), { deletion: 'maybe' });
    expect(doubtsIn([row({ buyer: 'ann' })], [by(lost('ann')), deleted])).toEqual({
      ...{ likely: [1], vague: [1], open: [1, 2] },
    });
  });

  it('is vague if calls without an answer asked for different numbers of units, which no row tells', () => {
    const calls = [by(lost('ann')), by(lost('ann', { quantity: 2 }))];
    expect(doubtsIn([row({ buyer: 'ann' })], calls)).toEqual({
      ...{ likely: [1], vague: [1], open: [] },
    });
  });

  it('is passed over if a call was given one like it and no other call is left', () => {
    const passedOver = (rows: MatchedRow[], calls: MatchedCall[]) =>
      [...matchingOf(rows, calls).passedOver].map((place) => place + 1);
    const [ann, ben] = [row({ buyer: 'ann' }), row({ buyer: 'ben' })];
    expect(passedOver([ann, ann, ben], [by(yes('ann'))])).toEqual([2]);
    expect(passedOver([ann, ann], [by(yes('ann')), by(yes('ann'))])).toEqual([]);
    expect(
      passedOver([ann, row({ id: 'o1', buyer: 'ann' })], [by(yes('ann', { order: 'o1' }))]),
    ).toEqual([]);
  });

  it('settles no call without an answer where it may be somebody else’s, or older', () => {
    const others = { mayBeOfOthers: true };
    const open = { likely: [], vague: [], open: [1] };
    expect(doubtsIn([row(others)], [by(lost('ann'))])).toEqual(open);
    expect(doubtsIn([row({ mayBeOlder: true, buyer: 'ann' })], [by(lost('ann'))])).toEqual(open);
    // Its buyer tells that it is theirs.
    expect(doubtsIn([row({ ...others, buyer: 'ann' })], [by(lost('ann'))])).toMatchObject({
      ...{ likely: [1], open: [] },
    });
    // A yes must have one, and takes it.
    expect(doubtsIn([row(others)], [by(yes('ann'))])).toMatchObject({ likely: [1], open: [] });
    const gone = by(yes('ann'), { deletion: 'surely' });
    expect(doubtsIn([row(others)], [gone])).toEqual({ likely: [], vague: [], open: [] });
    expect(doubtsIn([row()], [gone])).toMatchObject({ likely: [1] });
    const either = [row({ mayBeOlder: true }), row({ sku: 'CUP' })];
    const goneOfAny = by(yes('ann', { sku: undefined }), { deletion: 'surely' });
    expect(doubtsIn(either, [goneOfAny])).toMatchObject({ likely: [] });
    // One whose order was surely deleted leaves nothing open.
    expect(doubtsIn([row(others)], [by(lost('ann'), { deletion: 'surely' })])).toEqual({
      ...{ likely: [], vague: [], open: [] },
    });
  });
});

describe('the names of rows and calls', () => {
  const knows = (rows: MatchedRow[], calls: MatchedCall[], others: string[] = []) => {
    const { knowsIds, knowsHolds, knowsBuyers } = matchingOf(rows, calls, others);
    return Object.entries({ ids: knowsIds, holds: knowsHolds, buyers: knowsBuyers })
      .flatMap(([name, isKnown]) => (isKnown ? [name] : []))
      .join();
  };

  it('are of one kind if one of them is the same', () => {
    const told = [by(yes('ann', { order: 'o1', hold: 'h1' })), by(yes('ben'))];
    expect(knows([row({ id: 'o1', hold: 'h1', buyer: 'ann' })], told)).toBe('ids,holds,buyers');
    expect(knows([row({ id: '1', hold: '2', buyer: '3' })], told)).toBe('');
    expect(knows([], told)).toBe('');
    expect(knows([row({ id: 'o1' })], [by(yes('ann'))])).toBe('');
  });

  it('of an order are those that a yes told, and not those of attempts', () => {
    const rows = [row({ id: 'o1' })];
    expect(knows(rows, [by(lost('ann', { order: 'o1' }))])).toBe('');
    expect(knows(rows, [by(attempt('ann', { order: 'o1' }), { decided: true })])).toBe('');
  });

  it('of buyers are known only if all rows and all calls have them', () => {
    const ann = by(yes('ann'));
    expect(knows([row({ buyer: 'ann' })], [ann])).toBe('buyers');
    expect(knows([row({ buyer: 'ann' }), row()], [ann])).toBe('');
    expect(knows([row({ buyer: 'ann' })], [ann, by(yes('x', { buyer: undefined }))])).toBe('');
    expect(knows([row({ buyer: 'ben' })], [ann], ['ben'])).toBe('buyers');
  });
});
