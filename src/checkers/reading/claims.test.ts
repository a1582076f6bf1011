import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
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
} from '../../../test/judge/story.ts';
import type { Operation } from '../../history/operation.ts';
import type { LedgerRowKind } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { attribute } from './attribution.ts';
import { createClaims } from './claims.ts';
import { indexLedger } from './ledger-index.ts';
import { findWishes } from './wishes.ts';

const sale = saleOf({ total: 9 });
const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });

/** The claims on a ledger of these entries, and the calls in their order. */
const claimsOf = (calls: Call[], entries: Entry[]) => {
  const evidence = evidenceOf(sale, calls, { ledger: booksOf(sale, entries) });
  const { index } = indexLedger(evidence);
  return {
    claims: createClaims(findWishes(evidence), index),
    calls: evidence.operations as [Operation, Operation],
  };
};

describe('a claim on the ledger', () => {
  it('is settled by the call id', () => {
    const { claims, calls } = claimsOf(
      [lost, unanswered('reserve', 'ann', 1, { callId: 'try-b' })],
      [{ kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'try-b' }],
    );
    expect(claims.settle(calls[0])).toBe('did-not-happen');
    expect(claims.settle(calls[1])).toMatchObject({
      made: 'found',
      reservation: { reservationId: 'b' },
    });
  });

  it('is settled by the buyer, the SKU and the quantity where no call ids are stored, once per row', () => {
    const { claims, calls } = claimsOf(
      [lost, unanswered('reserve', 'ann', 1)],
      [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }],
    );
    expect(claims.settle(calls[0])).toMatchObject({ reservation: { reservationId: 'a' } });
    expect(claims.settle(calls[1])).toBe('did-not-happen');
  });

  it('takes no row that another call was told of', () => {
    const { claims, calls } = claimsOf(
      [said('reserve', 'ann', [0, 1], { hold: 'a' }), unanswered('reserve', 'ann', 1)],
      [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }],
    );
    expect(claims.answered(calls[0])).toMatchObject({ reservation: { reservationId: 'a' } });
    expect(claims.settle(calls[1])).toBe('did-not-happen');
  });

  it('of a registration may be the hold that an earlier one of the buyer has left', () => {
    const { claims, calls } = claimsOf(
      [
        refused('register', 'ann', [0, 9], { callId: 'try-a', code: 'ALREADY_REGISTERED' }),
        unanswered('register', 'ann', 1, { callId: 'try-b' }),
      ],
      [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'try-b' },
      ],
    );
    expect(claims.settle(calls[1])).toMatchObject({ reservation: { reservationId: 'a' } });
    expect(claims.settle(calls[1])).toBe('did-not-happen');
  });

  it('of an attempt without an answer stands while the ledger has the attempt', () => {
    const evidence = inAttempts(({ attempts }) => {
      Object.assign(attempts[0] as object, { status: 'FAILED', orderId: null, callId: 'lost' });
    });
    const claims = createClaims(findWishes(evidence), indexLedger(evidence).index);
    const lostAttempt = (callId: string) =>
      ({ ...unanswered('attempt', 'ann', 0, { callId }), id: 9 }) as Operation;
    expect(claims.decided(lostAttempt('lost'))).toEqual({ made: 'found', reservation: undefined });
    expect(claims.decided(lostAttempt('other'))).toBe('did-not-happen');
  });

  it('of an accepted attempt without a row may have held units until it was decided', () => {
    // No attempts are kept, so the one without an answer may have been accepted as well.
    const { claims, calls } = claimsOf(
      [said('attempt', 'ann', [0, 1], { callId: 'try-a' }), unanswered('attempt', 'bob', 1)],
      [],
    );
    expect(claims.decided(calls[0])).toEqual({ made: 'found', reservation: undefined });
    expect(claims.decided(calls[1])).toEqual({ made: 'found', reservation: undefined });
  });

  it('of a registration may be another registration’s row where no orders are kept', () => {
    const evidence = evidenceOf(sale, [unanswered('register', 'ann', 5, { callId: 'try-2' })], {
      ledger: booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' }]),
    });
    const settled = (ledger: LedgerRowKind[]) => {
      const manifest = { ...evidence.sale.evidence, ledger };
      const kept = { ...evidence, sale: { ...evidence.sale, evidence: manifest } };
      const claims = createClaims(findWishes(kept), indexLedger(kept).index);
      return claims.settle(kept.operations[0] as Operation);
    };
    expect(settled(['reservation'])).toMatchObject({ made: 'found' });
    expect(settled(['reservation', 'order'])).toBe('did-not-happen');
  });

  it('is settled by any call id of the calls that repeat a key', () => {
    const key = { idempotencyKey: 'wish' };
    const evidence = evidenceOf(
      sale,
      [{ ...lost, ...key }, unanswered('reserve', 'ann', 1, { ...key, callId: 'try-b' })],
      {
        ledger: booksOf(sale, [{ kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'try-b' }]),
      },
    );
    const wishes = findWishes(evidence);
    const claims = createClaims(wishes, indexLedger(evidence).index);
    expect(wishes.calls.map(claims.settle)).toMatchObject([
      { reservation: { reservationId: 'b' } },
    ]);
  });

  it('takes no row of another buyer, of another quantity or, where call ids are stored, without a name', () => {
    const { claims, calls } = claimsOf(
      [lost, unanswered('reserve', 'bob', 1, { quantity: 2 })],
      [{ kind: 'RESERVED', hold: 'b', buyer: 'bob' }],
    );
    expect(calls.map(claims.settle)).toEqual(['did-not-happen', 'did-not-happen']);

    const named = claimsOf(
      [{ ...lost, buyer: undefined }],
      [{ kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b' }],
    );
    expect(named.claims.settle(named.calls[0])).toBe('did-not-happen');
  });

  it('stays open for a buyer without a name where no call ids are stored', () => {
    const { claims, calls } = claimsOf(
      [{ ...lost, buyer: undefined }],
      [{ kind: 'RESERVED', hold: 'b', buyer: 'bob' }],
    );
    expect(claims.settle(calls[0])).toEqual({ made: 'unsettled', reservation: undefined });
  });

  it('of an answer that names no hold is settled by the call id', () => {
    const { claims, calls } = claimsOf(
      [said('register', 'ann', [0, 1], { callId: 'try-a' })],
      [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }],
    );
    expect(claims.answered(calls[0])).toMatchObject({ reservation: { reservationId: 'a' } });
  });

  it('takes a row that only a later checkout, or a refusal, told of', () => {
    for (const later of [
      said('confirm', 'ann', [2, 3], { hold: 'a' }),
      refused('reserve', 'ann', [2, 3], { hold: 'a', code: 'ALREADY_RESERVED' }),
    ]) {
      const { claims, calls } = claimsOf(
        [lost, later],
        [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }],
      );
      expect(claims.settle(calls[0])).toMatchObject({ reservation: { reservationId: 'a' } });
    }
  });

  it('of a registration takes the rows of others in their order, and none that its own call has taken', () => {
    const calls = ['try-1', 'try-2', 'try-3'].map((callId, place) =>
      unanswered('register', 'ann', place, { callId }),
    );
    const rows = ['try-1', 'try-8', 'try-9'].map(
      (callId, place): Entry => ({
        ...{ kind: 'RESERVED', hold: `h${place}`, buyer: 'ann', callId },
      }),
    );
    const evidence = evidenceOf(sale, calls, { ledger: booksOf(sale, rows) });
    const kept = keeping(evidence, 'reservation');
    const { settle } = createClaims(findWishes(kept), indexLedger(kept).index);
    expect(kept.operations.map(settle)).toMatchObject([
      { reservation: { reservationId: 'h0' } },
      { reservation: { reservationId: 'h1' } },
      { reservation: { reservationId: 'h2' } },
    ]);
    expect(settle(kept.operations[1] as Operation)).toBe('did-not-happen');
  });

  it('of a reserve call, or of nobody, is no row of another call', () => {
    const evidence = evidenceOf(
      sale,
      [
        unanswered('reserve', 'ann', 0, { callId: 'try-1' }),
        unanswered('register', 'ann', 1, { callId: 'try-2', buyer: undefined }),
      ],
      { ledger: booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-9' }]) },
    );
    const kept = keeping(evidence, 'reservation');
    const { settle } = createClaims(findWishes(kept), indexLedger(kept).index);
    expect(kept.operations.map(settle)).toEqual(['did-not-happen', 'did-not-happen']);
  });

  it('of a purchase that told its hold while it was still to be paid is the row of its call', () => {
    const { claims, calls } = claimsOf(
      [unanswered('buy', 'ann', 0, { hold: 'a', callId: 'try-a', status: 202 })],
      [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }],
    );
    expect(claims.settle(calls[0])).toMatchObject({ reservation: { reservationId: 'a' } });
  });

  it('takes rows that are alike in their order', () => {
    const { claims, calls } = claimsOf(
      [lost, unanswered('reserve', 'ann', 1)],
      [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
      ],
    );
    expect(calls.map(claims.settle)).toMatchObject([
      { reservation: { reservationId: 'a' } },
      { reservation: { reservationId: 'b' } },
    ]);
  });
});

