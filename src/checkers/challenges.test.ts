import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
import type { Fault } from '../history/fault.ts';
import { type Challenge, NOT_ALONE } from '../history/operation.ts';
import { reasonsForInconclusive } from './vacuity.ts';

const reasons = (challenge: Challenge, calls: Call[], faults?: Fault[]) => {
  const skus = [
    { skuId: SKU, total: 9 },
    { skuId: 'SKU-2', total: 9 },
  ];
  const sale = saleOf({ skus, challenges: [challenge] });
  return reasonsForInconclusive(evidenceOf(sale, calls, { faults }));
};

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const paid = (times: [number, number]) => said('confirm', 'ann', times, { hold: 'a' });
const given = (times: [number, number]) => refused('release', 'ann', times, { hold: 'a' });
const ofBuyer = (buyer: string, call: Call): Call => ({ ...call, buyer });
const used = (times: [number, number]) => said('redeem', 'ann', times, { voucher: 'CODE' });
const shown = (times: [number, number]) => said('check-in', 'gate', times, { ticket: 'TICKET-1' });
const again = (times: [number, number]) => said('reserve', 'ann', times, { idempotencyKey: 'k' });

const decided = (buyer: string, times: [number, number], decision: string) =>
  said('read', buyer, times, { observed: { decision } });
const seen = (buyer: string, times: [number, number]) =>
  said('read', buyer, times, { observed: { available: 5 } });
const twoUnits = said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 });
const ordered = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
const voucher = said('register', 'ann', [0, 10], { voucher: 'CODE', hold: 'a', order: 'o' });
const notFound = { status: 404, code: 'NOT_FOUND' };
const stolen = (times: [number, number]) =>
  refused('confirm', 'bob', times, { hold: 'a', ...notFound });
const ofOther = (buyer: string, times: [number, number]) =>
  said('reserve', buyer, times, { sku: 'SKU-2' });
/** The hold of `held` lapses at 1,010 ms at the latest, and its units are back at 1,110 ms. */
const later = (atMs: number) => refused('reserve', 'bob', [atMs, atMs + 5]);

