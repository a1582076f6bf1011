import { describe, expect, it } from 'vitest';
import { CAMPAIGN, campaignSale } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { brokenSale } from '../../simulation/broken-sale.ts';
import { neverOversold } from './never-oversold.ts';

const one = saleOf({ total: 1 });
const check = neverOversold.check;

describe('never-oversold, by the answers', () => {
  it('counts a hold of a described shop until it may have lapsed, however late it is sold', () => {
    const judged = (confirmedMs: number) =>
      check(
        evidenceOf(saleOf({ total: 1, shop: 'corner-shop' }), [
          said('reserve', 'ann', [0, 10], { hold: 'a' }),
          said('reserve', 'bob', [15, 20], { hold: 'b' }),
          said('release', 'bob', [30, 40], { hold: 'b' }),
          said('confirm', 'ann', [confirmedMs, confirmedMs + 10], { hold: 'a' }),
        ]),
      );
    const summary = 'SKU-1 has 1 unit, and 2 were held at 12:00:00.020 UTC; at the worst moment 2';
    expect(judged(500)).toMatchObject({ status: 'invalid', summary });
    expect(judged(5_000)).toMatchObject({ status: 'invalid', summary });
  });

  it('is invalid when two hold the only unit, and names both with the times of their answers', () => {
    const { status, summary, witness } = check(
      evidenceOf(one, [
        said('reserve', 'ann', [400, 412], { requestId: 'r1', instance: 'http://one' }),
        said('reserve', 'bob', [401, 415], { requestId: 'r2', instance: 'http://two' }),
        refused('reserve', 'cid', [402, 416]),
      ]),
    );
    expect(status).toBe('invalid');
    expect(summary).toBe(
      'SKU-1 has 1 unit, and 2 were held at 12:00:00.415 UTC; at the worst moment 2',
    );
    expect(witness?.prose).toBe(
      'SKU-1 has 1 unit. Buyer ann was told at 12:00:00.412 UTC (request r1, http://one) that the unit is theirs; ' +
        'buyer bob was told at 12:00:00.415 UTC (request r2, http://two) that it is theirs, and buyer ann had not given it back.',
    );
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'bob']);
  });

  it('is valid when the first was cancelled before the second was answered', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
      said('reserve', 'bob', [15, 21]),
    ];
    expect(check(evidenceOf(one, calls)).status).toBe('valid');
  });

  it('counts a cancellation from its call on, so an answer of the same nanosecond is no oversell', () => {
    const cancelledAt = (atMs: number) =>
      check(
        evidenceOf(one, [
          said('reserve', 'ann', [0, 10], { hold: 'a' }),
          said('release', 'ann', [atMs, 40], { hold: 'a' }),
          said('reserve', 'bob', [15, 20]),
        ]),
      ).status;
    expect(cancelledAt(20)).toBe('valid');
    expect(cancelledAt(20.000001)).toBe('invalid');
  });

  it('counts a hold until exactly one TTL after its call, the earliest moment at which it may lapse', () => {
    const soldAgainAt = (atMs: number) =>
      check(
        evidenceOf(one, [
          said('reserve', 'ann', [0, 10]),
          said('reserve', 'bob', [atMs - 5, atMs]),
        ]),
      ).status;
    expect(soldAgainAt(999.999)).toBe('invalid');
    expect(soldAgainAt(1_000)).toBe('valid');
  });

  it('keeps a hold that was bought for ever: a purchase cannot lapse', () => {
    const { status } = check(
      evidenceOf(one, [
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        said('confirm', 'ann', [500, 510], { hold: 'a' }),
        said('reserve', 'bob', [5_000, 5_010]),
      ]),
    );
    expect(status).toBe('invalid');
  });

  it('counts units, not calls', () => {
    const five = saleOf({ total: 5 });
    const calls = (quantity: number) => [
      said('reserve', 'ann', [0, 10], { quantity: 3 }),
      said('reserve', 'bob', [0, 11], { quantity }),
    ];
    expect(check(evidenceOf(five, calls(2))).status).toBe('valid');
    const { status, witness } = check(evidenceOf(five, calls(3)));
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('units 4–6: Buyer bob asked for 3 units');
    expect(witness?.prose).toContain('1 unit too many');
  });

  it('shows the last units up to the total and the first beyond it, of many', () => {
    const calls = Array.from({ length: 130 }, (_, place) =>
      said('reserve', `buyer${place + 1}`, [place, place + 1]),
    );
    const { witness } = check(evidenceOf(saleOf({ total: 100 }), calls));
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual([
      'buyer97',
      'buyer98',
      'buyer99',
      'buyer100',
      'buyer101',
    ]);
    expect(witness?.prose).toContain('At 12:00:00.101 UTC, 101 reservations of 101 units');
    expect(witness?.prose).toContain('unit 101: Buyer buyer101');
    expect(witness?.prose).toContain('At the worst moment 130 units were held at once.');
  });

  it('counts the unit of a voucher that was handed out as sold', () => {
    const late = said('register', 'cid', [20, 30], { order: 'order-c', voucher: 'CODE-C' });
    expect(check(evidenceOf(campaignSale, [...CAMPAIGN, late])).status).toBe('invalid');
  });

  it('does not let a doubt about one SKU hide a certainty about another', () => {
    const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
    const second = { sku: 'SKU-2' };
    const { status, summary } = check(
      evidenceOf(saleOf({ skus }), [
        said('reserve', 'ann', [0, 10]),
        unanswered('reserve', 'bob', 1),
        said('reserve', 'cid', [2, 10], second),
        said('reserve', 'dan', [3, 10], second),
      ]),
    );
    expect(status).toBe('invalid');
    expect(summary).toContain('SKU-2');
  });

  it('is skipped when nobody asked for anything', () => {
    expect(check(evidenceOf(one, [])).status).toBe('skipped');
  });
});

