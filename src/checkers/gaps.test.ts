import { describe, expect, it } from 'vitest';
import { voucherOf } from '../../test/judge/campaign-story.ts';
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
} from '../../test/judge/story.ts';
import { emptyLedger, type LedgerSnapshot, LIST_OF_KIND } from '../history/ledger-snapshot.ts';
import type { BooksReading, Manifest } from '../history/manifest.ts';
import type { OperationKind } from '../history/operation.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceKind, findGaps, isPromised, withoutGaps } from './gaps.ts';
import { examine, judge } from './verdict.ts';

const PROMISED: Manifest = {
  ledger: ['inventory', 'reservation', 'order', 'movement', 'payment', 'hot_stock'],
  sequences: true,
  consumers: [],
  scraped: ['http://one'],
  generator: true,
};

const sale = saleOf({ total: 1, sellOutExpected: true, evidence: PROMISED });

/** Two want the last one at once; Ann gets it and pays. */
const CALLS: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
  refused('reserve', 'bob', [5, 15]),
  said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a', sequence: 2 }),
];

const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
  { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 25 },
];

function wholeBooks(): LedgerSnapshot {
  const ledger = booksOf(sale, ENTRIES);
  ledger.payments.push({
    ...{ row: 'payment', transactionId: 't', skuId: SKU, userId: 'ann', orderId: 'order-a' },
    ...{ amount: '1.00', status: 'CHARGED' },
  });
  ledger.hotStock.push({ row: 'hot_stock', skuId: SKU, available: 0 });
  return ledger;
}

const READING: BooksReading = {
  skuId: SKU,
  fromNs: 40e6,
  toNs: 41e6,
  counts: { inventory: 1, reservation: 1, order: 1, movement: 2, payment: 1, hot_stock: 1 },
};

const scrapeAt = (atMs: number, skus = [SKU]) => ({
  ...{ instance: 'http://one', startedAtNs: atMs * 1e6, endedAtNs: atMs * 1e6 + 1 },
  samples: skus.map((sku) => ({ name: 'flashsale_oversold_units', labels: { sku }, value: 0 })),
});

/** Changes parts of some evidence by hand, and answers with the parts to replace. */
type Change = (evidence: Evidence) => Partial<Evidence>;

/** For a change that removed something by hand and replaces nothing. */
const removed = (_thing: unknown): Partial<Evidence> => ({});

/** The evidence of a sale in which everything that was promised is there, with one thing changed. */
function told(change: Change = () => ({})): Evidence {
  const evidence = evidenceOf(sale, CALLS, {
    ledger: wholeBooks(),
    books: [READING],
    scrapes: [scrapeAt(-1), scrapeAt(31)],
    scrapesRecorded: 2,
    generator: { saturated: false, reasons: [] },
  });
  return { ...evidence, ...change(evidence) };
}

it('finds no gap when everything that was promised is there', () => {
  expect(findGaps(told())).toEqual([]);
  expect(judge(told()).status).toBe('valid');
});

it('misses no number in the answer to a repeated call, or to a cancellation that moved nothing', () => {
  const key = { idempotencyKey: 'wish-1', hold: 'a', order: 'order-a' };
  const calls = [
    ...CALLS.slice(0, 2),
    unanswered('confirm', 'ann', 20, key),
    said('confirm', 'ann', [30, 40], key),
    said('cancel', 'ann', [50, 60], { order: 'order-a' }),
  ];
  const { operations } = evidenceOf(sale, calls);
  const gaps = findGaps(told(() => ({ operations })));
  expect(gaps.filter(({ kind }) => kind === 'sequences')).toEqual([]);
});

