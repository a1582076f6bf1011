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
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { judge } from '../verdict.ts';
import { cacheAgreement } from './cache-agreement.ts';
import { eventLogAgreement } from './event-log-agreement.ts';
import { exactlyOnce } from './exactly-once.ts';
import { moneyAgreement } from './money-agreement.ts';
import { noLostAcknowledged } from './no-lost-acknowledged.ts';
import { noPhantom } from './no-phantom.ts';
import { checkers } from './registry.ts';
import { singleRedemption } from './single-redemption.ts';
import { voucherCapacity } from './voucher-capacity.ts';

const sale = saleOf({ total: 2 });

/** Ann and Bob register for a campaign with room for two, Cid is too late; Ann uses her voucher. */
const CAMPAIGN: Call[] = [
  said('register', 'ann', [0, 10], { callId: 'try-a', order: 'order-a', voucher: 'CODE-A' }),
  said('register', 'bob', [1, 11], { callId: 'try-b', order: 'order-b', voucher: 'CODE-B' }),
  refused('register', 'cid', [8, 18], { callId: 'try-c', code: 'CAMPAIGN_FULL' }),
  said('redeem', 'ann', [20, 30], { sku: undefined, callId: 'use-a', voucher: 'CODE-A' }),
];

const campaignBooks = (): LedgerSnapshot => {
  const ledger = booksOf(sale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
    { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 5 },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 6 },
    { kind: 'SOLD', hold: 'b', buyer: 'bob', atMs: 6 },
  ]);
  ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('b', 'bob')];
  Object.assign(ledger.vouchers[0] as object, { usedAt: 'noon', usedByCallId: 'use-a' });
  return ledger;
};

const voucherOf = (name: string, userId: string): LedgerSnapshot['vouchers'][number] => ({
  row: 'voucher',
  voucherId: `voucher-${name}`,
  campaignId: SKU,
  skuId: SKU,
  userId,
  orderId: `order-${name}`,
  issuedAt: 'noon',
  usedAt: null,
  usedByCallId: null,
});

/** Ann and Bob try for two units and get them, Cid's attempt fails. */
const ATTEMPTS: Call[] = [
  said('attempt', 'ann', [0, 10], { callId: 'try-a' }),
  said('attempt', 'bob', [1, 11], { callId: 'try-b' }),
  said('attempt', 'cid', [2, 12], { callId: 'try-c' }),
  said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } }),
];

const attemptBooks = (): LedgerSnapshot => {
  const ledger = { ...campaignBooks(), vouchers: [] };
  ledger.attempts = [attemptOf('a', 'ann'), attemptOf('b', 'bob'), attemptOf('c', 'cid')];
  Object.assign(ledger.attempts[2] as object, { status: 'FAILED', orderId: null });
  return ledger;
};

const attemptOf = (name: string, userId: string): LedgerSnapshot['attempts'][number] => ({
  row: 'attempt',
  saleId: SKU,
  skuId: SKU,
  userId,
  status: 'SUCCESS',
  orderId: `order-${name}`,
  callId: `try-${name}`,
  createdAt: 'noon',
});

const tampered = (
  ledger: LedgerSnapshot,
  tamper: (ledger: LedgerSnapshot) => void,
  calls: Call[],
) => {
  tamper(ledger);
  return evidenceOf(sale, calls, { ledger });
};
const inCampaign = (tamper: (ledger: LedgerSnapshot) => void, calls = CAMPAIGN) =>
  tampered(campaignBooks(), tamper, calls);
const inAttempts = (tamper: (ledger: LedgerSnapshot) => void, calls = ATTEMPTS) =>
  tampered(attemptBooks(), tamper, calls);

const first = <Row>(rows: Row[]): Row => rows[0] as Row;

