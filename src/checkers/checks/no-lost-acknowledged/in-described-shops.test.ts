import { describe, expect, it } from 'vitest';
import { order, readingAt, reservation, shopOf } from '../../../../test/judge/foreign-story.ts';
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
import { emptyLedger } from '../../../history/ledger-snapshot.ts';
import type { LedgerRowKind, LedgerVoucher } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { judge } from '../../verdict.ts';

/** The status of the check, or the words after "but" for each call that is lost. */
const lostIn = (evidence: Evidence): string | string[] => {
  const check = judge(evidence).checks.find(({ name }) => name === 'no-lost-acknowledged');
  if (check?.status !== 'invalid') return check?.status ?? 'no such check';
  return (check.witness?.prose.split('\n').slice(1) ?? []).map(
    (line) => line.split(', but ')[1] ?? line,
  );
};

type Rows = Parameters<typeof shopOf>[2];
const facts = { total: 9, unitsPerBuyerMax: 9 };
const inShop = (calls: Call[], rows: Rows) => lostIn(shopOf(facts, calls, rows));
/** The same calls to our own server, which keeps rows of these kinds and has none. */
const onServer = (calls: Call[], ...kept: LedgerRowKind[]) => {
  const sale = saleOf(facts);
  return lostIn(keeping(evidenceOf(sale, calls, { ledger: booksOf(sale, []) }), ...kept));
};

describe('a call for a SKU by another name than the books have', () => {
  const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 9 }));
  const ofAnn = { userId: 'ann', quantity: 1 };
  const rows = {
    reservations: [reservation({ ...ofAnn, reservationId: 'a', status: 'CONFIRMED' })],
    orders: [order({ ...ofAnn, orderId: 'o', reservationId: 'a' })],
  };
  it.each([
    ['lamp', 'valid'],
    ['SKU-2', Array(2).fill('in the ledger it is of SKU-1')],
  ])('is of what the books have if that name is not on sale: %s', (sku, lost) => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', sku }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o', sku }),
    ];
    expect(lostIn(shopOf({ ...facts, skus }, calls, rows))).toEqual(lost);
  });

  it('that is not on sale is missed by its hold all the same', () => {
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a', sku: 'lamp', quantity: 2 })];
    expect(lostIn(shopOf({ ...facts, skus }, calls, rows))).toEqual([
      'in the ledger it is of 1 unit',
    ]);
  });
});

describe('a call can be looked up', () => {
  const reserved = said('reserve', 'ann', [0, 10]);
  const paid = (hold?: string) => said('confirm', 'ann', [20, 30], { hold });
  const back = (hold?: string) => said('release', 'ann', [20, 30], { hold });
  const cancelled = (order?: string) => said('cancel', 'ann', [40, 50], { order });
  const none = { reservations: [], orders: [] };

  it('if it names an id of which rows are kept', () => {
    const missing = ['the ledger has no reservation a'];
    expect(onServer([reserved], 'reservation')).toBe('skipped');
    expect(onServer([paid('a')], 'order')).toBe('skipped');
    expect(onServer([paid()], 'reservation')).toBe('skipped');
    expect(onServer([paid('a')], 'reservation')).toEqual(missing);
    expect(onServer([back('a')], 'order')).toBe('skipped');
    expect(onServer([back()], 'reservation')).toBe('skipped');
    expect(onServer([back('a')], 'reservation')).toEqual(missing);
    expect(onServer([said('buy', 'ann', [0, 10])], 'voucher')).toBe('skipped');
    expect(onServer([cancelled()], 'order')).toHaveLength(1);
  });

  it('in a described shop without an id as well, by its buyer and units', () => {
    const living = { ...facts, holdTtlMs: 1_000 };
    expect(lostIn(shopOf(living, [reserved], { reservations: [] }, readingAt(20, {})))).toEqual([
      'the ledger has no reservation for it',
    ]);
    expect(inShop([reserved, paid()], { orders: [] })).toEqual(['the ledger has no order for it']);
    // The row of a hold that was bought may be deleted.
    expect(inShop([reserved, paid()], none)).toEqual(['the ledger has no order for it']);
    expect(inShop([cancelled()], { orders: [] })).toBe('skipped');
  });

  it('unless it tells of the decision over an attempt and not whose', () => {
    const won = (buyer?: string) =>
      said('read', 'ann', [40, 50], { buyer, observed: { decision: 'SUCCESS' } });
    expect(onServer([won('ann')], 'order')).toEqual(['the ledger has no order for it']);
    expect(onServer([won()], 'order')).toBe('skipped');
  });

  it('shows ten lost calls at the most', () => {
    const calls = Array.from({ length: 12 }, (_, place) =>
      said('reserve', `b${place}`, [0, 10], { hold: `h${place}` }),
    );
    expect(onServer(calls, 'reservation')).toHaveLength(10);
  });
});