describe('a claim on the books of a described shop', () => {
  const settledIn = (evidence: Evidence) => {
    const attributed = attribute(evidence);
    const { settle } = createClaims(findWishes(attributed), indexLedger(attributed).index);
    return attributed.operations.map((call) => {
      const claim = settle(call);
      return claim === 'did-not-happen' ? claim : claim.made;
    });
  };

  it('stays open where its rows do not tell which call made them', () => {
    const two = [unanswered('reserve', 'ann', 0), unanswered('reserve', 'ben', 1)];
    expect(settledIn(shopOf({ total: 9 }, two, { reservations: [reservation({})] }))).toEqual([
      'unsettled',
      'unsettled',
    ]);
    // The row of another hold that is over shows that such rows are not deleted.
    const zoes = [reservation({ userId: 'zoe', quantity: 7, status: 'EXPIRED' })];
    expect(settledIn(shopOf({ total: 9 }, two, { reservations: zoes }))).toEqual([
      'did-not-happen',
      'did-not-happen',
    ]);
  });

  it('is settled by orders alone only if it takes and sells units at once', () => {
    const calls = [
      unanswered('reserve', 'cem', 0),
      unanswered('buy', 'ann', 1),
      unanswered('buy', 'ben', 2),
      unanswered('register', 'dan', 3),
      unanswered('register', 'eve', 4),
      ...['c1', 'c2'].map((callId) => unanswered('buy', 'fay', 5, { callId, idempotencyKey: 'k' })),
    ];
    const orders = [
      ...['ann', 'dan'].map((userId) => order({ userId, quantity: 1 })),
      order({ userId: 'fay', quantity: 1, callId: 'c2' }),
    ];
    expect(settledIn(shopOf({ total: 9 }, calls, { orders }))).toEqual([
      'unsettled',
      'found',
      'did-not-happen',
      'found',
      'did-not-happen',
      'found',
      'found',
    ]);
  });

  it('of a buyer without a name is not settled by a row of another SKU', () => {
    const skus = ['SKU-1', 'CUP'].map((skuId) => ({ skuId, total: 9 }));
    const calls = [unanswered('reserve', 'ann', 0, { buyer: undefined })];
    const rows = { reservations: [reservation({ skuId: 'CUP' })] };
    expect(settledIn(shopOf({ skus }, calls, rows))).toEqual(['did-not-happen']);
  });
});

describe('a claim of an attempt', () => {
  it('without an answer stands if an attempt of its buyer is in the books that may be this one', () => {
    const evidence = (callId: string | null, userId: string) =>
      inAttempts(({ attempts }) => {
        Object.assign(attempts[0] as object, { status: 'FAILED', orderId: null, callId, userId });
      });
    const lostAttempt = {
      ...unanswered('attempt', 'ann', 0, { callId: 'lost' }),
      id: 9,
    } as Operation;
    const decided = (callId: string | null, userId = 'ann') => {
      const given = evidence(callId, userId);
      return createClaims(findWishes(given), indexLedger(given).index).decided(lostAttempt);
    };
    const stands = { made: 'found', reservation: undefined };
    expect(decided('lost')).toEqual(stands);
    expect(decided(null)).toEqual(stands);
    expect(decided('other')).toBe('did-not-happen');
    expect(decided('lost', 'zoe')).toBe('did-not-happen');
    const given = evidence('other', 'zoe');
    const { decided: decidedIn } = createClaims(findWishes(given), indexLedger(given).index);
    expect(decidedIn({ ...lostAttempt, outcome: 'ok', completedAtNs: 9e6 })).toEqual(stands);
  });
});
