import { describe, expect, it } from 'vitest';
import { attemptOf } from '../../../test/judge/attempt-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { SkuOnSale } from '../../history/operation.ts';
import { offerAgreement } from './offer-agreement.ts';

/** A sale whose ledger is on one clock and keeps every kind of row. */
const offering = (offer: Partial<SkuOnSale>) =>
  saleOf({
    skus: [{ skuId: SKU, total: 9, ...offer }],
    evidence: {
      ...answersOnly,
      ledger: ['inventory', 'reservation', 'order', 'movement', 'attempt'],
      oneClock: true,
    },
  });

const HOURS = { opensAt: '2026-01-01T12:00:00.100Z', closesAt: '2026-01-01T12:00:00.200Z' };

const judged = (
  offer: Partial<SkuOnSale>,
  calls: Call[],
  entries: Entry[] = [],
  attempts: ReturnType<typeof attemptOf>[] = [],
) => {
  const sale = offering(offer);
  const ledger = { ...booksOf(sale, entries), attempts };
  return offerAgreement.check(evidenceOf(sale, calls, { ledger }));
};

it('knows of a sale that only begins, or only ends, and of one SKU with hours among several', () => {
  const at = (offer: Partial<SkuOnSale>, atMs: number) =>
    judged(offer, [], [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs }]).status;
  expect(at({ opensAt: HOURS.opensAt }, 50)).toBe('invalid');
  expect(at({ opensAt: HOURS.opensAt }, 150)).toBe('valid');
  expect(at({ closesAt: HOURS.closesAt }, 250)).toBe('invalid');
  expect(at({ closesAt: HOURS.closesAt }, 150)).toBe('valid');
  const sale = offering(HOURS);
  const skus = [...sale.skus, { skuId: 'SKU-2', total: 9 }];
  const ledger = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 50 }]);
  expect(offerAgreement.check(evidenceOf({ ...sale, skus }, [], { ledger })).status).toBe(
    'invalid',
  );
});

it('shows five units that were given otherwise, and counts them all', () => {
  const calls = Array.from({ length: 7 }, (_, place) =>
    said('reserve', `b${place}`, [0, 10], { hold: `h${place}` }),
  );
  const { summary, witness } = judged({ soldBy: 'campaign' }, calls);
  expect(summary).toContain('7 times');
  expect(witness?.prose.split('\n')).toHaveLength(6);
  expect(witness?.prose).toContain('Buyer b0 asked for 1 unit of SKU-1');
});

describe('the way in which a SKU is sold', () => {
  it('is another than that of a reservation of a campaign’s units', () => {
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 9 })];
    expect(judged({ soldBy: 'campaign' }, calls)).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining('SKU-1 is sold by registration alone'),
      witness: { operations: [{ kind: 'reserve', buyer: 'ann' }] },
    });
  });

  it.each([
    ['campaign', 'confirm'],
    ['campaign', 'attempt'],
    ['flash-sale', 'reserve'],
    ['flash-sale', 'confirm'],
    ['flash-sale', 'register'],
    ['reservations', 'register'],
    ['reservations', 'attempt'],
  ] as const)('is another, where a %s was sold to a call that was to %s', (soldBy, kind) => {
    expect(judged({ soldBy }, [said(kind, 'ann', [0, 10])]).status).toBe('invalid');
    expect(judged({ soldBy }, [refused(kind, 'ann', [0, 10])]).status).toBe('valid');
  });

  it.each([
    ['campaign', 'register'],
    ['flash-sale', 'attempt'],
    ['reservations', 'reserve'],
    ['reservations', 'buy'],
    ['flash-sale', 'cancel'],
  ] as const)('is the right one, where a %s was sold to a call that was to %s', (soldBy, kind) => {
    expect(judged({ soldBy }, [said(kind, 'ann', [0, 10])]).status).toBe('valid');
  });

  it('is told by the row of a call without an answer', () => {
    const calls = [unanswered('reserve', 'ann', 0, { callId: 'aside' })];
    const row: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'aside' };
    expect(judged({ soldBy: 'campaign' }, calls).status).toBe('valid');
    expect(judged({ soldBy: 'campaign' }, calls, [row])).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining('reservation a was made'),
    });
    const paying = [unanswered('confirm', 'ann', 20, { hold: 'a', callId: 'pay' })];
    const sold: Entry[] = [
      { ...row, callId: undefined },
      { ...row, kind: 'SOLD', callId: 'pay' },
    ];
    expect(judged({ soldBy: 'campaign' }, paying, sold).summary).toContain(
      'order order-a was made',
    );
  });

  it('is not known of a shop that nobody asked', () => {
    expect(judged({}, [said('reserve', 'ann', [0, 10])]).status).toBe('skipped');
  });
});