it('knows nothing of a cancelled reservation of which no id was told', () => {
  const row = { userId: 'ann', quantity: 1, callId: 'c1', status: 'CANCELLED' as const };
  const calls = [said('reserve', 'ann', [0, 10], { callId: 'c1' })];
  expect(inShop(calls, { reservations: [reservation(row)] })).toBe('valid');
});

describe('a reservation in a described shop', () => {
  const calls = [said('reserve', 'ann', [0, 10], { callId: 'c1' })];
  const row = (given: Parameters<typeof reservation>[0]) => ({
    reservations: [reservation({ userId: 'ann', quantity: 1, callId: 'c1', ...given })],
  });

  it('of which no id was told is found by its call', () => {
    expect(inShop(calls, row({}))).toBe('valid');
    expect(inShop(calls, row({ quantity: 2 }))).toEqual(['in the ledger it is of 2 units']);
    expect(inShop(calls, row({ callId: 'c2' }))).not.toBe('valid');
  });

  it('may have been cancelled by a call that names neither it nor its buyer’s order', () => {
    const told = said('reserve', 'ann', [0, 10], { hold: 'h1' });
    const rows = {
      reservations: [
        reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status: 'CANCELLED' }),
      ],
    };
    const unasked = ['in the ledger it is cancelled, which nobody asked for'];
    expect(inShop([told], rows)).toEqual(unasked);
    expect(inShop([told, said('release', 'ann', [20, 30])], rows)).toBe('valid');
    expect(inShop([told, said('release', 'bob', [20, 30])], rows)).toEqual(unasked);
    expect(inShop([told, unanswered('release', 'ann', 20, { hold: 'h1' })], rows)).toBe('valid');
  });

  it('whose row does not tell how it ended may have been given back', () => {
    const told = [
      said('reserve', 'ann', [0, 10], { hold: 'h1' }),
      said('release', 'ann', [20, 30], { hold: 'h1' }),
    ];
    const rows = (status: 'CANCELLED' | 'CONFIRMED' | 'EXPIRED' | null) => ({
      reservations: [reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status })],
    });
    expect(inShop(told, rows(null))).toBe('valid');
    expect(inShop(told, rows('EXPIRED'))).toEqual(['in the ledger it is EXPIRED']);
  });
});