describe('a run proves something about a race only if there was one', () => {
  it.each<[Challenge, string, Call[], Call[]]>([
    [
      'hold-race',
      'nobody raced for its end',
      [held, paid([20, 30]), given([30, 40])],
      [held, paid([20, 30]), given([31, 40])],
    ],
    ['hold-race', 'nobody raced for its end', [held, paid([990, 1_000])], [held, paid([980, 999])]],
    [
      'hold-race',
      'nobody raced for its end',
      [held, paid([20, 30]), given([25, 28])],
      [held, paid([20, 30]), ofBuyer('bob', given([25, 28]))],
    ],
    [
      'hold-race',
      'nobody raced for its end',
      [said('reserve', 'bob', [0, 10], { hold: 'b' }), held, paid([20, 30]), given([990, 1_000])],
      [held, paid([5, 20])],
    ],
    ['hold-race', 'nobody raced for its end', [held, paid([990, 1_000])], [held]],
    [
      'hold-race',
      'nobody raced for its end',
      [held, paid([1_010, 1_020])],
      [held, paid([1_011, 1_020])],
    ],
    [
      'late-payment',
      'no payment was under way',
      [held, given([15, 18]), paid([20, 1_000])],
      [held, given([20, 1_000])],
    ],
    [
      'late-payment',
      'no payment was under way',
      [held, paid([20, 1_000])],
      [held, paid([20, 999]), given([1_000, 1_010])],
    ],
    [
      'cancelled-order',
      'no order was cancelled',
      [held, said('cancel', 'ann', [20, 21], { order: 'o' })],
      [held, refused('cancel', 'ann', [20, 21], { order: 'o' })],
    ],
    [
      'double-redemption',
      'nobody raced for its one use',
      [used([0, 10]), used([10, 20])],
      [used([0, 10]), used([11, 20])],
    ],
    [
      'double-redemption',
      'nobody raced for its one use',
      [used([0, 10]), used([5, 20])],
      [used([0, 10]), ofBuyer('bob', used([5, 20]))],
    ],
    [
      'double-redemption',
      'nobody raced for its one use',
      [voucher, used([5, 12]), used([10, 20])],
      [voucher, used([5, 12])],
    ],
    [
      'double-redemption',
      'nobody raced for its one use',
      [used([0, 10]), used([5, 20])],
      [said('redeem', 'ann', [0, 10]), said('redeem', 'ann', [5, 20])],
    ],
    [
      'double-check-in',
      'nobody raced for its one use',
      [shown([0, 10]), shown([5, 20])],
      [shown([0, 10]), shown([11, 20])],
    ],
    [
      'double-check-in',
      'nobody raced for its one use',
      [shown([0, 10]), shown([5, 20])],
      [shown([0, 10]), { ...shown([5, 20]), ticket: 'TICKET-2' }],
    ],
    [
      'double-check-in',
      'nobody raced for its one use',
      [shown([0, 10]), shown([5, 20])],
      [shown([0, 10]), { ...shown([5, 20]), kind: 'read' }],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [said('reserve', 'ann', [0, 5], { hold: 'a' }), held, stolen([6, 20])],
      [refused('reserve', 'ann', [0, 5], { hold: 'a' }), stolen([6, 20])],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, stolen([10, 20])],
      [held, { ...stolen([10, 20]), buyer: undefined }],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, stolen([10, 20])],
      [{ ...held, buyer: undefined }, stolen([10, 20])],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [voucher, refused('cancel', 'bob', [31, 40], { order: 'o', ...notFound })],
      [
        said('read', 'ann', [0, 10], { order: 'o' }),
        refused('cancel', 'bob', [31, 40], { order: 'o', ...notFound }),
      ],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [voucher, used([20, 31]), refused('redeem', 'bob', [31, 40], { voucher: 'CODE' })],
      [said('reserve', 'ann', [0, 10]), refused('confirm', 'bob', [31, 40], notFound)],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, refused('confirm', 'bob', [10, 20], { hold: 'a', ...notFound })],
      [held, unanswered('confirm', 'bob', 10, { hold: 'a' })],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, refused('release', 'bob', [10, 20], { hold: 'a', ...notFound })],
      [held, refused('release', 'bob', [9, 20], { hold: 'a', ...notFound })],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, ordered, refused('confirm', 'bob', [25, 40], { hold: 'a', ...notFound })],
      [held, ordered, refused('confirm', 'bob', [31, 40], { hold: 'a', ...notFound })],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [ordered, refused('cancel', 'bob', [31, 40], { order: 'o', ...notFound })],
      [ordered, refused('cancel', 'ann', [31, 40], { order: 'o', ...notFound })],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [voucher, refused('redeem', 'bob', [31, 40], { voucher: 'CODE', ...notFound })],
      [voucher, refused('redeem', 'bob', [31, 40], { voucher: 'GUESS', ...notFound })],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [voucher, said('redeem', 'bob', [31, 40], { voucher: 'CODE' })],
      [voucher, used([20, 30]), refused('redeem', 'bob', [31, 40], { voucher: 'CODE' })],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [decided('ann', [0, 10], 'SUCCESS'), decided('ann', [10, 20], 'SUCCESS')],
      [decided('ann', [0, 10], 'SUCCESS'), decided('ann', [9, 20], 'SUCCESS')],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [decided('ann', [0, 10], 'FAILED'), decided('ann', [10, 20], 'PENDING')],
      [decided('ann', [0, 10], 'PENDING'), decided('ann', [10, 20], 'SUCCESS')],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [decided('ann', [0, 10], 'SUCCESS'), decided('ann', [10, 20], 'SUCCESS')],
      [decided('ann', [0, 10], 'SUCCESS'), decided('bob', [10, 20], 'PENDING')],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), seen('bob', [4, 6])],
      [seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), seen('bob', [3, 6])],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), seen('bob', [4, 6])],
      [said('reserve', 'ann', [0, 4]), seen('ann', [0, 2]), seen('bob', [4, 6])],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [decided('ann', [0, 10], 'SUCCESS'), decided('ann', [10, 20], 'SUCCESS')],
      [0, 10].map((atMs) =>
        refused('read', 'ann', [atMs, atMs + 10], { observed: { decision: 'SUCCESS' } }),
      ),
    ],
    [
      'several-units',
      'units and holds could not have been mixed up',
      [twoUnits, paid([20, 30])],
      [twoUnits],
    ],
    [
      'several-units',
      'units and holds could not have been mixed up',
      [twoUnits, said('release', 'ann', [20, 30], { hold: 'a' })],
      [held, said('release', 'ann', [20, 30], { hold: 'a' })],
    ],
    [
      'several-skus',
      'the SKUs could not have been mixed up',
      [held, said('reserve', 'bob', [10, 20], { sku: 'SKU-2' })],
      [held, said('reserve', 'bob', [11, 20], { sku: 'SKU-2' })],
    ],
    [
      'several-skus',
      'the SKUs could not have been mixed up',
      [held, said('reserve', 'bob', [5, 20], { sku: 'SKU-2' })],
      [held, said('reserve', 'bob', [5, 20]), refused('reserve', 'cid', [5, 20], { sku: 'SKU-2' })],
    ],
    [
      'abandoned-hold',
      'a sweeper that does nothing would not have shown',
      [held, later(1_111)],
      [held, later(1_110)],
    ],
    [
      'abandoned-hold',
      'a sweeper that does nothing would not have shown',
      [held, given([20, 30]), later(1_111)],
      [held, said('release', 'ann', [20, 30], { hold: 'a' }), later(1_111)],
    ],
    [
      'abandoned-hold',
      'a sweeper that does nothing would not have shown',
      [held, later(1_111)],
      [held, paid([20, 30]), later(1_111)],
    ],
    [
      'repeated-call',
      'no call was repeated',
      [again([0, 10]), again([5, 20])],
      [held, said('reserve', 'ann', [5, 15])],
    ],
    [
      'repeated-call',
      'no call was repeated',
      [again([0, 10]), again([5, 20])],
      [again([0, 10]), again([11, 20])],
    ],
    [
      'shared-account',
      'no account asked',
      [held, said('reserve', 'ann', [5, 15])],
      [held, said('reserve', 'bob', [5, 15])],
    ],
    [
      'repeated-call',
      'no call was repeated',
      [again([0, 10]), again([10, 20])],
      [again([0, 10]), said('reserve', 'ann', [5, 20], { idempotencyKey: 'j' })],
    ],
    [
      'shared-account',
      'no account asked',
      [held, said('buy', 'ann', [10, 15])],
      [held, seen('ann', [5, 6])],
    ],
    [
      'shared-account',
      'no account asked',
      [held, said('buy', 'ann', [10, 15])],
      [
        { ...held, basket: 'one' },
        { ...ofOther('ann', [0, 10]), basket: 'one' },
      ],
    ],
    [
      'several-skus',
      'the SKUs could not have been mixed up',
      [held, said('reserve', 'cid', [2, 3]), ofOther('bob', [9, 20])],
      [held, said('reserve', 'cid', [9, 12]), ofOther('bob', [13, 20])],
    ],
    [
      'several-skus',
      'the SKUs could not have been mixed up',
      [held, ofOther('bob', [11, 20]), said('reserve', 'cid', [20, 30])],
      [held, { ...seen('bob', [5, 6]), sku: 'SKU-2' }],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [
        said('buy', 'ann', [0, 10], { order: 'o' }),
        refused('cancel', 'bob', [10, 20], { order: 'o', ...notFound }),
      ],
      [
        refused('buy', 'ann', [0, 10], { order: 'o' }),
        refused('cancel', 'bob', [10, 20], { order: 'o', ...notFound }),
      ],
    ],
    [
      'stranger',
      'nobody could have been robbed',
      [held, ordered, refused('confirm', 'bob', [30, 40], { hold: 'a', ...notFound })],
      [held, paid([25, 28]), ordered, refused('confirm', 'bob', [29, 40], { hold: 'a' })],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [
        decided('ann', [0, 10], 'SUCCESS'),
        decided('ann', [5, 30], 'SUCCESS'),
        decided('ann', [12, 20], 'PENDING'),
      ],
      [
        decided('ann', [0, 10], 'SUCCESS'),
        { ...decided('ann', [12, 20], 'SUCCESS'), sku: 'SKU-2' },
      ],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [
        ...[seen('ann', [0, 2]), seen('bob', [1, 9])],
        ...[said('reserve', 'ann', [3, 5]), said('reserve', 'cid', [4, 20]), seen('bob', [6, 8])],
      ],
      [seen('ann', [0, 2]), refused('reserve', 'ann', [2, 4]), seen('bob', [4, 6])],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), seen('bob', [4, 6])],
      [
        ...[seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), said('read', 'bob', [4, 6])],
        { ...seen('bob', [4, 6]), sku: 'SKU-2' },
        decided('bob', [4, 6], 'PENDING'),
      ],
    ],
    [
      'repeated-read',
      'nothing could have gone back',
      [seen('ann', [0, 2]), said('reserve', 'ann', [2, 4]), seen('bob', [4, 6])],
      [
        seen('ann', [0, 2]),
        { ...said('reserve', 'ann', [2, 4]), sku: 'SKU-2' },
        seen('bob', [4, 6]),
      ],
    ],
    [
      'abandoned-hold',
      'a sweeper that does nothing would not have shown',
      [held, later(1_111)],
      [said('attempt', 'ann', [0, 10]), decided('cid', [20, 30], 'PENDING'), later(1_111)],
    ],
    [
      'abandoned-hold',
      'a sweeper that does nothing would not have shown',
      [held, later(1_111)],
      [held, seen('bob', [1_111, 1_112]), { ...later(1_111), sku: 'SKU-2' }],
    ],
  ])('%s: %s', (challenge, reason, happened, missed) => {
    expect(reasons(challenge, happened)).toEqual([]);
    expect(reasons(challenge, missed)).toEqual([expect.stringContaining(reason)]);
  });
});