describe('the time in which a SKU is sold', () => {
  const reservedAt = (atMs: number): Entry[] => [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', atMs: 151 },
  ];

  it.each([
    [98, 'invalid'],
    [99, 'invalid'],
    [100, 'valid'],
    [199, 'valid'],
    [201, 'invalid'],
  ])('is that of a row of %i ms: %s, when the sale is on from 100 to 200 ms', (atMs, status) => {
    expect(judged(HOURS, [], reservedAt(atMs)).status).toBe(status);
  });

  it('is not known better than the times of the ledger are', () => {
    // Times that end in whole milliseconds may have been cut: 200 ms may have been 199.9 ms in a ledger that rounds.
    expect(judged(HOURS, [], reservedAt(200)).status).toBe('valid');
  });

  it('is over for taking units, and not for buying what was taken in time', () => {
    const sold: Entry = { kind: 'SOLD', hold: 'b', buyer: 'bob', atMs: 333 };
    expect(judged(HOURS, [], [...reservedAt(155), sold]).status).toBe('valid');
  });

  it('is that of accepting an attempt, whose unit is taken later', () => {
    const late = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 333 }] as const;
    const accepted = (ms: number) => ({
      ...attemptOf('a', 'ann'),
      createdAt: `2026-01-01T12:00:00.${ms}Z`,
    });
    const offer = { ...HOURS, soldBy: 'flash-sale' } as const;
    expect(judged(offer, [], [...late], [accepted(151)]).status).toBe('valid');
    expect(judged(offer, [], [...late], [accepted(201)]).status).toBe('invalid');
  });

  it('is not known of a row without a time', () => {
    const sale = offering(HOURS);
    const ledger = booksOf(sale, reservedAt(900));
    for (const row of ledger.reservations) row.createdAt = null;
    expect(offerAgreement.check(evidenceOf(sale, [], { ledger })).status).toBe('valid');
  });

  describe('by answers', () => {
    /** Bob reserves during the sale; his row bounds the distance of the two clocks to 10 ms. */
    const BOB = said('reserve', 'bob', [146, 156], { hold: 'b', callId: 'try-b' });
    const withBob = (call: Call, hours: Partial<SkuOnSale> = HOURS) =>
      judged(
        hours,
        [BOB, call],
        [{ kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 151 }],
      ).status;

    it.each([
      ['before it began', [50, 93], 'invalid'],
      ['while it may have begun', [50, 96], 'valid'],
      ['while it may not have been over', [204, 300], 'valid'],
      ['after it was over', [207, 300], 'invalid'],
    ] as const)('was %s, however the clocks stood, for a yes at %j ms', (_, times, status) => {
      expect(withBob(said('reserve', 'ann', [...times], { hold: 'a' }))).toBe(status);
    });

    it('is out of hours for nobody who was refused or only gave units back', () => {
      expect(withBob(refused('reserve', 'ann', [50, 60]))).toBe('valid');
      expect(withBob(unanswered('reserve', 'ann', 250))).toBe('valid');
      expect(withBob(said('release', 'bob', [300, 310], { hold: 'b' }))).toBe('valid');
    });

    it('has no beginning, or no end, where the sale has none', () => {
      const early = said('reserve', 'ann', [50, 60], { hold: 'a' });
      const late = said('reserve', 'ann', [300, 310], { hold: 'a' });
      const { opensAt, closesAt } = HOURS;
      expect([withBob(early, { opensAt }), withBob(late, { opensAt })]).toEqual([
        'invalid',
        'valid',
      ]);
      expect([withBob(early, { closesAt }), withBob(late, { closesAt })]).toEqual([
        'valid',
        'invalid',
      ]);
    });

    it('was not over for a yes that repeats an earlier one', () => {
      const first = unanswered('reserve', 'ann', 150, { idempotencyKey: 'k' });
      const again = said('reserve', 'ann', [300, 310], { hold: 'a', idempotencyKey: 'k' });
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 151 },
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 153 },
      ];
      expect(judged(HOURS, [BOB, first, again], entries).status).toBe('valid');
    });
  });

  it('is not asked of a ledger without one clock', () => {
    const sale = { ...offering(HOURS), evidence: { ...offering(HOURS).evidence, oneClock: false } };
    const ledger = booksOf(sale, reservedAt(900));
    expect(offerAgreement.check(evidenceOf(sale, [], { ledger })).status).toBe('valid');
  });
});

itCatches(offerAgreement, ['side-door', 'out-of-hours']);