describe('never-oversold, with calls that got no answer', () => {
  const bought = [
    said('reserve', 'ann', [0, 10], { hold: 'a' }),
    said('confirm', 'ann', [20, 30], { hold: 'a' }),
  ];
  const inDoubt = [...bought, unanswered('reserve', 'bob', 5, { callId: 'try-bob' })];

  it('is unknown when they may have taken a unit too many, and names them', () => {
    const { status, witness } = check(evidenceOf(one, inDoubt));
    expect(status).toBe('unknown');
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['bob']);
  });

  it('is invalid when another SKU, or another proof, is not in doubt', () => {
    const skus = [
      { skuId: 'SKU-0', total: 0 },
      { skuId: SKU, total: 1 },
    ];
    const doubtful = unanswered('reserve', 'dan', 5, { sku: 'SKU-0' });
    const other = said('reserve', 'cid', [40, 50], { hold: 'c' });
    const calls = [...bought, doubtful, other];
    expect(check(evidenceOf(saleOf({ skus }), calls)).status).toBe('invalid');
    expect(check(evidenceOf(saleOf({ skus }), [...bought, doubtful])).status).toBe('unknown');
    expect(check(evidenceOf(one, [...inDoubt, other])).status).toBe('invalid');
  });

  it('is valid when the final ledger has no trace of them', () => {
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(one, inDoubt, { ledger })).status).toBe('valid');
  });

  it('is valid when the ledger shows that the one in doubt had lapsed before', () => {
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-bob' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(one, inDoubt, { ledger })).status).toBe('valid');
  });

  it('is invalid when the ledger has both', () => {
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-bob' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    const { status, summary } = check(evidenceOf(one, inDoubt, { ledger }));
    expect(status).toBe('invalid');
    expect(summary).toBe('SKU-1 has 1 unit, and the final ledger has 1 sold and 1 held');
  });

  it('is unknown when only a cancellation without an answer can explain the answers', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('release', 'ann', 20, { hold: 'a' }),
      said('reserve', 'bob', [30, 40], { hold: 'b' }),
    ];
    expect(check(evidenceOf(one, calls)).status).toBe('unknown');
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
    ]);
    expect(check(evidenceOf(one, calls, { ledger })).status).toBe('valid');
  });

  it('is unknown when a checkout without an answer may have kept a hold that lapsed otherwise', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('confirm', 'ann', 900, { hold: 'a' }),
      said('reserve', 'bob', [2_000, 2_010], { hold: 'b' }),
    ];
    expect(check(evidenceOf(one, calls)).status).toBe('unknown');
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
    ]);
    expect(check(evidenceOf(one, calls, { ledger })).status).toBe('valid');
  });

  it('is valid while they cannot exceed the total', () => {
    expect(check(evidenceOf(saleOf({ total: 2 }), inDoubt)).status).toBe('valid');
  });
});

describe('never-oversold, by the ledger', () => {
  it('replays the movements, and finds an oversell that the answers alone do not show', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [11, 40], { hold: 'a' }),
      said('reserve', 'bob', [5, 30], { hold: 'b' }),
    ];
    const ledger = booksOf(one, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
    ]);
    const { status, summary, witness } = check(evidenceOf(one, calls, { ledger }));
    expect(status).toBe('invalid');
    expect(summary).toContain('after movement 2, the ledger’s own movements have 2 taken');
    expect(witness?.operations.map(({ hold }) => hold)).toEqual(['a', 'b']);
  });

  it('replays the numbers in the answers when there is no ledger', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', sequence: 1 }),
      said('release', 'ann', [11, 40], { hold: 'a', sequence: 3 }),
      said('reserve', 'bob', [5, 30], { hold: 'b', sequence: 2 }),
    ];
    expect(check(evidenceOf(one, calls)).status).toBe('invalid');
    const inOrder = calls.map((call, place) => ({ ...call, sequence: [1, 2, 3][place] as number }));
    expect(check(evidenceOf(one, inOrder)).status).toBe('valid');
  });

  it('ignores other SKUs, in calls and ledger', () => {
    const ledger = booksOf(one, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    const foreign = ledger.reservations.map((row) => ({
      ...row,
      reservationId: 'x',
      skuId: 'OTHER',
    }));
    ledger.reservations.push(...foreign);
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('reserve', 'bob', [0, 10], { hold: 'x', sku: 'OTHER' }),
    ];
    const { status, summary } = check(evidenceOf(one, calls, { ledger }));
    expect(status).toBe('valid');
    expect(summary).toContain(`1 of 1 unit of ${SKU}`);
  });
});

itCatches(neverOversold, ['lost-update', 'overfull-campaign']);

it.each(['lost-update', 'double-release', 'early-expiry'] as const)(
  'never-oversold catches from the answers alone that a unit was sold twice: %s',
  (bug) => {
    const { sale, operations } = brokenSale(bug, 7).evidence;
    const blackBox = operations.map((call) => ({
      ...call,
      sequence: undefined,
      callId: undefined,
    }));
    expect(check({ sale, operations: blackBox }).status).toBe('invalid');
  },
);