describe('every check', () => {
  it.each([
    ['a campaign', CAMPAIGN, campaignBooks],
    ['attempts', ATTEMPTS, attemptBooks],
  ] as const)('finds nothing in the honest books of %s', (_flow, calls, books) => {
    const { checks } = judge(evidenceOf(sale, [...calls], { ledger: books() }));
    expect(checks.filter(({ status }) => status === 'invalid' || status === 'unknown')).toEqual([]);
  });

  it.each([eventLogAgreement, cacheAgreement, moneyAgreement, voucherCapacity, singleRedemption])(
    'is skipped where nobody tells of what it looks at: $name',
    (checker) => {
      const { status } = checker.check(evidenceOf(sale, [], { ledger: booksOf(sale, []) }));
      expect(status).toBe('skipped');
    },
  );

  it('counts the unit of a voucher that was handed out as sold', () => {
    const late = said('register', 'cid', [20, 30], { order: 'order-c', voucher: 'CODE-C' });
    const { checks } = judge(evidenceOf(sale, [...CAMPAIGN, late]));
    const oversold = checks.find(({ name }) => name === 'never-oversold');
    expect(oversold?.status).toBe('invalid');
  });

  it.each([
    ['without an answer', 'try-a2', false],
    ['without an answer, where the ledger stores no call ids', 'try-a2', true],
    ['that was told yes, without a ledger that names it', 'try-0', true],
  ])('takes one of two attempts of a buyer for the one that succeeded: %s', (_, callId, isBare) => {
    const books = attemptBooks();
    if (isBare) for (const row of books.reservations) row.callId = null;
    const calls = [unanswered('attempt', 'ann', -1, { callId }), ...ATTEMPTS];
    for (const ledger of [books, undefined]) {
      const { checks } = judge(evidenceOf(sale, calls, { ledger }));
      const named = (name: string) => checks.find((check) => check.name === name)?.status;
      expect(named('one-per-buyer')).not.toBe('invalid');
      expect(named('never-oversold')).not.toBe('invalid');
    }
  });

  it('leaves open how many attempts got a unit, until a ledger tells', () => {
    const byAnswers = judge(evidenceOf(sale, ATTEMPTS.slice(0, 3))).checks;
    expect(byAnswers.find(({ name }) => name === 'never-oversold')?.status).toBe('unknown');
  });

  it('knows a payment that came after its hold had lapsed by the hold that was made instead', () => {
    const two = saleOf({ total: 2 });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
      said('confirm', 'ann', [900, 1_300], {
        hold: 'a',
        newHold: 'order-a',
        order: 'order-order-a',
        callId: 'pay-a',
        sequence: 4,
      }),
      said('reserve', 'bob', [1_400, 1_410], { hold: 'b', callId: 'try-b', sequence: 5 }),
    ];
    const ledger = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann', atMs: 1_050 },
      { kind: 'RESERVED', hold: 'order-a', buyer: 'ann', callId: 'pay-a', atMs: 1_200 },
      { kind: 'SOLD', hold: 'order-a', buyer: 'ann', atMs: 1_201 },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 1_405 },
    ]);
    first(ledger.orders).callId = 'pay-a';
    const wrong = (of: Call[], at = two) =>
      judge(evidenceOf(at, of, { ledger }))
        .checks.filter(({ status }) => status === 'invalid' || status === 'unknown')
        .map(({ name }) => name);
    expect(wrong(calls)).toEqual([]);

    // The ledger tells as much of a checkout that was only told to wait.
    const waiting = calls.map((call) =>
      call.kind === 'confirm'
        ? unanswered('confirm', 'ann', 900, { hold: 'a', callId: 'pay-a', status: 202 })
        : call,
    );
    expect(wrong(waiting)).toEqual([]);

    // Its unit counts like any other.
    expect(judge(evidenceOf(saleOf({ total: 1 }), calls)).checks[0]?.status).toBe('invalid');
  });

  it('takes a cancelled order for units that are back on sale', () => {
    const one = saleOf({ total: 1 });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' }),
      said('cancel', 'ann', [40, 50], { order: 'order-a' }),
      said('reserve', 'bob', [60, 70], { hold: 'b' }),
    ];
    const invalid = (of: Call[]) =>
      judge(evidenceOf(one, of)).checks.filter(({ status }) => status === 'invalid');
    expect(invalid(calls)).toEqual([]);
    expect(invalid(calls.filter(({ kind }) => kind !== 'cancel'))).toMatchObject([
      { name: 'never-oversold' },
    ]);
    const refusal = refused('reserve', 'cid', [51, 52]);
    expect(invalid([...calls.slice(0, 3), refusal])).toMatchObject([{ name: 'no-false-sold-out' }]);
  });
});

