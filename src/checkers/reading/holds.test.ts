import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { LedgerRowKind } from '../../protocol/ledger.ts';
import { attribute } from './attribution.ts';
import { possibly } from './bounds.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';

const sale = saleOf({ total: 5 });

const holdsOf = (calls: Call[], entries?: Entry[]) =>
  findHolds(
    evidenceOf(sale, calls, entries === undefined ? {} : { ledger: booksOf(sale, entries) }),
  ).bySku.get(SKU) ?? [];

const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
const inLedger: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' };

describe('the holds of a sale', () => {
  it('are those of the calls that were answered yes', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 }),
      refused('reserve', 'bob', [0, 10]),
      said('reserve', 'cid', [0, 10], { hold: 'c', sku: 'OTHER' }),
    ];
    expect(holdsOf(calls)).toMatchObject([
      { buyer: 'ann', quantity: 2, made: 'answered', knownAtNs: 10e6, confirmed: 'no' },
    ]);
  });

  it('leave a call without an answer open until a ledger settles it', () => {
    expect(holdsOf([lost])).toMatchObject([{ made: 'unsettled' }]);
    expect(holdsOf([lost], [])).toEqual([]);
    expect(holdsOf([lost], [inLedger])).toMatchObject([
      { made: 'found', reservation: { reservationId: 'a' } },
    ]);
  });

  it('give one row of a ledger without call ids to one call alone', () => {
    const calls = [lost, unanswered('reserve', 'ann', 5, { callId: 'try-b' })];
    expect(holdsOf(calls, [{ ...inLedger, callId: undefined }])).toHaveLength(1);
  });

  it('are sold at once where a registration was answered yes', () => {
    expect(holdsOf([said('register', 'ann', [0, 10], { order: 'order-a' })])).toMatchObject([
      { made: 'answered', confirmed: 'yes' },
    ]);
    const registered = said('register', 'ann', [0, 10], { order: 'order-a', hold: 'a' });
    expect(holdsOf([registered], [])).toMatchObject([{ made: 'answered', confirmed: 'yes' }]);
  });

  it('were not sold by an order that was cancelled before it was paid', () => {
    const ledger = booksOf(sale, [
      inLedger,
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RETURNED', hold: 'a', buyer: 'ann' },
    ]);
    const accepted = unanswered('confirm', 'ann', 20, { hold: 'a', order: 'order-a', status: 202 });
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a' }), accepted];
    const confirmed = () => findHolds(evidenceOf(sale, calls, { ledger })).byId.get('a')?.confirmed;
    expect(confirmed()).toBe('yes');
    ledger.movements.splice(1, 2, { ...ledger.movements[1], kind: 'RELEASED' } as never);
    expect(confirmed()).toBe('no');
  });

  it('may be of a late checkout without an answer, where the ledger stores no call ids', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('confirm', 'ann', 990, { hold: 'a' }),
    ];
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'again', buyer: 'ann' },
    ];
    expect(holdsOf(calls, entries)).toMatchObject([
      { made: 'answered' },
      { made: 'found', reservation: { reservationId: 'again' } },
    ]);
    expect(holdsOf(calls, entries.slice(0, 2))).toHaveLength(1);
  });

  it.each([
    ['hold', { newHold: 'again' }],
    ['order', { order: 'order-again' }],
  ])(
    'are not of a late checkout without an answer if another one was told of the %s',
    (_, told) => {
      const calls = [
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        unanswered('confirm', 'ann', 1_100, { hold: 'a' }),
        said('confirm', 'ann', [1_200, 1_210], { hold: 'a', ...told }),
      ];
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
        { kind: 'RESERVED', hold: 'again', buyer: 'ann' },
        { kind: 'SOLD', hold: 'again', buyer: 'ann' },
      ];
      expect(holdsOf(calls, entries)).toMatchObject([
        { reserve: { kind: 'reserve' } },
        { made: 'answered', reserve: { kind: 'confirm' }, reservation: { reservationId: 'again' } },
      ]);
    },
  );

  it('are known to the buyer of an attempt from the moment they are told of it', () => {
    const attempt = said('attempt', 'ann', [0, 10], { callId: 'try-a' });
    const read = said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } });
    expect(holdsOf([attempt])).toMatchObject([{ made: 'unsettled', knownAtNs: Infinity }]);
    expect(holdsOf([attempt, read])).toMatchObject([{ made: 'answered', knownAtNs: 50e6 }]);
  });

  it('end with the calls that name them, or their order', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' }),
      unanswered('cancel', 'ann', 40, { order: 'order-a' }),
    ];
    expect(holdsOf(calls)).toMatchObject([{ confirmed: 'yes', cancelled: 'maybe' }]);
  });

  it('were asked for with the first registration that led to them', () => {
    const calls = [
      unanswered('register', 'ann', 0),
      said('register', 'ann', [20, 30], { order: 'order-a' }),
      said('reserve', 'ann', [40, 50], { hold: 'b' }),
    ];
    const asked = (entries?: Entry[]) => holdsOf(calls, entries).map(({ askedAtNs }) => askedAtNs);
    expect(asked()).toEqual([0, 0, 40e6]);
    expect(asked([])).toEqual([0, 40e6]);
  });

  it('are found by the id of the first answer that named it', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('reserve', 'ann', [20, 30], { hold: 'a' }),
    ];
    expect(findHolds(evidenceOf(sale, calls)).byId.get('a')?.reserve.id).toBe(1);
  });

  it('of a registration without an answer were sold, maybe or not, as the ledger shows', () => {
    const calls = [unanswered('register', 'ann', 0, { callId: 'try-a' })];
    const sold: Entry = { kind: 'SOLD', hold: 'a', buyer: 'ann' };
    expect(holdsOf(calls)).toMatchObject([{ confirmed: 'maybe', confirms: [{ id: 1 }] }]);
    expect(holdsOf(calls, [inLedger])).toMatchObject([{ confirmed: 'no', confirms: [] }]);
    expect(holdsOf(calls, [inLedger, sold])).toMatchObject([
      { made: 'found', confirmed: 'yes', confirms: [{ id: 1 }] },
    ]);
  });
});