it.each(['hold-race', 'late-payment', 'abandoned-hold'] as const)(
  'knows of no lapse where nobody knows how long a hold lives: %s',
  (challenge) => {
    const sale = saleOf({ total: 9, holdTtlMs: undefined, challenges: [challenge] });
    const calls = challenge === 'abandoned-hold' ? [held, later(9_999)] : [held, paid([0, 9_999])];
    expect(reasonsForInconclusive(evidenceOf(sale, calls))).toHaveLength(1);
  },
);

it('knows by the ledger that a hold of several units lapsed, and not if its buyer was never told of it', () => {
  const books = (kind: 'EXPIRED' | 'SOLD') =>
    booksOf(saleOf({ total: 9 }), [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2, callId: 'try-a' },
      { kind, hold: 'a', buyer: 'ann', quantity: 2 },
    ]);
  const skus = [{ skuId: SKU, total: 9 }];
  const reasonsOf = (call: Call, kind: 'EXPIRED' | 'SOLD') =>
    reasonsForInconclusive(
      evidenceOf(saleOf({ skus, challenges: ['several-units'] }), [call], { ledger: books(kind) }),
    );
  expect(reasonsOf(twoUnits, 'EXPIRED')).toEqual([]);
  const lost = unanswered('reserve', 'ann', 0, { quantity: 2, callId: 'try-a' });
  expect(reasonsOf(lost, 'EXPIRED').join()).toContain('no hold of several units was sold');
});