describe('an order in a described shop', () => {
  const bought = said('buy', 'ann', [0, 10], { order: 'o1' });
  const cancel = (call: Partial<Call> = {}) =>
    said('cancel', 'ann', [20, 30], { order: 'o1', ...call });
  const row = (given: Parameters<typeof order>[0] = {}) =>
    order({ orderId: 'o1', userId: 'ann', quantity: 1, ...given });

  it('that is cancelled may be deleted, or is there as cancelled', () => {
    expect(inShop([bought, cancel()], { orders: [] })).toBe('valid');
    expect(inShop([bought, cancel()], { orders: [row({ status: 'CANCELLED' })] })).toBe('valid');
    expect(inShop([bought, cancel()], { orders: [row()] })).toEqual([
      'in the ledger it is CONFIRMED',
    ]);
    expect(inShop([bought, cancel({ outcome: 'fail' })], { orders: [] })).toHaveLength(1);
  });

  it('of a checkout may be deleted when it was cancelled, and not otherwise', () => {
    const calls = [
      said('reserve', 'ann', [0, 5], { hold: 'h1' }),
      said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' }),
    ];
    expect(inShop(calls, { orders: [] })).toHaveLength(1);
    expect(inShop([...calls, cancel()], { orders: [] })).toBe('valid');
  });

  it('is lost where there are fewer than purchases, though no row says whose it is', () => {
    const calls = [
      said('buy', 'ann', [0, 10], { order: 'o1' }),
      said('buy', 'bob', [0, 10], { order: 'o2' }),
    ];
    const rows = (...ids: string[]) => ({
      orders: ids.map((orderId) => order({ orderId, quantity: 1 })),
    });
    expect(inShop(calls, rows('o1', 'o2'))).toBe('valid');
    expect(inShop(calls, rows('17', '18'))).toBe('valid');
    // Nobody knows which of them was cancelled.
    expect(inShop([calls[0] as Call, cancel()], rows('17'))).toBe('valid');
    expect(inShop(calls, rows('17'))).not.toBe('valid');
    expect(inShop(calls, rows('o1'))).toEqual(['the ledger has no order for it: o2 is missing']);
  });

  it('that is not paid is no sale', () => {
    expect(inShop([bought], { orders: [row({ status: 'FAILED' })] })).toEqual([
      'in the ledger the order is FAILED',
    ]);
    const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
    const paid = said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' });
    const unsold = {
      reservations: [
        reservation({ reservationId: 'h1', userId: 'ann', quantity: 1, status: 'EXPIRED' }),
      ],
      orders: [row({ reservationId: 'h1', status: 'FAILED' })],
    };
    expect(inShop([held, paid], unsold)).toEqual([
      'in the ledger the reservation is EXPIRED and the order FAILED',
    ]);
    // The row of a hold that was bought may be deleted.
    const deleted = { orders: [row({ reservationId: 'h1' })], reservations: [] };
    expect(inShop([held, paid], deleted)).toBe('valid');
    expect(inShop([held, paid], { ...deleted, orders: unsold.orders })).not.toBe('valid');
    // The row of a hold need not tell how it ended.
    const silent = { reservationId: 'h1', userId: 'ann', quantity: 1, status: null };
    const untold = { orders: deleted.orders, reservations: [reservation(silent)] };
    expect(inShop([held, paid], untold)).toBe('valid');
  });
});