describe('a call that ends a hold', () => {
  const reserve = said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a' });
  const order = { hold: 'a', order: 'order-a' };
  const bought = said('confirm', 'ann', [20, 30], order);
  const sold: Entry = { kind: 'SOLD', hold: 'a', buyer: 'ann' };
  const released: Entry = { kind: 'RELEASED', hold: 'a', buyer: 'ann' };
  const returned: Entry = { kind: 'RETURNED', hold: 'a', buyer: 'ann' };

  /** The state of the hold after these calls, each list as its number of calls. */
  const after = (
    calls: Call[],
    entries?: Entry[],
    tamper?: (ledger: LedgerSnapshot) => void,
    unkept: LedgerRowKind[] = [],
  ) => {
    const ledger = entries && booksOf(sale, entries);
    if (ledger) tamper?.(ledger);
    const evidence = evidenceOf(sale, [reserve, ...calls], ledger ? { ledger } : {});
    const { evidence: promised } = evidence.sale;
    const kept = promised.ledger.filter((kind) => !unkept.includes(kind));
    evidence.sale.evidence = { ...promised, ledger: kept };
    const hold = findHolds(evidence).byId.get('a') as Hold;
    return {
      confirmed: [hold.confirmed, hold.confirms.length],
      released: [hold.released, hold.releases.length],
      cancelled: [hold.cancelled, hold.cancels.length],
    };
  };

  it.each([
    ['confirmed', unanswered('confirm', 'ann', 40, order), bought],
    ['released', unanswered('release', 'ann', 40, order), said('release', 'ann', [20, 30], order)],
    ['cancelled', unanswered('cancel', 'ann', 40, order), said('cancel', 'ann', [20, 30], order)],
  ] as const)(
    'may have done so while it has no answer and there is no ledger: %s',
    (state, lost, yes) => {
      expect(after([lost])[state]).toEqual(['maybe', 1]);
      expect(after([lost, { ...lost, invokedAtNs: 50e6 }])[state]).toEqual(['maybe', 2]);
      expect(after([lost, yes])[state]).toEqual(['yes', 2]);
      const before = { ...lost, invokedAtNs: 15e6 };
      expect(after([before, yes])[state]).toEqual(['yes', 2]);
    },
  );

  it.each([
    ['confirmed', 'confirm'],
    ['released', 'release'],
    ['cancelled', 'cancel'],
  ] as const)('did nothing when it was refused: %s', (state, kind) => {
    expect(after([refused(kind, 'ann', [20, 30], order)])[state]).toEqual(['no', 0]);
  });

  it('is a sale without an answer when the ledger has it, cancelled since or not', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    expect(after([lost], [inLedger, sold]).confirmed).toEqual(['yes', 1]);
    expect(after([lost], [inLedger, sold, returned]).confirmed).toEqual(['yes', 1]);
    expect(after([lost], [inLedger]).confirmed).toEqual(['no', 0]);
    expect(after([lost], []).confirmed).toEqual(['no', 0]);
  });

  it('is settled by the rows that the ledger keeps', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    type Status = LedgerSnapshot['orders'][number]['status'];
    const ordered = (status: Status, of?: LedgerSnapshot['reservations'][number]['status']) => {
      return (ledger: LedgerSnapshot) => {
        const [order] = booksOf(sale, [inLedger, sold]).orders;
        ledger.orders = order === undefined ? [] : [{ ...order, status }];
        for (const row of ledger.reservations) row.status = of ?? row.status;
      };
    };
    const confirmed = (
      ...[entries, tamper, unkept]: [Entry[], ReturnType<typeof ordered>?, LedgerRowKind[]?]
    ) => after([lost], entries, tamper, unkept).confirmed[0];
    const back = [inLedger, released];

    const unmoved = (ledger: LedgerSnapshot) => ledger.movements.splice(1);
    expect(confirmed([inLedger, sold], (ledger) => void unmoved(ledger))).toBe('yes');
    expect(confirmed(back, ordered('CANCELLED'))).toBe('no');

    expect(confirmed(back, ordered('CANCELLED'), ['movement'])).toBe('maybe');
    expect(confirmed(back, ordered('FAILED'), ['movement'])).toBe('no');
    const twoOrders = (ledger: LedgerSnapshot) => {
      ordered('CANCELLED')(ledger);
      ledger.orders.push(
        ...ledger.orders.map((order) => ({ ...order, status: 'FAILED' as const })),
      );
    };
    expect(confirmed(back, twoOrders, ['movement'])).toBe('maybe');
    expect(confirmed(back, ordered('CANCELLED', 'EXPIRED'), ['movement'])).toBe('no');
    expect(confirmed([inLedger], ordered('FULFILLED'), ['movement'])).toBe('yes');
    expect(confirmed([inLedger], undefined, ['movement'])).toBe('no');

    expect(confirmed(back, undefined, ['movement', 'order'])).toBe('maybe');
    expect(confirmed([inLedger], undefined, ['movement', 'order'])).toBe('no');
    expect(confirmed([inLedger], undefined, ['reservation'])).toBe('maybe');
    const given = unanswered('release', 'ann', 20, { hold: 'a' });
    expect(after([given], [inLedger], undefined, ['reservation']).released).toEqual(['maybe', 1]);
  });

  it('is no sale while the payment of its order is pending', () => {
    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    const { confirmed } = after([lost], [inLedger], (ledger) => {
      const [order] = booksOf(sale, [inLedger, sold]).orders;
      if (order) ledger.orders.push({ ...order, status: 'PENDING' });
    });
    expect(confirmed).toEqual(['no', 0]);
  });

  it('is a cancellation without an answer when the ledger has it', () => {
    const lost = unanswered('release', 'ann', 20, { hold: 'a' });
    expect(after([lost], [inLedger, released]).released).toEqual(['yes', 1]);
    expect(after([lost], [inLedger]).released).toEqual(['no', 0]);
    expect(after([lost], []).released).toEqual(['no', 0]);
    const returning = unanswered('cancel', 'ann', 40, { order: 'order-a' });
    expect(after([bought, returning], [inLedger, sold, returned]).cancelled).toEqual(['yes', 1]);
    expect(after([bought, returning], [inLedger, sold]).cancelled).toEqual(['no', 0]);
    expect(after([bought, returning], []).cancelled).toEqual(['no', 0]);
  });

  it('happened when it was answered yes, whatever the ledger says', () => {
    expect(after([bought], [inLedger]).confirmed).toEqual(['yes', 1]);
    expect(after([said('release', 'ann', [20, 30], order)], [inLedger]).released).toEqual([
      'yes',
      1,
    ]);
    const returning = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    expect(after([bought, returning], [inLedger, sold]).cancelled).toEqual(['yes', 1]);
  });

  it('finds the hold of an order by the answer of a registration, or by the ledger', () => {
    const registered = said('register', 'bob', [11, 12], { order: 'order-b', hold: 'b' });
    const cancel = said('cancel', 'bob', [13, 14], { order: 'order-b' });
    const holds = holdsOf([reserve, registered, cancel]);
    expect(holds.map(({ cancelled }) => cancelled)).toEqual(['no', 'yes']);

    const lost = unanswered('confirm', 'ann', 20, { hold: 'a' });
    const returning = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    expect(after([lost, returning], [inLedger, sold, returned]).cancelled).toEqual(['yes', 1]);
  });

  it('ends no hold that it does not name', () => {
    const stranger = { hold: 'x', order: 'order-x' };
    const calls = (['confirm', 'release', 'cancel'] as const).map((kind) =>
      said(kind, 'eve', [20, 30], stranger),
    );
    expect(after([bought, ...calls])).toEqual({
      confirmed: ['yes', 1],
      released: ['no', 0],
      cancelled: ['no', 0],
    });
  });
});