describe('promised evidence has a gap', () => {
  const withBooks =
    (...books: BooksReading[]): Change =>
    () => ({ books });
  const withCounts = (counts: BooksReading['counts']): Partial<Evidence> => ({
    books: [{ ...READING, counts: { ...READING.counts, ...counts } }],
  });
  const ledgerOf = ({ ledger }: Evidence) => ledger as LedgerSnapshot;

  const cases: [string, Change, string][] = [
    ['without a SKU', ({ sale }) => ({ sale: { ...sale, skus: [] } }), 'names no SKU'],
    ['without its ledger', () => ({ ledger: undefined }), 'ledger was not read'],
    ['without a reading', withBooks(), `ledger of ${SKU} was not read`],
    [
      'with a ledger without an end',
      withBooks({ ...READING, counts: undefined }),
      'breaks off before its end',
    ],
    [
      'with a ledger that could not be read',
      withBooks({ ...READING, problem: 'other side closed' }),
      'could not be read: other side closed',
    ],
    ['with its ledger twice', withBooks(READING, READING), 'there 2 times'],
    [
      'with books from before the last answer',
      withBooks({ ...READING, fromNs: 29e6 }),
      'read before the last call was answered',
    ],
    ['without an inventory row', (all) => removed(ledgerOf(all).inventory.pop()), '0 are recorded'],
    ['without a payment', (all) => removed(ledgerOf(all).payments.pop()), 'the target sent 1 row'],
    [
      'without the hot store',
      (all) => removed(ledgerOf(all).hotStock.pop()),
      'the stock of the hot store is not whole',
    ],
    [
      'without an inventory row that nobody counted',
      (all) => ({ ...removed(ledgerOf(all).inventory.pop()), books: undefined }),
      `${SKU} has 0 rows instead of one`,
    ],
    [
      'with a doubled reservation',
      (all) => {
        ledgerOf(all).reservations.push(...ledgerOf(all).reservations);
        return withCounts({ reservation: 2 });
      },
      'are doubled: a is there twice',
    ],
    [
      'with a doubled movement',
      (all) => {
        ledgerOf(all).movements.push(...ledgerOf(all).movements);
        return withCounts({ movement: 4 });
      },
      'are doubled: movement 1',
    ],
    [
      'with a doubled order',
      (all) => {
        ledgerOf(all).orders.push(...ledgerOf(all).orders);
        return withCounts({ order: 2 });
      },
      'are doubled: order-a is there twice',
    ],
    ['without scrapes', () => ({ scrapes: undefined }), '2 readings of metrics were taken, 0 are'],
    [
      'without the scrapes of an instance',
      ({ scrapes }) => ({ scrapes: scrapes?.map((one) => ({ ...one, instance: 'http://two' })) }),
      'no reading of the metrics of http://one is recorded',
    ],
    [
      'without a scrape after the last answer',
      () => ({ scrapes: [scrapeAt(-1), scrapeAt(30)] }),
      'the metrics of http://one were not read after the last answer',
    ],
    [
      'without a sample in the last scrape',
      () => ({ scrapes: [scrapeAt(-1), scrapeAt(31, [])] }),
      `http://one did not tell flashsale_oversold_units of ${SKU} after the last answer`,
    ],
    [
      'with rows of a kind that was not promised',
      ({ sale }) => ({
        sale: { ...sale, evidence: { ...PROMISED, ledger: PROMISED.ledger.slice(0, 4) } },
      }),
      'the one that is there does not promise the payments of the final ledger',
    ],
    [
      'with scrapes of an instance that was not promised',
      ({ sale }) => ({ sale: { ...sale, evidence: { ...PROMISED, scraped: [] } } }),
      'does not promise scrapes of http://one',
    ],
    [
      'with events of a group that was not promised',
      (all) => {
        ledgerOf(all).deliveries = [
          {
            ...{ row: 'delivery', group: 'deaf', eventId: 'm1', topic: 't', type: 'STOCK' },
            ...{ skuId: SKU, sequence: 1 },
          },
        ];
        return {
          sale: {
            ...all.sale,
            evidence: { ...PROMISED, ledger: [...PROMISED.ledger, 'delivery' as const] },
          },
          ...withCounts({ delivery: 1 }),
        };
      },
      'does not promise events of t that deaf handled',
    ],
    [
      'with events of a topic that was not promised of its group',
      (all) => {
        ledgerOf(all).deliveries = ['t', 'u'].map((topic) => ({
          ...{ row: 'delivery', group: 'deaf', eventId: 'm1', topic, type: 'STOCK' },
          ...{ skuId: SKU, sequence: 1 },
        }));
        const evidence = {
          ...PROMISED,
          ledger: [...PROMISED.ledger, 'delivery' as const],
          consumers: [
            { group: 'deaf', topics: ['t'] },
            { group: 'blind', topics: ['u'] },
          ],
        };
        return { sale: { ...all.sale, evidence }, ...withCounts({ delivery: 2 }) };
      },
      'does not promise events of u that deaf handled',
    ],
    ...(
      [
        ['inventory', 'total'],
        ['reservation', 'userId'],
        ['reservation', 'expiresAt'],
        ['order', 'totalPrice'],
        ['movement', 'at'],
        ['payment', 'orderId'],
      ] as const
    ).map(([kind, column]): [string, Change, string] => [
      `with a row of ${kind} that has no ${column}`,
      (all) => {
        const [row] = ledgerOf(all)[LIST_OF_KIND[kind]] as Iterable<object>;
        return removed(Object.assign(row as object, { [column]: null }));
      },
      `not whole: a row has no ${column}`,
    ]),
    ['without the generator', () => ({ generator: undefined }), 'generator’s report'],
    [
      'with a yes without a number',
      (all) => removed(Object.assign(all.operations[0] as object, { sequence: undefined })),
      '1 of 2 yeses to calls that change stock',
    ],
  ];

  it.each(cases)('%s', (_, change, what) => {
    expect(
      findGaps(told(change))
        .map((gap) => gap.what)
        .join('\n'),
    ).toContain(what);
    const { status, sentence, missing } = judge(told(change));
    expect(status).toBe('unknown');
    expect(missing.join('\n')).toContain(what);
    expect(sentence).toMatch(/^Unknown: evidence that was promised is missing; /);
  });
});