describe('rows that do not say whose they are', () => {
  const bought = (buyer: string, order: string) => said('buy', buyer, [0, 10], { order });
  const calls = [bought('ann', 'o1'), bought('bob', 'o2')];
  const rows = (...orders: Parameters<typeof order>[0][]) => ({
    orders: orders.map((row) => order({ quantity: 1, ...row })),
  });
  const ids = (...orderIds: string[]) => rows(...orderIds.map((orderId) => ({ orderId })));

  it('are enough if there are as many as purchases', () => {
    expect(inShop(calls, ids('o1', '18'))).toBe('valid');
    const no = refused('buy', 'cid', [0, 10]);
    const held = said('reserve', 'cid', [0, 10], { hold: 'h9' });
    expect(inShop([...calls, no, held], ids('o1', '18'))).toBe('valid');
    const registered = said('register', 'bob', [0, 10], { order: 'o2' });
    expect(inShop([bought('ann', 'o1'), registered], ids('o1', '18'))).toBe('valid');
    expect(inShop([bought('ann', 'o1'), registered], ids('o1'))).toHaveLength(1);
    expect(
      inShop(calls, rows({ orderId: 'o1', status: 'FAILED' }, { orderId: 'o2' })),
    ).toHaveLength(1);
  });

  it('may be fewer where one of them was deleted, whosever that is', () => {
    const cancel = said('cancel', 'ann', [20, 30], { order: 'o1' });
    expect(inShop([...calls, cancel], ids('17'))).toBe('valid');
    const no = refused('cancel', 'ann', [20, 30], { order: 'o1' });
    expect(inShop([...calls, no], ids('17'))).not.toBe('valid');
    const cids = bought('cid', 'o3');
    const unnamed = said('cancel', 'ann', [20, 30]);
    const refusedOne = refused('cancel', 'ann', [20, 30]);
    expect(inShop([...calls, cids, unnamed], ids('o1', 'o3'))).toBe('valid');
    expect(inShop([...calls, cids, refusedOne], ids('o1', 'o3'))).toHaveLength(1);
    expect(inShop([...calls, cids], ids('o1', 'o3'))).toHaveLength(1);
    const named = rows({ orderId: 'o3', userId: 'cid' });
    expect(inShop([...calls, bought('cid', 'o3'), cancel], named)).toHaveLength(1);
    const marked = [{ orderId: '17' }, { orderId: '18', status: 'CANCELLED' as const }];
    expect(inShop([...calls, cancel], rows(...marked))).toBe('valid');
    expect(inShop([...calls, cancel], rows(...marked.reverse()))).toBe('valid');
  });
});

describe('rows that are alike', () => {
  it('are of the calls that they suit best', () => {
    const two = ['h1', 'h2'].map((hold) => said('reserve', 'ann', [0, 10], { hold }));
    const back = said('release', 'ann', [20, 30], { hold: 'h1' });
    const held = (['EXPIRED', 'CANCELLED'] as const).map((status) =>
      reservation({ userId: 'ann', quantity: 1, status }),
    );
    expect(inShop([...two, back], { reservations: held })).toBe('valid');
    expect(inShop([...two, back], { reservations: held.toReversed() })).toBe('valid');
    const bought = ['o1', 'o2'].map((name) => said('buy', 'ann', [0, 10], { order: name }));
    const cancel = said('cancel', 'ann', [20, 30], { order: 'o1' });
    const orders = (['CONFIRMED', 'CANCELLED'] as const).map((status) =>
      order({ userId: 'ann', quantity: 1, status }),
    );
    expect(inShop([...bought, cancel], { orders })).toBe('valid');
    expect(inShop([...bought, cancel], { orders: orders.toReversed() })).toBe('valid');
  });
});