describe('voucher-capacity', () => {
  const { check } = voucherCapacity;

  it('finds one voucher too many, handed out or kept', () => {
    const late = said('register', 'cid', [20, 30], { order: 'order-c', voucher: 'CODE-C' });
    const given = check(evidenceOf(sale, [...CAMPAIGN, late]));
    expect(given.summary).toBe('SKU-1 has room for 2 vouchers, and 3 were handed out');
    expect(given.witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'bob', 'cid']);
    const kept = inCampaign(({ vouchers }) => vouchers.push(voucherOf('c', 'cid')));
    expect(check(kept).summary).toBe('SKU-1 has room for 2 vouchers, and the final ledger has 3');
  });

  it('finds a second voucher for one order', () => {
    const evidence = inCampaign((ledger) => {
      ledger.vouchers = [voucherOf('a', 'ann'), voucherOf('a', 'ann')];
    });
    expect(check(evidence).summary).toBe('order order-a of 1 unit issued 2 vouchers');
  });

  it('gives the room of a cancelled order to somebody else', () => {
    const calls = [
      ...CAMPAIGN,
      unanswered('cancel', 'bob', 40, { order: 'order-b' }),
      said('register', 'cid', [60, 70], { order: 'order-c', voucher: 'CODE-C' }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });
});

describe('single-redemption', () => {
  const { check } = singleRedemption;
  const again = (facts: Partial<Call> = {}, buyer = 'ann') =>
    said('redeem', buyer, [21, 31], { callId: 'use-2', voucher: 'CODE-A', ...facts });

  it('finds a voucher that was used twice', () => {
    const { status, witness } = check(evidenceOf(sale, [...CAMPAIGN, again()]));
    expect(status).toBe('invalid');
    expect(witness?.operations).toHaveLength(2);
  });

  it('takes a repeated call for the same use', () => {
    const calls = [...CAMPAIGN.slice(0, 3), again({ callId: 'use-a' }), again()].map((call) => ({
      ...call,
      idempotencyKey: call.kind === 'redeem' ? 'use' : undefined,
    }));
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });

  it('finds a voucher that somebody else used, by its code or by the ledger', () => {
    const stolen = [...CAMPAIGN.slice(0, 3), again({}, 'eve')];
    expect(check(evidenceOf(sale, stolen)).summary).toBe(
      'Buyer eve used voucher CODE-A, which was issued to somebody else',
    );
    const found = [again({ callId: 'use-a', voucher: 'CODE-X' }, 'eve')];
    expect(check(inCampaign(() => {}, found)).witness?.prose).toContain(
      'voucher voucher-a belongs to buyer ann',
    );
  });
});

describe('exactly-once', () => {
  const { check } = exactlyOnce;
  const key = { idempotencyKey: 'wish-1' };
  const once = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' }]);

  it('is skipped when no call carries a key', () => {
    expect(check(evidenceOf(sale, CAMPAIGN)).status).toBe('skipped');
  });

  it('finds nothing where all answers are the first one', () => {
    const calls = [
      unanswered('reserve', 'ann', 0, { ...key, callId: 'try-1' }),
      refused('reserve', 'ann', [1, 2], { ...key, callId: 'try-2', code: 'IN_FLIGHT' }),
      said('reserve', 'ann', [3, 4], { ...key, callId: 'try-3', hold: 'a' }),
      said('reserve', 'ann', [5, 6], { ...key, callId: 'try-4', hold: 'a' }),
    ];
    const evidence = evidenceOf(sale, calls, { ledger: once });
    expect(check(evidence).summary).toBe(
      '1 key, 1 of them sent more than once, had one effect each',
    );
    expect(judge(evidence).checks.filter(({ status }) => status === 'invalid')).toEqual([]);
  });

  it('finds two answers, two effects, and a yes without any', () => {
    const two = [
      said('reserve', 'ann', [0, 1], { ...key, callId: 'try-1', hold: 'a' }),
      said('reserve', 'ann', [2, 3], { ...key, callId: 'try-2', hold: 'b' }),
    ];
    expect(check(evidenceOf(sale, two)).summary).toContain('two different reservations');
    const lost = two.map((call) => ({ ...call, hold: undefined }));
    const twice = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'try-2' },
    ]);
    expect(check(evidenceOf(sale, lost, { ledger: twice })).summary).toContain('had 2 effects');
    const other = booksOf(sale, [{ kind: 'RESERVED', hold: 'z', buyer: 'zoe', callId: 'try-z' }]);
    expect(check(evidenceOf(sale, lost, { ledger: other })).summary).toContain('no effect of them');
  });

  it('finds a no after the yes, but not one before it, nor one to whoever asks too often', () => {
    const yes = said('reserve', 'ann', [5, 9], { ...key, hold: 'a' });
    const no = (times: [number, number], status = 409) =>
      evidenceOf(sale, [
        yes,
        refused('reserve', 'ann', times, { ...key, status, code: 'ALREADY_RESERVED' }),
      ]);
    expect(check(no([10, 11])).summary).toContain('were answered yes, and later no');
    expect(check(no([6, 11])).status).toBe('valid');
    expect(check(no([10, 11], 429)).status).toBe('valid');
  });

  it('does not mistake the same key of two buyers for one wish', () => {
    const calls = [
      said('reserve', 'ann', [0, 1], { ...key, hold: 'a' }),
      said('reserve', 'bob', [2, 3], { ...key, hold: 'b' }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });
});