describe('the names in the answers of our own server', () => {
  const NAMES = { hold: 'a', order: 'order-a', voucher: 'v', sequence: 1 };
  const gapsWithout = (kind: OperationKind, name: string, manifest = PROMISED, shop?: string) => {
    const { operations } = evidenceOf(sale, [
      ...CALLS,
      said(kind, 'ann', [35, 36], { ...NAMES, [name]: undefined }),
      refused(kind, 'bob', [35, 36]),
    ]);
    const books = [{ ...READING, fromNs: 36e6 }];
    return findGaps(
      told((all) => ({
        ...{ operations, books, scrapes: [scrapeAt(-1), scrapeAt(37)] },
        sale: { ...all.sale, evidence: manifest, ...(shop && { shop }) },
      })),
    );
  };

  it.each([
    ['reserve', 'buyer'],
    ['reserve', 'hold'],
    ['confirm', 'order'],
    ['buy', 'hold'],
    ['register', 'voucher'],
    ['release', 'hold'],
    ['cancel', 'order'],
    ['redeem', 'voucher'],
    ['attempt', 'buyer'],
  ] as const)('a yes to %s has its %s', (kind, name) => {
    expect(gapsWithout(kind, 'nothing')).toEqual([]);
    expect(gapsWithout(kind, name)).toEqual([
      { kind: 'names', what: `a yes to ${kind} carries no ${name}` },
    ]);
    expect(gapsWithout(kind, name, { ...PROMISED, sequences: false })).toEqual([]);
    expect(gapsWithout(kind, name, PROMISED, 'a shop')).toEqual([]);
  });

  it('are counted, and leave the other checks what they need', () => {
    const without = told(({ operations }) => ({
      operations: operations.map((call) => ({ ...call, hold: undefined, buyer: 'ann' })),
    }));
    expect(findGaps(without).map(({ what }) => what)).toEqual([
      'a yes to reserve carries no hold',
      'a yes to confirm carries no hold',
    ]);
    expect(judge(without).checks.some(({ status }) => status === 'missing')).toBe(false);
    const twice = [...CALLS, said('release', 'ann', [36, 37]), said('release', 'ann', [38, 39])];
    const { operations } = evidenceOf(sale, twice);
    expect(findGaps(told(() => ({ operations })))).toContainEqual({
      kind: 'names',
      what: 'a yes to release carries no hold, and neither does another',
    });
  });
});