describe('a hold or an order with another name in the books', () => {
  const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
  const hold = (reservationId: string | null, status: 'EXPIRED' | 'CONFIRMED' = 'CONFIRMED') =>
    reservation({ reservationId, userId: 'ann', quantity: 1, status });
  const sold = (reservationId: string, facts: Parameters<typeof order>[0] = {}) =>
    order({ orderId: 'o1', reservationId, userId: 'ann', quantity: 1, ...facts });

  it('is found where names are of two kinds, and lost where they are of one', () => {
    const bought = said('buy', 'ann', [0, 10], { hold: 'h1', order: 'o1' });
    expect(inShop([bought], { orders: [sold('r7')] })).toBe('valid');
    const registered = said('register', 'ann', [0, 10], { hold: 'h1', order: 'o1' });
    expect(inShop([registered], { orders: [sold('r7')] })).toBe('valid');
    const bobs = [
      said('register', 'bob', [0, 10], { hold: 'h2', order: 'o2' }),
      sold('h2', { orderId: 'o2', userId: 'bob' }),
    ] as const;
    expect(inShop([registered, bobs[0]], { orders: [sold('r7'), bobs[1]] })).toEqual([
      'in the ledger its order is for reservation r7',
    ]);
    expect(inShop([registered, bobs[0]], { orders: [sold('h1'), bobs[1]] })).toBe('valid');
    const both = { reservations: [hold('h1'), hold('h2')], orders: [sold('h2')] };
    expect(inShop([bought, said('buy', 'ann', [0, 10], { hold: 'h2' })], both)).not.toBe('valid');
    const paid = said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' });
    const nameless = { reservations: [hold(null)], orders: [sold('r9')] };
    expect(inShop([held, paid], nameless)).toBe('valid');
    const lapsed = { reservations: [hold('h1', 'EXPIRED')], orders: [sold('h1')] };
    expect(inShop([held, paid], lapsed)).toEqual([
      'in the ledger the reservation is EXPIRED and the order CONFIRMED',
    ]);
  });

  it('is found where two of one buyer are alike, whichever row an order is for', () => {
    const both = [held, said('reserve', 'ann', [0, 5], { hold: 'h2' })];
    const paid = (hold: string, order: string) => said('confirm', 'ann', [6, 10], { hold, order });
    const crossed = {
      reservations: [hold('r1'), hold('r2')],
      orders: [sold('r2'), sold('r1', { orderId: 'o2' })],
    };
    expect(inShop([...both, paid('h1', 'o1'), paid('h2', 'o2')], crossed)).toBe('valid');
    const buy = (hold: string, order: string) => said('buy', 'ann', [0, 10], { hold, order });
    expect(inShop([buy('h1', 'o1'), buy('h2', 'o2')], crossed)).toBe('valid');
    const lapsed = {
      reservations: [hold('r1', 'EXPIRED'), hold('r2')],
      orders: [sold('r1')],
    };
    expect(inShop([...both, paid('h1', 'o1')], lapsed)).toBe('valid');
  });

  describe('among others like it that no call of the run made', () => {
    const before = [{ skuId: 'SKU-1', total: 9, wasOnSale: true }];
    const older = { skus: before, nobodyElseBuys: false, unitsPerBuyerMax: 9 };
    const row = (
      [reservationId, orderId]: [string, string],
      userId: string | null,
      status: 'CONFIRMED' | 'CANCELLED' = 'CONFIRMED',
    ) => ({
      reservation: reservation({ reservationId, userId, quantity: 1, status }),
      order: order({ orderId, reservationId, userId, quantity: 1, status }),
    });
    const among = (calls: Call[], ...rows: ReturnType<typeof row>[]) => {
      const [reservations, orders] = [
        rows.map((each) => each.reservation),
        rows.map((each) => each.order),
      ];
      return [older, { total: 9, nobodyElseBuys: false, unitsPerBuyerMax: 9 }].map((shop) =>
        lostIn(shopOf({ ...shop, holdTtlMs: 10 }, calls, { reservations, orders })),
      );
    };
    const valid = ['valid', 'valid'];

    it('is the one that its order names, whichever the buyer was told of', () => {
      for (const kind of ['buy', 'register'] as const) {
        const told = said(kind, 'ann', [0, 10], { hold: 'h1', order: 'o1' });
        for (const userId of ['ann', null]) {
          const [other, own] = [row(['r0', 'x0'], userId), row(['r1', 'o1'], userId)];
          expect(among([told], other, own)).toEqual(valid);
          expect(among([told], own, other)).toEqual(valid);
        }
      }
    });

    it('is the second one of a late checkout', () => {
      const late = said('confirm', 'ann', [40, 50], { hold: 'h1', newHold: 'h2', order: 'o1' });
      const others = [row(['r0', 'x0'], 'ann'), row(['r9', 'x9'], 'ann')];
      expect(among([held, late], ...others, row(['r2', 'o1'], 'ann'))).toEqual(valid);
    });

    it('was cancelled by a call that names it as the buyer was told', () => {
      const paid = said('confirm', 'ann', [6, 9], { hold: 'h1', order: 'o1' });
      const cancel = said('cancel', 'ann', [20, 30], { hold: 'h1' });
      const own = row(['r1', 'o1'], null, 'CANCELLED');
      expect(among([held, paid, cancel], row(['r0', 'x0'], null), own)).toEqual(valid);
    });

    it('is lost if there are too few, and if its order is for one that another call was told of', () => {
      const told = [
        said('buy', 'ann', [0, 10], { hold: 'h1', order: 'o1' }),
        said('buy', 'bob', [0, 10], { hold: 'h2', order: 'o2' }),
      ];
      expect(among(told, row(['r1', 'o1'], null))).toEqual([
        ['the ledger has no order for it: o2 is missing'],
        ['the ledger has no order for it: o2 is missing'],
      ]);
      const crossed = [row(['h1', 'o2'], null), row(['h2', 'o1'], null)];
      const wrong = ['h2', 'h1'].map(
        (name) => `in the ledger its order is for reservation ${name}`,
      );
      expect(among(told, ...crossed)).toEqual([wrong, wrong]);
      // Where names are of one kind, a row that nobody was told of is none of theirs.
      const lost = unanswered('buy', 'ann', 0);
      const others = [row(['h7', 'o7'], 'ann'), row(['h8', 'o1'], 'ann')];
      expect(among([told[0] as Call, lost], row(['h1', 'o9'], 'ann'), ...others)[1]).toEqual([
        'in the ledger its order is for reservation h8',
      ]);
    });
  });

  it('is found by the id of its call, whatever name it was told by', () => {
    const bought = said('buy', 'ann', [0, 10], { hold: 'h1', order: 'o1', callId: 'c1' });
    const rows = {
      reservations: [{ ...hold('r7'), callId: 'c1' }],
      orders: [sold('r7', { callId: 'c1' })],
    };
    expect(inShop([bought], rows)).toBe('valid');
  });

  it('is lost where its call made another, and where its order is for somebody else’s', () => {
    const made = (hold: string, callId: string) => said('reserve', 'ann', [0, 5], { hold, callId });
    const rows = [
      { ...hold('h1'), callId: 'c1' },
      { ...hold('x9'), callId: 'c2' },
    ];
    expect(inShop([made('h1', 'c1'), made('h2', 'c2')], { reservations: rows })).toEqual([
      'the ledger has no reservation h2',
    ]);
    const calls = [
      held,
      said('reserve', 'ann', [0, 5], { hold: 'h9' }),
      said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' }),
      unanswered('cancel', 'ann', 20, { order: 'o1' }),
    ];
    const ofOther = { reservations: [hold('h1'), hold('h9')], orders: [sold('h9')] };
    expect(inShop(calls, ofOther)).toEqual([
      'in the ledger order o1, of which they were told, is for reservation h9',
    ]);
  });

  it('is not compared with a hold that the checkout does not name', () => {
    const paid = said('confirm', 'ann', [6, 10], { order: 'o1' });
    expect(inShop([held, paid], { orders: [sold('h1')] })).toBe('valid');
  });

  it('may be a second one of which only the answer tells', () => {
    const late = said('confirm', 'ann', [40, 50], { hold: 'h1', newHold: 'h2', order: 'o1' });
    const rows = { reservations: [hold('h1', 'EXPIRED')], orders: [sold('h2')] };
    expect(inShop([held, late], rows)).toBe('valid');
    expect(inShop([held, late], { reservations: [hold('h1', 'EXPIRED')] })).toBe('valid');
  });

  it('may have been deleted, by the name of the hold as well', () => {
    const paid = (order?: string) => said('confirm', 'ann', [6, 10], { hold: 'h1', order });
    const cancel = (facts: Partial<Call>) => said('cancel', 'ann', [20, 30], facts);
    expect(inShop([held, paid(), cancel({ hold: 'h1' })], { orders: [] })).toBe('valid');
    expect(inShop([held, paid()], { orders: [] })).toHaveLength(1);
    const others = [said('buy', 'bob', [0, 10], { order: 'o2' }), cancel({ order: 'o1' })];
    const bobs = order({ orderId: 'o2', userId: 'bob', quantity: 1 });
    expect(inShop([held, paid('o1'), ...others], { orders: [bobs] })).toBe('valid');
    expect(inShop([held, paid('o1'), ...others.slice(0, 1)], { orders: [bobs] })).toHaveLength(1);
  });
});