it('takes no hold of which nobody was told for one that a registration without an answer bought', () => {
  const calls = [unanswered('reserve', 'ann', 0), unanswered('register', 'ann', 20)];
  expect(holdsOf(calls).map(({ confirmed }) => confirmed)).toEqual(['no', 'maybe']);
});

it('finds which of several holds an order is for, by the answer to its checkout or by the ledger', () => {
  const held = ['a', 'b'].map((hold) => said('reserve', 'ann', [0, 10], { hold }));
  const cancelled = said('cancel', 'ann', [40, 50], { order: 'order-a' });
  const endsOf = (calls: Call[], entries?: Entry[]) =>
    holdsOf([...held, ...calls, cancelled], entries).map((hold) => hold.cancelled);
  const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
  expect(endsOf([paid])).toEqual(['yes', 'no']);
  const entry = (kind: Entry['kind'], hold: string): Entry => ({ kind, hold, buyer: 'ann' });
  const entries = [entry('RESERVED', 'a'), entry('RESERVED', 'b'), entry('SOLD', 'a')];
  expect(endsOf([{ ...paid, order: undefined }], entries)).toEqual(['yes', 'no']);
});

it('does not know which of several like holds a described shop has an order for, if its names are of another kind', () => {
  const calls = ['h1', 'h2'].flatMap((hold) => [
    said('reserve', 'ann', [0, 10], { hold }),
    said('confirm', 'ann', [20, 30], { hold }),
  ]);
  const cancelled = said('cancel', 'ann', [40, 50], { order: '7' });
  const anns = { userId: 'ann', quantity: 1 };
  const reservations = ['1', '2'].map((reservationId) =>
    reservation({ reservationId, status: 'CONFIRMED', ...anns }),
  );
  const orders = [
    order({ orderId: '7', reservationId: '1', status: 'CANCELLED', ...anns }),
    order({ orderId: '8', reservationId: '2', ...anns }),
  ];
  const shop = shopOf({ total: 5, unitsPerBuyerMax: 9 }, [...calls, cancelled], {
    reservations,
    orders,
  });
  const holds = findHolds(attribute(shop)).bySku.get(SKU) ?? [];
  expect(holds.map((hold) => hold.cancelled)).toEqual(['maybe', 'maybe']);
});