it('finds no gap in the scrapes of a described shop that have no gauge of ours, which no other metric stands for', () => {
  const scrapes = [scrapeAt(-1), scrapeAt(31, [])];
  expect(findGaps(told(({ sale }) => ({ sale: { ...sale, shop: 'a shop' }, scrapes })))).toEqual(
    [],
  );
  const samples = [{ name: 'flashsale_available_units', labels: { sku: SKU }, value: 0 }];
  const others = [scrapeAt(-1), { ...scrapeAt(31), samples }];
  expect(findGaps(told(() => ({ scrapes: others })))).toHaveLength(1);
});

it('finds no gap in an empty column that a shop may leave empty, or of what did not happen', () => {
  const withoutCall =
    (shop?: string): Change =>
    (all) => {
      const [reservation] = (all.ledger as LedgerSnapshot).reservations;
      Object.assign(reservation as object, { callId: null, ...(shop && { userId: null }) });
      return shop === undefined ? {} : { sale: { ...all.sale, shop } };
    };
  expect(findGaps(told(withoutCall()))).toEqual([]);
  expect(findGaps(told(withoutCall('a shop')))).toEqual([]);
});

it('finds no gap in books that were read in the moment of the last answer', () => {
  expect(findGaps(told(() => ({ books: [{ ...READING, fromNs: 30e6 }] })))).toEqual([]);
});

it('finds no gap in the books of several SKUs', () => {
  const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
  const evidence = { ...PROMISED, ledger: ['inventory' as const], sequences: false };
  const [inventory] = wholeBooks().inventory as [LedgerSnapshot['inventory'][number]];
  const ofBoth = told((all) => ({
    sale: { ...all.sale, skus, evidence },
    ledger: { ...emptyLedger(), inventory: [inventory, { ...inventory, skuId: 'SKU-2' }] },
    books: skus.map(({ skuId }) => ({ ...READING, skuId, counts: { inventory: 1 } })),
    scrapes: [scrapeAt(-1), scrapeAt(31, [SKU, 'SKU-2'])],
  }));
  expect(findGaps(ofBoth)).toEqual([]);
});

it('finds no row doubled that only has the number or the missing id of another', () => {
  const change = (tamper: (ledger: LedgerSnapshot) => unknown, shop?: string) =>
    findGaps(
      told((all) => {
        tamper(all.ledger as LedgerSnapshot);
        return { books: undefined, ...(shop && { sale: { ...all.sale, shop } }) };
      }),
    );
  const movementOf = ({ movements }: LedgerSnapshot, facts: Partial<(typeof movements)[number]>) =>
    movements.push({ ...(movements[1] as (typeof movements)[number]), ...facts });
  expect(change((ledger) => movementOf(ledger, { kind: 'EXPIRED' }))).toEqual([]);
  expect(change((ledger) => movementOf(ledger, { skuId: 'SKU-2' }))).toEqual([]);
  expect(change((ledger) => movementOf(ledger, { reservationId: 'b' }))).toEqual([]);
  expect(change((ledger) => movementOf(ledger, {}))).toHaveLength(1);
  const nameless = ({ orders }: LedgerSnapshot) => {
    const [order] = orders as [LedgerSnapshot['orders'][number]];
    orders.push({ ...order, orderId: null }, { ...order, orderId: null });
  };
  expect(change(nameless, 'a shop')).toEqual([]);
});

it('takes rows of a described shop for one only if they are the same in everything, for it may give a name again', () => {
  const gapsOf = (tamper: (ledger: LedgerSnapshot) => unknown, shop?: string) =>
    findGaps(
      told((all) => {
        tamper(all.ledger as LedgerSnapshot);
        return { sale: { ...all.sale, shop }, books: undefined };
      }),
    ).map(({ what }) => what);
  type Order = LedgerSnapshot['orders'][number];
  const add = (...orders: Partial<Order>[]) =>
    gapsOf((ledger) => {
      const [order] = ledger.orders as [Order];
      ledger.orders.push(...orders.map((facts) => ({ ...order, ...facts })));
    }, 'corner');
  expect(add({ userId: 'bob' })).toEqual([]);
  expect(add({ orderId: null }, { orderId: null })).toEqual([]);
  const doubled = ['the orders of the final ledger are doubled: order-a is there twice'];
  expect(add({})).toEqual(doubled);
  expect(add({ orderId: null }, { orderId: null }, {})).toEqual(doubled);
  expect(add({ userId: 'bob' }, { userId: 'bob' })).toEqual(doubled);
  const holdOfBob = ({ reservations }: LedgerSnapshot) =>
    reservations.push({
      ...(reservations[0] as LedgerSnapshot['reservations'][number]),
      userId: 'bob',
    });
  expect(gapsOf(holdOfBob, 'corner')).toEqual([]);
  expect(gapsOf(holdOfBob)).toEqual([
    'the reservations of the final ledger are doubled: a is there twice',
  ]);
});

