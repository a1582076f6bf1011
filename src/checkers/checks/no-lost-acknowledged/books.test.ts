import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { LedgerRowKind } from '../../../protocol/ledger.ts';
import { noLostAcknowledged } from '../no-lost-acknowledged.ts';

const sale = saleOf({ total: 9, unitsPerBuyerMax: 9 });
const held = (hold: string) => said('reserve', 'ann', [0, 10], { hold });
const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
const cancelled = said('cancel', 'ann', [40, 50], { order: 'order-a' });
const of = (hold: string, ...kinds: Entry['kind'][]): Entry[] =>
  kinds.map((kind) => ({ kind, hold, buyer: 'ann' }));
const SOLD_AND_BACK = of('a', 'RESERVED', 'SOLD', 'RETURNED');

/** The calls that the ledger does not bear out, by kind and hold. */
const lostOf = (calls: Call[], entries: Entry[], kept?: LedgerRowKind[]) => {
  const evidence = evidenceOf(sale, calls, { ledger: booksOf(sale, entries) });
  const { witness } = noLostAcknowledged.check(kept ? keeping(evidence, ...kept) : evidence);
  return (witness?.operations ?? []).map(({ kind, hold = '' }) => `${kind} ${hold}`);
};

describe('a reservation was given back as somebody asked', () => {
  it('when its order was cancelled, though the answer to the checkout was lost', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    expect(lostOf([held('a'), lost, cancelled], SOLD_AND_BACK)).toEqual([]);
    expect(lostOf([held('a'), paid], SOLD_AND_BACK)).toEqual(['reserve a', 'confirm a']);
  });

  it('when the cancellation names it, though the order is not there', () => {
    const named = { ...cancelled, hold: 'a' };
    expect(lostOf([held('a'), named], of('a', 'RESERVED', 'RELEASED'))).toEqual(['cancel a']);
    expect(lostOf([held('a'), cancelled], of('a', 'RESERVED', 'RELEASED'))).toEqual([
      'reserve a',
      'cancel ',
    ]);
  });
});

it('a reservation is looked up by its own call, though its buyer had bought it before', () => {
  const bought = said('buy', 'ann', [0, 10], { hold: 'a', order: 'order-a', callId: 'try-1' });
  const again = said('reserve', 'ann', [20, 30], { hold: 'a', callId: 'try-2' });
  const entries = of('a', 'RESERVED', 'SOLD').map((entry) => ({ ...entry, callId: 'try-1' }));
  expect(lostOf([bought], entries)).toEqual([]);
  expect(lostOf([bought, again], entries)).toEqual(['reserve a']);
});

describe('where no orders are kept', () => {
  const kept: LedgerRowKind[] = ['inventory', 'reservation'];
  const both = [...SOLD_AND_BACK, ...of('b', 'RESERVED', 'RELEASED')];

  it('the answer to a checkout tells which reservation a cancelled order was of, and a refusal does not', () => {
    const no = refused('confirm', 'ann', [35, 36], { hold: 'b', order: 'order-a' });
    expect(lostOf([held('a'), held('b'), paid, no, cancelled], both, kept)).toEqual(['reserve b']);
  });

  it('an order of which nobody told may have been of any reservation of its buyer', () => {
    expect(lostOf([held('a'), held('b'), cancelled], both, kept)).toEqual([]);
    const ofBob = { ...cancelled, buyer: 'bob' };
    expect(lostOf([held('a'), held('b'), ofBob], both, kept)).toEqual(['reserve a', 'reserve b']);
  });
});