describe('a hold on our own server', () => {
  const cancelledRow = (hold: string): Entry[] =>
    (['RESERVED', 'RELEASED'] as const).map((kind) => ({ kind, hold, buyer: 'ann' }));
  const judged = (calls: Call[], entries: Entry[]) => {
    const sale = saleOf(facts);
    const evidence = evidenceOf(sale, calls, { ledger: booksOf(sale, entries) });
    return lostIn(keeping(evidence, 'reservation'));
  };
  const held = (hold: string, facts: Partial<Call> = {}) =>
    said('reserve', 'ann', [0, 10], { hold, ...facts });
  const unasked = ['in the ledger it is cancelled, which nobody asked for'];

  it('was asked to be given back by a call about it, or about nothing that has a name', () => {
    const back = (facts: Partial<Call>) => said('release', 'ann', [20, 30], facts);
    const both = [...cancelledRow('a'), ...cancelledRow('b')];
    expect(judged([held('a'), held('b'), back({ hold: 'b' })], both)).toEqual(unasked);
    expect(judged([held('a'), refused('release', 'ann', [20, 30])], both)).toEqual(unasked);
    expect(judged([held('a'), said('reserve', 'ann', [20, 30])], both)).toEqual(unasked);
    expect(judged([held('a'), back({})], both)).toBe('valid');
    expect(judged([held('a', { buyer: undefined }), back({})], both)).toBe('valid');
    const bobs = said('release', 'bob', [20, 30]);
    expect(judged([held('a'), back({ hold: 'a' }), bobs], both)).toBe('valid');
  });

  it('is of the order that a registration tells, where no orders are kept', () => {
    const registered = said('register', 'ann', [11, 15], { hold: 'a', order: 'o1' });
    const cancel = said('cancel', 'ann', [20, 30], { order: 'o1' });
    const both = [...cancelledRow('a'), ...cancelledRow('b')];
    expect(judged([held('a'), registered, cancel], both)).toBe('valid');
    expect(judged([held('a'), held('b'), registered, cancel], both)).toEqual(unasked);
  });

  it('is lost under its name, though its call made another', () => {
    const entry: Entry = { kind: 'RESERVED', hold: 'x', buyer: 'ann', callId: 'try-a' };
    expect(judged([held('a', { callId: 'try-a' })], [entry])).toEqual([
      'the ledger has no reservation a',
    ]);
  });
});