it('finds a ticket that is there twice', () => {
  const ticket = { row: 'ticket' as const, ticketId: 't-1', skuId: SKU, code: 'c' };
  const evidence = { ...PROMISED, ledger: ['ticket' as const] };
  const twice = told(({ sale }) => ({
    sale: { ...sale, evidence },
    ledger: { ...emptyLedger(), tickets: [ticket, ticket] as unknown as LedgerSnapshot['tickets'] },
    books: undefined,
  }));
  expect(findGaps(twice).map(({ what }) => what)).toEqual([
    'the tickets of the final ledger are doubled: t-1 is there twice',
  ]);
});

it('knows what was promised', () => {
  const promised = (kind: EvidenceKind, manifest: Partial<Manifest> = {}, shop?: string) =>
    isPromised(
      kind,
      told(() => ({ sale: { ...sale, shop, evidence: { ...PROMISED, ...manifest } } })),
    );
  expect(promised('invariants')).toBe(false);
  expect(promised('invariants', { invariants: [] })).toBe(false);
  expect(promised('invariants', { invariants: ['no-negative-stock'] })).toBe(true);
  expect(promised('scrapes', { scraped: [] })).toBe(false);
  expect(promised('order')).toBe(true);
  expect(promised('voucher')).toBe(false);
  expect([promised('sequences'), promised('names')]).toEqual([true, true]);
  const inShop = (kind: EvidenceKind) => promised(kind, {}, 'corner-shop');
  expect([inShop('sequences'), inShop('names')]).toEqual([true, false]);
});

describe('of several histories that were made one', () => {
  /** The gaps where everything was read at a moment of the clocks; `isReadLast` says that it was so after all histories. */
  const merged = (isReadLast: boolean | undefined, readMs: number) =>
    findGaps(
      told(({ operations }) => ({
        books: [{ ...READING, fromNs: readMs * 1e6 }],
        scrapes: [scrapeAt(-1), scrapeAt(readMs)],
        merged: { asLikely: operations, notes: [], isReadLast },
      })),
    ).map(({ what }) => what);

  it('finds no gap in books and scrapes that are the last, whatever the clocks say', () => {
    expect(merged(true, 20)).toEqual([]);
    expect(merged(undefined, 31)).toEqual([]);
    expect(new Set(merged(undefined, 20))).toEqual(
      new Set([
        'the final ledger of SKU-1 was read before the last call was answered',
        'the metrics of http://one were not read after the last answer; /metrics must answer there until the run is over',
      ]),
    );
    expect(merged(false, 20)).toEqual(merged(undefined, 20));
  });

  it('misses the scrapes of an instance all the same', () => {
    const gaps = findGaps(
      told(({ operations }) => ({
        scrapes: [],
        scrapesRecorded: undefined,
        merged: { asLikely: operations, notes: [], isReadLast: true },
      })),
    );
    expect(gaps).toEqual([
      {
        kind: 'scrapes',
        what: expect.stringContaining('no reading of the metrics of http://one is recorded'),
      },
    ]);
  });

  it('has a gap where their clocks cannot all be true', () => {
    const evidence = told(({ operations }) => ({
      merged: { asLikely: operations, notes: [], problem: 'the clocks contradict each other' },
    }));
    expect(findGaps(evidence)).toEqual([
      { kind: 'clocks', what: 'the clocks contradict each other' },
    ]);
    expect(isPromised('clocks', evidence)).toBe(true);
    expect(isPromised('clocks', told())).toBe(false);
  });
});

