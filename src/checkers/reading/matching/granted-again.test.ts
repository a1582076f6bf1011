import { describe, expect, it } from 'vitest';
import { type Call, SKU, said, unanswered } from '../../../../test/judge/story.ts';
import { underToldCalls } from './granted-again.ts';
import type { MatchedCall, MatchedRow } from './row-and-call.ts';

const rowOf = (facts: Partial<MatchedRow> = {}): MatchedRow => ({
  ...{ id: 'h1', hold: null, isHoldGuessed: false, buyer: 'ann', sku: SKU, quantity: 1 },
  ...{ callIds: ['c1'], rank: 0, stands: true, mayBeOfOthers: false, mayBeOlder: false },
  ...facts,
});

const callOf = (call: Call, facts: Partial<MatchedCall> = {}): MatchedCall => ({
  operation: { ...call, id: 1 },
  ...{ decided: undefined, callIds: [call.callId ?? ''], id: call.hold, hold: undefined },
  ...{ buyer: call.buyer, sku: call.sku, quantity: call.quantity, deletion: 'no' },
  ...facts,
});

const first = (facts: Partial<Call> = {}) =>
  callOf(unanswered('reserve', 'ann', 0, { callId: 'c1', ...facts }));
const told = (facts: Partial<Call> = {}) =>
  callOf(said('reserve', 'ann', [20, 30], { callId: 'c2', hold: 'h1', ...facts }));

const idsOf = (rows: MatchedRow[], calls: MatchedCall[], knowsIds = true) =>
  underToldCalls(rows, calls, { knowsIds }).map(({ callIds }) => callIds[0]);

describe('a row under the id of a call without an answer', () => {
  it('is that of a later call for the same, which was told of it', () => {
    expect(idsOf([rowOf()], [first(), told()])).toEqual(['c2']);
    const paid = { kind: 'confirm', hold: 'h7' } as const;
    const bought = { ...told(paid), id: 'h1' };
    expect(idsOf([rowOf()], [first(paid), bought])).toEqual(['c2']);
    expect(idsOf([rowOf()], [first({ ...paid, hold: 'h8' }), bought])).toEqual(['c1']);
  });

  it.each([
    ['asks for something else', first({ kind: 'buy' }), told()],
    ['asks for another SKU', first({ sku: 'CUP' }), told()],
    ['asks for more', first({ quantity: 2 }), told()],
    ['asks for more of another', first({ buyer: '1', sku: 'A1' }), told({ buyer: '11', sku: 'A' })],
    ['is somebody else’s', first({ buyer: 'bob' }), told()],
    ['was made when the other had been answered', first({ invokedAtNs: 30e6 }), told()],
    ['was answered', callOf(said('reserve', 'ann', [0, 9], { callId: 'c1' })), told()],
    ['is not followed by an answer', first(), callOf(unanswered('reserve', 'ann', 20))],
    ['is followed by one that may have no row', first(), { ...told(), deletion: 'maybe' as const }],
  ])('is its own where that call %s', (_, asked, answered) => {
    expect(idsOf([rowOf()], [asked, answered])).toEqual(['c1']);
  });

  it('is its own where the other has a row, or was told of another', () => {
    expect(idsOf([rowOf(), rowOf({ callIds: ['c2'] })], [first(), told()])).toEqual(['c1', 'c2']);
    const twice = { ...told(), callIds: ['c0', 'c2'] };
    expect(idsOf([rowOf(), rowOf({ callIds: ['c2'] })], [first(), twice])).toEqual(['c1', 'c2']);
    expect(idsOf([rowOf()], [first(), told({ hold: 'h2' })])).toEqual(['c1']);
  });

  it('may be of any such call where names are of two kinds, or not told', () => {
    expect(idsOf([rowOf()], [first(), told({ hold: 'h2' })], false)).toEqual(['c2']);
    expect(idsOf([rowOf()], [first(), told({ hold: undefined })])).toEqual(['c2']);
    expect(idsOf([rowOf({ id: null })], [first(), told()])).toEqual(['c2']);
  });

  it('is of one of them alone', () => {
    const other = told({ callId: 'c3' });
    expect(idsOf([rowOf()], [first(), told(), other], false)).toEqual(['c2']);
    const two = [rowOf(), rowOf({ id: 'h2', callIds: ['c0'] })];
    expect(idsOf(two, [first({ callId: 'c0' }), first(), told(), other], false)).toEqual([
      'c2',
      'c3',
    ]);
  });
});