describe('an attempt in a described shop', () => {
  const tried = said('attempt', 'ann', [0, 10], { order: 'c1' });
  const won = said('read', 'ann', [40, 50], { order: 'c1', observed: { decision: 'SUCCESS' } });

  it('that succeeded has an order, unless that was cancelled', () => {
    const orders = [order({ orderId: 'x1', userId: 'ann', quantity: 1 })];
    expect(inShop([tried, won], { orders })).toBe('valid');
    expect(inShop([tried, won], { orders: [] })).toEqual(['the ledger has no order for it']);
    const cancelled = said('cancel', 'ann', [60, 70], { order: 'c1' });
    expect(inShop([tried, won, cancelled], { orders: [] })).toBe('valid');
  });
});

describe('a success on our own server that keeps no attempts', () => {
  it('has an order of its buyer for the same SKU, or for any where none is named', () => {
    const sale = saleOf({
      ...facts,
      skus: ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 9 })),
    });
    const judged = (sku: string | undefined, ofOrder: string) => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      ]);
      for (const row of ledger.orders) row.skuId = ofOrder;
      const won = said('read', 'ann', [40, 50], { sku, observed: { decision: 'SUCCESS' } });
      return lostIn(keeping(evidenceOf(sale, [won], { ledger }), 'order'));
    };
    expect(judged('SKU-1', 'SKU-1')).toBe('valid');
    expect(judged('SKU-1', 'SKU-2')).toEqual(['the ledger has no order for it']);
    expect(judged(undefined, 'SKU-2')).toBe('valid');
  });

  it('whichever call made that', () => {
    const sale = saleOf(facts);
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    const calls = [
      said('attempt', 'ann', [0, 10], { order: 't1', callId: 'c1' }),
      said('read', 'ann', [40, 50], { order: 't1', observed: { decision: 'SUCCESS' } }),
    ];
    expect(lostIn(keeping(evidenceOf(sale, calls, { ledger }), 'order'))).toBe('valid');
  });
});