describe('a call that names neither a hold nor an order', () => {
  const held = (hold: string, facts: Partial<Call> = {}) =>
    said('reserve', 'ann', [0, 10], { hold, ...facts });
  const ENDS = ['confirm', 'release', 'cancel'] as const;
  /** The ends of each hold of which these calls may be. */
  const endsOf = (...calls: Call[]) =>
    holdsOf(calls).map(({ confirmed, released, cancelled }) =>
      [confirmed, released, cancelled].join(),
    );

  it('is about the only hold of its buyer', () => {
    const nameless = (kind: (typeof ENDS)[number]) => said(kind, 'ann', [20, 30]);
    expect(ENDS.map((kind) => endsOf(held('a'), nameless(kind)))).toEqual([
      ...[['yes,no,no'], ['no,yes,no'], ['no,no,yes']],
    ]);
    expect(endsOf(held('a'), said('read', 'ann', [20, 30]))).toEqual(['no,no,no']);
    const bens = said('reserve', 'ben', [0, 10], { hold: 'b' });
    expect(endsOf(held('a'), bens, nameless('confirm'))).toEqual(['yes,no,no', 'no,no,no']);
    expect(endsOf(held('a'), { ...nameless('confirm'), buyer: undefined })).toEqual(['no,no,no']);
  });

  it('may be about any of several, and surely about none', () => {
    for (const [place, kind] of ENDS.entries()) {
      const ends = ['no', 'no', 'no'].with(place, 'maybe').join();
      expect(endsOf(held('a'), held('b'), said(kind, 'ann', [20, 30]))).toEqual([ends, ends]);
    }
  });

  it('is about no hold of another SKU, and of none that was asked for later', () => {
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 5 }));
    const confirmedWith = (sku: string | undefined) => {
      const calls = [
        held('a'),
        held('b', { sku: 'CUP' }),
        said('confirm', 'ann', [20, 30], { sku }),
      ];
      const { byId } = findHolds(evidenceOf({ ...sale, skus }, calls));
      return [byId.get('a')?.confirmed, byId.get('b')?.confirmed];
    };
    expect(confirmedWith(SKU)).toEqual(['yes', 'no']);
    expect(confirmedWith('CUP')).toEqual(['no', 'yes']);
    expect(confirmedWith(undefined)).toEqual(['maybe', 'maybe']);
    const later = said('reserve', 'ann', [31, 40], { hold: 'b' });
    expect(endsOf(held('a'), said('confirm', 'ann', [20, 30]), later)).toEqual([
      ...['yes,no,no', 'no,no,no'],
    ]);
  });

  it('ends nothing if it was refused, and one that names an unknown hold is not about another', () => {
    expect(endsOf(held('a'), refused('confirm', 'ann', [20, 30]))).toEqual(['no,no,no']);
    const named = said('confirm', 'ann', [20, 30], { hold: 'x' });
    expect(endsOf(held('a'), named)).toEqual(['no,no,no']);
    // Nor is it about one of which no answer told the name.
    expect(endsOf(unanswered('reserve', 'ann', 0), named)).toEqual(['no,no,no']);
    expect(endsOf(unanswered('reserve', 'ann', 0), { ...named, hold: undefined })).toEqual([
      'yes,no,no',
    ]);
  });

  it('may name the order that is cancelled later', () => {
    const paid = (kind: 'confirm' | 'release') => said(kind, 'ann', [20, 30], { order: 'o' });
    const cancelled = said('cancel', 'ann', [40, 50], { order: 'o' });
    expect(endsOf(held('a'), paid('confirm'), cancelled)).toEqual(['yes,no,yes']);
    const other = said('cancel', 'ben', [40, 50], { order: 'o' });
    expect(endsOf(held('a'), paid('confirm'), other)).toEqual(['yes,no,yes']);
    expect(endsOf(held('a'), paid('release'), other)).toEqual(['no,yes,no']);
    expect(endsOf(held('a'), held('b'), paid('confirm'), other)).toEqual([
      'maybe,no,no',
      'maybe,no,no',
    ]);
  });
});