it('misses the backlog of a SKU that nobody counted', () => {
  const evidence = { ...PROMISED, ledger: ['backlog' as const] };
  const backlogOf = (...skuIds: string[]) =>
    findGaps(
      told(({ sale }) => ({
        sale: { ...sale, evidence },
        ledger: {
          ...emptyLedger(),
          backlog: skuIds.map((skuId) => ({ row: 'backlog', skuId, pending: 0, deadLetters: 0 })),
        },
        books: undefined,
      })),
    );
  expect(backlogOf(SKU)).toEqual([]);
  expect(backlogOf('SKU-2')).toEqual([
    {
      kind: 'backlog',
      what: `the number of events still to be delivered is not whole: ${SKU} has 0 rows instead of one`,
    },
  ]);
  expect(backlogOf(SKU, SKU)).toHaveLength(1);
});

it('finds books from before a call that was never answered, and no later scrape than that call', () => {
  const lost = unanswered('reserve', 'cid', 45);
  const { operations } = evidenceOf(sale, [...CALLS, lost]);
  const late = { scrapes: [scrapeAt(-1), scrapeAt(45)] };
  expect(findGaps(told(() => ({ operations, ...late }))).map(({ what }) => what)).toEqual([
    ...PROMISED.ledger.map(
      () => 'the final ledger of SKU-1 was read before the last call was answered',
    ),
    'the metrics of http://one were not read after the last answer; /metrics must answer there until the run is over',
  ]);
});

it('finds a voucher that is there twice', () => {
  const voucher = { ...voucherOf('a', 'ann'), orderId: 'order-a' };
  const evidence = { ...PROMISED, ledger: ['voucher' as const] };
  const twice = told(({ sale }) => ({
    sale: { ...sale, evidence },
    ledger: { ...emptyLedger(), vouchers: [voucher, voucher] },
    books: undefined,
  }));
  expect(findGaps(twice)).toEqual([
    {
      kind: 'voucher',
      what: 'the vouchers of the final ledger are doubled: voucher-a is there twice',
    },
  ]);
});

it.each(['reserve', 'confirm', 'release', 'register', 'buy'] as const)(
  'misses the number of a yes to: %s',
  (kind) => {
    const unnumbered = evidenceOf(sale, [
      ...CALLS,
      said(kind, 'eve', [0, 1], { hold: 'e', order: 'e', voucher: 'e' }),
    ]).operations;
    expect(findGaps(told(() => ({ operations: unnumbered })))).toEqual([
      {
        kind: 'sequences',
        what: '1 of 3 yeses to calls that change stock carry no sequence number',
      },
    ]);
  },
);

it('misses the number of a cancellation of which units came back', () => {
  const cancelled = told(({ ledger, operations }) => {
    ledger?.movements.push({
      ...{ row: 'movement', skuId: SKU, sequence: 3, kind: 'RETURNED', quantity: 1 },
      ...{ reservationId: 'a', at: '2026-01-01T12:00:00.055Z' },
    });
    const cancel = said('cancel', 'ann', [50, 60], { order: 'order-a' });
    return { operations: [...operations, { ...cancel, id: operations.length + 1 }] };
  });
  expect(findGaps(cancelled)).toContainEqual({
    kind: 'sequences',
    what: '1 of 3 yeses to calls that change stock carry no sequence number',
  });
});

it('counts a cancellation that tells its number among those that change stock', () => {
  const cancelled = told(({ operations }) => {
    const calls = operations.map((call) =>
      call.kind === 'confirm' ? { ...call, sequence: undefined } : call,
    );
    const cancel = said('cancel', 'ann', [50, 60], { order: 'order-a', sequence: 3 });
    return { operations: [...calls, { ...cancel, id: operations.length + 1 }] };
  });
  expect(findGaps(cancelled)).toContainEqual({
    kind: 'sequences',
    what: '1 of 3 yeses to calls that change stock carry no sequence number',
  });
});

it('leaves evidence without a gap as it is', () => {
  const evidence = told();
  expect(withoutGaps(evidence)).toBe(evidence);
});