describe('a late checkout on our own server that keeps no orders', () => {
  const sale = saleOf({ ...facts, holdTtlMs: 10 });
  const held = said('reserve', 'ann', [0, 5], { hold: 'a', callId: 'c1' });
  const key = { hold: 'a', idempotencyKey: 'k' };
  const judged = (calls: Call[], ofSecond: string | undefined) => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'c1' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann', ...(ofSecond && { callId: ofSecond }) },
      { kind: 'SOLD', hold: 'b', buyer: 'ann' },
    ]);
    return lostIn(keeping(evidenceOf(sale, [held, ...calls], { ledger }), 'reservation'));
  };

  it('has a second reservation, under the id of one of its calls', () => {
    const lost = unanswered('confirm', 'ann', 20, { ...key, callId: 'c2' });
    const told = said('confirm', 'ann', [30, 40], { ...key, callId: 'c3' });
    expect(judged([lost, told], 'c2')).toBe('valid');
    expect(judged([lost, told], 'c3')).toBe('valid');
    expect(judged([lost, told], 'c9')).toEqual(['in the ledger the reservation is EXPIRED']);
    expect(judged([told], undefined)).toEqual(['in the ledger the reservation is EXPIRED']);
  });
});

describe('a voucher in a described shop', () => {
  const told = (facts: Partial<Call> = {}) =>
    said('register', 'ann', [0, 10], { order: 'o1', ...facts });
  const judged = (call: Call, orderIds: string[], ofVouchers: string[]) => {
    const orders = orderIds.map((orderId) => order({ orderId, userId: 'ann', quantity: 1 }));
    const evidence = shopOf(facts, [call], { orders });
    const vouchers = ofVouchers.map(
      (orderId, place): LedgerVoucher => ({
        ...{ row: 'voucher', voucherId: `v${place}`, code: `V${place}`, campaignId: 'c' },
        ...{ skuId: 'SKU-1', userId: 'ann', orderId },
        ...{ issuedAt: null, usedAt: null, usedByCallId: null },
      }),
    );
    const { sale } = evidence;
    return lostIn({
      ...evidence,
      sale: { ...sale, evidence: { ...sale.evidence, ledger: ['order', 'voucher'] } },
      ledger: { ...emptyLedger(), orders, vouchers },
    });
  };

  it('is found by its order, if vouchers name orders as the orders do', () => {
    expect(judged(told(), ['o1'], ['o1'])).toBe('valid');
    expect(judged(told(), ['o1', 'o2'], ['o2', 'x9'])).toEqual([
      'the ledger has no voucher for it',
    ]);
    expect(judged(told(), ['o1', 'o2'], ['17', '18'])).toBe('valid');
    expect(judged(told({ voucher: 'V0' }), ['o1'], ['17'])).toBe('valid');
    expect(judged(told({ voucher: 'V7' }), ['o1'], ['17'])).toEqual([
      'the ledger has no voucher for it',
    ]);
  });
});