it('a run proves something about halves of baskets only if one was refused that could be had in part', () => {
  const line = (basket: string, code: string | undefined, facts: Partial<Call> = {}) =>
    refused('buy', 'ann', [0, 10], { basket, code, ...facts });
  const reasonsOf = (...calls: Call[]) => reasons('half-basket', [held, ...calls]);
  const unmet = [expect.stringContaining('no basket was refused of which some lines could be had')];
  const [lacking, other] = [line('one', 'OUT_OF_STOCK'), line('one', NOT_ALONE)];
  expect(reasonsOf(lacking, other)).toEqual([]);
  expect(reasonsOf(other, lacking, line('two', NOT_ALONE))).toEqual([]);
  expect(reasonsOf(lacking, { ...other, code: undefined })).toEqual([]);
  expect(reasonsOf(lacking, { ...other, basket: 'two' })).toEqual(unmet);
  expect(reasonsOf(lacking, lacking)).toEqual(unmet);
  expect(reasonsOf(other, other)).toEqual(unmet);
  expect(reasonsOf({ ...lacking, outcome: 'ok' }, other)).toEqual(unmet);
  expect(reasonsOf(lacking, { ...other, outcome: 'ok' })).toEqual(unmet);
});

describe('a run proves something about the offers of a sale', () => {
  const campaign = {
    ...{ skuId: SKU, total: 9, soldBy: 'campaign' as const },
    ...{ opensAt: '2026-01-01T12:00:01.000Z', closesAt: '2026-01-01T12:00:02.000Z' },
  };
  const reasonsOf = (challenge: Challenge, ...calls: Call[]) =>
    reasonsForInconclusive(
      evidenceOf(saleOf({ skus: [campaign], challenges: [challenge] }), calls),
    ).map((reason) => reason.split(',')[0]);
  const registered = (times: [number, number]) => said('register', 'ann', times);
  const aside = refused('reserve', 'bob', [0, 10], { code: 'SOLD_ANOTHER_WAY' });

  it('only if somebody tried another door, and was answered', () => {
    const missed = ['nobody asked for units in another way than they are sold'];
    expect(reasonsOf('other-door', registered([1_100, 1_110]), aside)).toEqual([]);
    expect(reasonsOf('other-door', registered([1_100, 1_110]))).toEqual(missed);
    const open = unanswered('reserve', 'bob', 0);
    expect(reasonsOf('other-door', registered([1_100, 1_110]), open)).toEqual(missed);
  });

  it('only if somebody came before its hours, and somebody after', () => {
    const missed = ['nobody asked for units both before their sale began and after it was over'];
    const [early, late] = [registered([0, 900]), registered([2_001, 2_010])];
    expect(reasonsOf('out-of-hours', early, late)).toEqual([]);
    expect(reasonsOf('out-of-hours', early)).toEqual(missed);
    expect(reasonsOf('out-of-hours', late)).toEqual(missed);
    expect(reasonsOf('out-of-hours', registered([900, 1_001]), late)).toEqual(missed);
    expect(reasonsOf('out-of-hours', early, unanswered('register', 'bob', 2_001))).toEqual(missed);
    const touching = [registered([0, 1_000]), registered([2_000, 2_010])] as const;
    expect(reasonsOf('out-of-hours', touching[0], late)).toEqual(missed);
    expect(reasonsOf('out-of-hours', early, touching[1])).toEqual(missed);
    expect(reasonsOf('out-of-hours', early, seen('bob', [2_001, 2_010]))).toEqual(missed);
    expect(reasonsOf('out-of-hours', early, ofOther('bob', [2_001, 2_010]))).toEqual(missed);
  });

  it('though only one of several SKUs has hours', () => {
    const skus = [campaign, { skuId: 'SKU-2', total: 9 }];
    const sale = saleOf({ skus, challenges: ['out-of-hours'] });
    const calls = [registered([0, 900]), registered([2_001, 2_010])];
    expect(reasonsForInconclusive(evidenceOf(sale, calls))).toEqual([]);
  });

  it('by the time of day of each call, whenever the history’s clock began', () => {
    const sale = saleOf({ skus: [campaign], challenges: ['out-of-hours'], startedAtNs: 5_000e6 });
    const reasonsAt = (...times: [number, number][]) =>
      reasonsForInconclusive(evidenceOf(sale, times.map(registered)));
    expect(reasonsAt([5_000, 5_900], [7_001, 7_010])).toEqual([]);
    expect(reasonsAt([5_000, 5_900], [6_001, 6_010])).toHaveLength(1);
    expect(reasonsAt([5_000, 6_100], [7_001, 7_010])).toHaveLength(1);
  });
});