describe('event-log-agreement', () => {
  const { check } = eventLogAgreement;
  const books = (types = ['RESERVED', 'SOLD', 'RESERVED', 'RELEASED']): LedgerSnapshot => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
    ]);
    ledger.deliveries = types.map((type, place) => ({
      row: 'delivery',
      group: 'analytics',
      eventId: `event-${place}`,
      topic: 'flash-sale-inventory-updates',
      type,
      skuId: SKU,
      sequence: place + 1,
    }));
    ledger.backlog = [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }];
    return ledger;
  };
  const told = (ledger: LedgerSnapshot) => check(evidenceOf(sale, [], { ledger }));

  it('finds nothing where every group heard of every movement', () => {
    expect(told(books()).status).toBe('valid');
  });

  it.each([
    ['missing', ['RESERVED', 'SOLD', 'RESERVED'], 'movement 4 of SKU-1, EXPIRED: nothing'],
    ['another', ['RESERVED', 'RELEASED', 'RESERVED', 'RELEASED'], 'it was heard of as RELEASED'],
    [
      'of no movement',
      ['RESERVED', 'SOLD', 'RESERVED', 'RELEASED', 'SOLD'],
      'SOLD of SKU-1 as movement 5',
    ],
  ])('finds an event that is %s', (_what, types, words) => {
    expect(told(books(types)).summary).toContain(words);
  });

  it('finds an event that was handled twice', () => {
    const ledger = books();
    ledger.deliveries.push({ ...first(ledger.deliveries), eventId: 'event-again' });
    expect(told(ledger).summary).toContain('it was heard of 2 times');
  });

  it('finds what was given up', () => {
    const ledger = books();
    Object.assign(first(ledger.backlog), { deadLetters: 1, pending: 2 });
    expect(told(ledger)).toMatchObject({
      status: 'invalid',
      summary: '1 event of SKU-1 given up',
    });
  });

  it('cannot say while events wait to be delivered, unless what was delivered is wrong', () => {
    const waiting = (types: string[]) => {
      const ledger = books(types);
      Object.assign(first(ledger.backlog), { pending: 2 });
      return told(ledger);
    };
    expect(waiting(['RESERVED', 'SOLD'])).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('2 events of SKU-1 were still to be delivered'),
    });
    expect(waiting([]).status).toBe('unknown');
    expect(waiting(['RESERVED', 'RELEASED']).status).toBe('invalid');
  });
});

describe('cache-agreement', () => {
  const told = (available: number | null) => {
    const ledger = booksOf(sale, []);
    ledger.hotStock = [{ row: 'hot_stock', skuId: SKU, available }];
    return cacheAgreement.check(evidenceOf(sale, [], { ledger }));
  };

  it.each([1, 3])('finds a hot store that believes in %d of 2 units', (available) => {
    expect(told(available).summary).toBe(
      `the hot store is not what the ledger is: SKU-1: ${available} available in the hot store, 2 in the ledger`,
    );
  });

  it('agrees with the same number, and has nothing to say about none', () => {
    expect(told(2).status).toBe('valid');
    expect(told(null).status).toBe('skipped');
  });
});