describe('a checkout whose payment came after its hold had lapsed', () => {
  const reserve = said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2, callId: 'try-a' });
  const late = { hold: 'a', order: 'order-b', callId: 'pay-a' };
  const paid = said('confirm', 'ann', [900, 1_300], { ...late, newHold: 'b' });
  const lost = unanswered('confirm', 'ann', 900, { hold: 'a', callId: 'pay-a' });
  const of = { buyer: 'ann', quantity: 2 };
  const entries: Entry[] = [
    { ...of, kind: 'RESERVED', hold: 'a', callId: 'try-a' },
    { ...of, kind: 'EXPIRED', hold: 'a' },
    { ...of, kind: 'RESERVED', hold: 'b', callId: 'pay-a' },
    { ...of, kind: 'SOLD', hold: 'b' },
  ];

  /** The holds of the story as lines, with its books changed by hand. */
  const linesOf = (calls: Call[], tamper?: (ledger: LedgerSnapshot) => void) => {
    const ledger = booksOf(sale, entries);
    for (const order of ledger.orders) order.callId = 'pay-a';
    tamper?.(ledger);
    return lines(findHolds(evidenceOf(sale, calls, { ledger })));
  };
  const lines = ({ bySku, byId }: ReturnType<typeof findHolds>) =>
    [...bySku].flatMap(([sku, holds]) =>
      holds.map((hold) => {
        const [id] = [...byId].find(([, other]) => other === hold) ?? ['?'];
        return `${id}: ${hold.quantity} of ${sku} ${hold.made}, sold ${hold.confirmed}`;
      }),
    );
  const lapsed = `a: 2 of ${SKU} answered, sold no`;

  it('has a hold of its own, by its answer or by the order in the ledger', () => {
    const made = [lapsed, `b: 2 of ${SKU} answered, sold yes`];
    expect(lines(findHolds(evidenceOf(sale, [reserve, paid])))).toEqual(made);
    expect(linesOf([reserve, paid])).toEqual(made);
    expect(linesOf([reserve, { ...paid, newHold: undefined }])).toEqual(made);
    expect(linesOf([reserve, lost])).toEqual([lapsed, `b: 2 of ${SKU} found, sold yes`]);
  });

  it('leaves the hold that it named to those who name that again', () => {
    const back = said('release', 'ann', [1_400, 1_410], { hold: 'a' });
    const { byId } = findHolds(evidenceOf(sale, [reserve, paid, back]));
    expect([byId.get('a'), byId.get('b')].map((hold) => hold?.released)).toEqual(['yes', 'no']);
  });

  it('has none by its answer alone that came before the hold could lapse', () => {
    const answeredAt = (atMs: number) =>
      said('confirm', 'ann', [900, atMs], { ...late, newHold: 'b' });
    const holdsOf = (confirm: Call) => lines(findHolds(evidenceOf(sale, [reserve, confirm])));
    expect(holdsOf(answeredAt(1_000))).toHaveLength(2);
    expect(holdsOf(answeredAt(999))).toHaveLength(1);
  });

  it('takes the quantity of the row in the ledger where nobody told of the hold that lapsed', () => {
    expect(linesOf([paid])).toEqual([`b: 2 of ${SKU} answered, sold yes`]);
    expect(lines(findHolds(evidenceOf(sale, [{ ...paid, quantity: 7 }])))).toEqual([
      `b: 1 of ${SKU} answered, sold yes`,
    ]);
  });

  it('has its SKU from the ledger or the lapsed hold where no answer names it, and counts only if it is on sale', () => {
    const nameless = { ...paid, sku: undefined };
    const made = `b: 2 of ${SKU} answered, sold yes`;
    expect(linesOf([nameless])).toEqual([made]);
    expect(lines(findHolds(evidenceOf(sale, [reserve, nameless])))).toEqual([lapsed, made]);
    expect(lines(findHolds(evidenceOf(sale, [nameless])))).toEqual([]);
    const elsewhere = [
      said('reserve', 'ann', [0, 10], { sku: 'OTHER', hold: 'x' }),
      said('confirm', 'ann', [900, 1_300], { sku: 'OTHER', hold: 'x', newHold: 'y' }),
    ];
    expect(linesOf([reserve, ...elsewhere])).toEqual([lapsed]);
  });

  it('may have made its hold though it was refused', () => {
    const books = booksOf(sale, [...entries.slice(0, 3), { ...of, kind: 'RELEASED', hold: 'b' }]);
    const declined = refused('confirm', 'ann', [900, 1_300], { hold: 'a', callId: 'pay-a' });
    const { bySku, byId } = findHolds(evidenceOf(sale, [reserve, declined], { ledger: books }));
    expect(lines({ bySku, byId })).toEqual([lapsed, `b: 2 of ${SKU} found, sold no`]);
    const again = byId.get('b') as Hold;
    expect(possibly(again, sale)).toMatchObject({ fromNs: 900e6, untilNs: 2_400e6 });
  });

  it('has none that the ledger does not have', () => {
    const books = booksOf(sale, entries.slice(0, 2));
    expect(lines(findHolds(evidenceOf(sale, [reserve, paid], { ledger: books })))).toHaveLength(1);
  });

  it('may have made its hold and no sale', () => {
    const books = booksOf(sale, entries.slice(0, 3));
    const evidence = evidenceOf(sale, [reserve, lost], { ledger: books });
    const found = [lapsed, `b: 2 of ${SKU} found, sold no`];
    expect(lines(findHolds(evidence))).toEqual(found);
    // A ledger that does not tell of sales has a row of its own for the checkout all the same.
    Object.assign(books.reservations[0] as object, { status: 'CANCELLED' });
    expect(lines(findHolds(keeping(evidence, 'reservation')))).toEqual(found);
  });

  it('is an ordinary checkout when its order rests on the hold that it named, or was not made', () => {
    const alone = (ledger: LedgerSnapshot) => {
      ledger.reservations = ledger.reservations.filter((row) => row.reservationId === 'a');
    };
    const onSame = linesOf([reserve, lost], (ledger) => {
      alone(ledger);
      for (const order of ledger.orders) order.reservationId = 'a';
    });
    expect(onSame).toHaveLength(1);
    const pending = linesOf([reserve, lost], (ledger) => {
      alone(ledger);
      for (const order of ledger.orders) order.status = 'PENDING';
    });
    expect(pending).toEqual([lapsed]);
    expect(linesOf([reserve, { ...lost, hold: undefined }], alone)).toEqual([lapsed]);
  });
});