describe('a run proves something about a Redis that loses its data only if counters were needed then', () => {
  const lost = (atMs: number): Fault[] => [{ name: 'redis-emptied', atNs: atMs * 1e6 }];
  const UNMET = [expect.stringContaining('Redis never lost its data while units were held')];

  it.each<[string, Call[], Fault[], unknown[]]>([
    ['units were held and others wanted some', [held, later(600)], lost(500), []],
    ['others wanted some in that very moment', [held, later(500)], lost(500), []],
    [
      'others wanted some in time, and again later',
      [held, later(600), later(1_200)],
      lost(500),
      [],
    ],
    ['the units were held in that very moment', [held, later(600)], lost(10), []],
    ['the hold lapsed when they were wanted', [held, later(1_000)], lost(500), UNMET],
    ['it lost nothing', [held, later(600)], [], UNMET],
    [
      'something else was broken',
      [held, later(600)],
      [{ name: 'server-killed', atNs: 500e6 }],
      UNMET,
    ],
    ['it lost its data before the units were held', [held, later(600)], lost(9), UNMET],
    ['it lost its data after the units had lapsed', [held, later(1_200)], lost(1_100), UNMET],
    ['nobody wanted units any more', [held, later(400)], lost(500), UNMET],
    ['nobody wanted units before the hold lapsed', [held, later(1_100)], lost(500), UNMET],
    [
      'nobody wanted units of that SKU',
      [held, { ...later(600), sku: 'SKU-2' }, seen('bob', [600, 601])],
      lost(500),
      UNMET,
    ],
    ['the units had been sold', [held, paid([20, 30]), later(600)], lost(500), UNMET],
  ])('%s', (_, calls, faults, expected) => {
    expect(reasons('redis-amnesia', calls, faults)).toEqual(expected);
  });
});