describe('money-agreement', () => {
  const paid = (tamper: (ledger: LedgerSnapshot) => void = () => {}) => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    ledger.payments = [
      {
        row: 'payment',
        transactionId: 'pay-a',
        skuId: SKU,
        userId: 'ann',
        orderId: 'order-a',
        amount: '1.00',
        status: 'CHARGED',
      },
    ];
    tamper(ledger);
    return moneyAgreement.check(evidenceOf(sale, [], { ledger }));
  };

  it('finds nothing where every order is paid once', () => {
    expect(paid().status).toBe('valid');
    const refund = paid(({ payments }) =>
      payments.push({ ...first(payments), orderId: null, status: 'REFUNDED' }),
    );
    expect(refund.summary).toContain('2 payments, 1 of them refunded');
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['was kept, and there is no order', ({ payments }) => (first(payments).orderId = null)],
    ['order order-a is CANCELLED', ({ orders }) => (first(orders).status = 'CANCELLED')],
    ['its order order-a stands', ({ payments }) => (first(payments).status = 'REFUNDED')],
    ['is undecided', ({ payments }) => (first(payments).status = 'PENDING')],
    ['costs 1.00, and 2.00 was paid', ({ payments }) => (first(payments).amount = '2.00')],
    ['was paid 2 times', ({ payments }) => payments.push(first(payments))],
    ['an order of another buyer', ({ payments }) => (first(payments).userId = 'eve')],
    [
      'is CONFIRMED, and no money was kept for it',
      (ledger) => Object.assign(first(ledger.payments), { orderId: null, status: 'DECLINED' }),
    ],
  ])('finds money and goods apart: %s', (words, tamper) => {
    const { status, summary } = paid(tamper);
    expect(status).toBe('invalid');
    expect(summary).toContain(words);
  });
});

describe('no-lost-acknowledged in the other flows', () => {
  const { check } = noLostAcknowledged;

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['has no voucher for it', ({ vouchers }) => vouchers.pop()],
    ['has no order for it', (ledger) => (ledger.orders = [])],
    [
      'has no voucher that this call used',
      ({ vouchers }) => (first(vouchers).usedByCallId = 'use-x'),
    ],
  ])('misses a registration or a use where the ledger %s', (words, tamper) => {
    expect(check(inCampaign(tamper)).witness?.prose).toContain(words);
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['nobody has decided it', ({ attempts }) => (first(attempts).status = 'PENDING')],
    ['the ledger has no attempt of theirs', ({ attempts }) => attempts.pop()],
    [
      'told of a purchase, and in the ledger their attempt is FAILED',
      ({ attempts }) => (first(attempts).status = 'FAILED'),
    ],
  ])('misses an attempt: %s', (words, tamper) => {
    expect(check(inAttempts(tamper)).witness?.prose).toContain(words);
  });

  it('misses a cancelled order that stands', () => {
    const cancel = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    const evidence = inCampaign(() => {}, [...CAMPAIGN, cancel]);
    expect(check(evidence).witness?.prose).toContain('in the ledger it is CONFIRMED');
  });
});

describe('no-phantom in the other flows', () => {
  const { check } = noPhantom;

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['succeeded, and there is no order', ({ attempts }) => (first(attempts).orderId = null)],
    ['failed, and there is an order', ({ attempts }) => (first(attempts).status = 'FAILED')],
    ['was made by nobody', ({ attempts }) => (first(attempts).callId = 'try-x')],
  ])('finds an attempt that %s', (words, tamper) => {
    expect(check(inAttempts(tamper)).witness?.prose).toContain(words);
  });

  it('finds a voucher used by nobody, or although that was refused', () => {
    const unasked = CAMPAIGN.slice(0, 3);
    expect(check(inCampaign(() => {}, unasked)).witness?.prose).toContain('was used by nobody');
    const no = refused('redeem', 'ann', [20, 30], { callId: 'use-a', voucher: 'CODE-A' });
    expect(check(inCampaign(() => {}, [...unasked, no])).witness?.prose).toContain(
      'is used although that was refused',
    );
  });
});

it('every check has a name of its own', () => {
  expect(new Set(checkers.map(({ name }) => name)).size).toBe(checkers.length);
});