describe('evidence without what has a gap promises only what is there:', () => {
  const promisedBy = (change: Change) => withoutGaps(told(change)).sale.evidence;

  it('rows', () => {
    const evidence = withoutGaps(told(({ ledger }) => removed(ledger?.payments.pop())));
    const others = PROMISED.ledger.filter((kind) => kind !== 'payment');
    expect(evidence.sale.evidence).toEqual({ ...PROMISED, ledger: others });
    expect(evidence.ledger?.orders).toHaveLength(1);
    const twice = told(({ ledger }) => removed(ledger?.hotStock.push(...ledger.hotStock)));
    expect(withoutGaps(twice).ledger).toMatchObject({
      hotStock: [],
      orders: [{ orderId: 'order-a' }],
    });
  });

  it('numbers', () => {
    const unnumbered: Change = ({ operations }) =>
      removed(Object.assign(operations[0] as object, { sequence: undefined }));
    expect(promisedBy(unnumbered)).toEqual({ ...PROMISED, sequences: false });
    const never: Change = ({ sale }) => ({
      sale: { ...sale, evidence: { ...PROMISED, sequences: false } },
      generator: undefined,
    });
    expect(promisedBy(never)).toEqual({ ...PROMISED, sequences: false, generator: false });
  });

  it('scrapes', () => {
    expect(promisedBy(() => ({ scrapes: [] }))).toEqual({ ...PROMISED, scraped: [] });
  });

  it('the report of the generator', () => {
    expect(promisedBy(() => ({ generator: undefined }))).toEqual({ ...PROMISED, generator: false });
  });
});

it('says which evidence a check lacks: its own, or the rows that all others rest on', () => {
  const summaryOf = (name: string, change: Change) =>
    judge(told(change)).checks.find((check) => check.name === name)?.summary;
  expect(summaryOf('money-agreement', ({ ledger }) => removed(ledger?.payments.pop()))).toMatch(
    /^the payments of the final ledger are not whole: /,
  );
  expect(summaryOf('cache-agreement', ({ ledger }) => removed(ledger?.orders.pop()))).toBe(
    'the final ledger is not whole, so none of its rows can be trusted',
  );
});

describe('a check that needs rows of one of several kinds', () => {
  const asked = (needsOneOf: EvidenceKind[], change?: Change) =>
    examine(
      { name: 'one', needs: [], needsOneOf, check: () => ({ status: 'valid', summary: 'fine' }) },
      told(change),
    );
  const unpaid: Change = ({ ledger }) => removed(ledger?.payments.pop());

  it('is skipped without all of them, and names them', () => {
    expect(asked(['voucher', 'attempt'])).toEqual({
      name: 'one',
      status: 'skipped',
      summary:
        'the target does not give the vouchers of the final ledger or the flash-sale attempts of the final ledger',
    });
  });

  it('is made with one of them, though another one is not whole', () => {
    expect(asked(['order', 'payment'], unpaid).status).toBe('valid');
    expect(asked(['voucher', 'payment'], unpaid).status).toBe('missing');
  });

  it('is missing where the ledger cannot be trusted', () => {
    const change: Change = ({ ledger }) => removed(ledger?.inventory.pop());
    expect(asked(['order', 'payment'], change).summary).toContain('is not whole, so none');
  });
});

it('names a check whose evidence is missing otherwise than one whose evidence nobody promised', () => {
  const { checks } = judge(told(({ ledger }) => removed(ledger?.payments.pop())));
  const statusOf = (name: string) => checks.find((check) => check.name === name)?.status;
  expect(statusOf('money-agreement')).toBe('missing');
  expect(statusOf('event-log-agreement')).toBe('skipped');
  expect(statusOf('conservation')).toBe('valid');
});

it('takes a ledger without its reservations for no ledger, because the other rows rest on them', () => {
  const evidence = told(({ ledger }) => removed(ledger?.reservations.pop()));
  expect(withoutGaps(evidence).ledger).toBeUndefined();
  const { checks } = judge(evidence);
  expect(checks.find(({ name }) => name === 'conservation')?.status).toBe('missing');
});

it('asks no check about a sale of nothing', () => {
  const { checks } = judge(told(({ sale }) => ({ sale: { ...sale, skus: [] } })));
  const statuses = new Set(checks.map(({ status }) => status));
  expect([...statuses].sort()).toEqual(['missing', 'skipped']);
});

it('stays invalid when evidence is missing besides', () => {
  const evidence = told((all) => {
    all.operations[1] = { ...all.operations[0], id: 2, buyer: 'bob', hold: 'b' } as never;
    return { generator: undefined };
  });
  expect(judge(evidence).status).toBe('invalid');
});