describe('faults of a run', () => {
  const call = said('reserve', 'ann', [10, 20], { hold: 'h1' });
  const later = said('reserve', 'bob', [50, 60], { hold: 'h2' });
  const of = (...faults: Fault[]) =>
    reasonsForInconclusive(evidenceOf(saleOf(), [call, later], { faults })).filter((reason) =>
      reason.includes('fault'),
    );

  it('C.7 show nothing if all came when no call was under way', () => {
    expect(of({ name: 'postgres-killed', atNs: 30e6, untilNs: 40e6 })).toEqual([
      '1 fault came when no call that is judged was under way, so nobody could have suffered from it',
    ]);
  });

  it('C.7 show nothing if nobody asked for what was broken, as far as that is counted', () => {
    const refused: Fault = { name: 'smtp-refused', atNs: 5e6, untilNs: 30e6 };
    expect(of({ ...refused, met: 0 })).toEqual([
      '1 fault broke what nobody asked for meanwhile, so nobody could have suffered from it',
    ]);
    expect(of({ ...refused, met: 1 })).toEqual([]);
    expect(of({ ...refused, met: 0 }, { name: 'server-killed', atNs: 15e6 })).toEqual([]);
    expect(of({ ...refused, met: 0 }, { name: 'server-killed', atNs: 30e6 })).toEqual([
      '2 faults came when no call that is judged was under way, so nobody could have suffered from it',
    ]);
  });

  it('C.7 show something once a call met one, or its outage', () => {
    const early: Fault = { name: 'server-killed', atNs: 1e6 };
    expect(of(early, { name: 'server-killed', atNs: 15e6 })).toEqual([]);
    expect(of({ name: 'redis-killed', atNs: 1e6, untilNs: 12e6 })).toEqual([]);
    expect(of(early)).toHaveLength(1);
    // In the very moment in which a call began, or was answered.
    expect(of({ name: 'redis-killed', atNs: 1e6, untilNs: 10e6 })).toEqual([]);
    expect(of({ name: 'redis-killed', atNs: 60e6 })).toEqual([]);
  });
});
