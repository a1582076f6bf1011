import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly, type Manifest } from '../../history/manifest.ts';
import type { LedgerRowKind, LedgerTicket, LedgerVoucher } from '../../protocol/ledger.ts';
import { eventLogAgreement } from './event-log-agreement.ts';

const sale = saleOf({ total: 2 });
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = eventLogAgreement;
const KINDS: LedgerRowKind[] = ['inventory', 'reservation', 'movement', 'delivery', 'backlog'];

describe('event-log-agreement', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

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

  it('finds nothing where every group handled the event of every movement', () => {
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

  it.each(['pending', 'deadLetters'] as const)('finds fewer than no events: %s', (counted) => {
    const ledger = books();
    Object.assign(ledger.backlog[0] ?? {}, { [counted]: -1 });
    expect(told(ledger)).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining('the ledger counts'),
    });
  });

  it('finds an event of a SKU of which nothing was ever moved', () => {
    const ledger = { ...booksOf(sale, []), deliveries: books(['RESERVED']).deliveries };
    expect(told(ledger)).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining('RESERVED of SKU-1 as movement 1'),
    });
  });

  it('takes a group that heard of other sales alone for one that heard nothing', () => {
    const ledger = books();
    ledger.deliveries = ledger.deliveries.map((row) => ({ ...row, skuId: 'SKU-OF-OTHERS' }));
    expect(told(ledger).summary).toBe(
      'consumer group analytics handled none of 4 events of flash-sale-inventory-updates',
    );
    const noneIsPromised = saleOf({ evidence: { ...answersOnly, ledger: KINDS } });
    expect(check(evidenceOf(noneIsPromised, [], { ledger })).status).toBe('skipped');
  });

  it('finds an event that was handled twice', () => {
    const ledger = books();
    ledger.deliveries.push({ ...first(ledger.deliveries), eventId: 'event-again' });
    expect(told(ledger).summary).toContain('it was heard of 2 times');
  });

  it('finds events that were given up', () => {
    const ledger = books();
    Object.assign(first(ledger.backlog), { deadLetters: 1, pending: 2 });
    expect(told(ledger)).toMatchObject({
      status: 'invalid',
      summary: '1 event of SKU-1 given up',
    });
  });

  it('is unknown while events wait to be delivered, unless a delivered one is wrong', () => {
    const waiting = (types: string[]) => {
      const ledger = books(types);
      Object.assign(first(ledger.backlog), { pending: 2 });
      return told(ledger);
    };
    expect(waiting(['RESERVED', 'SOLD'])).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('2 events of SKU-1 were still to be delivered'),
    });
    expect(waiting(['RESERVED', 'RELEASED']).status).toBe('invalid');
    expect(waiting(['RESERVED']).summary).toContain('movement 2 of SKU-1, SOLD: nothing was heard');
  });
});

describe('event-log-agreement, by the groups and topics that were promised', () => {
  const STOCK = 'flash-sale-inventory-updates';
  const HOLDS = 'flash-sale-reservations';
  const ORDERS = 'flash-sale-orders';
  const ATTEMPTS = 'flashsale.attempts';
  const TICKETS = 'flashsale.tickets';
  type Event = [topic: string, type: string, sequence: number | null];

  /** Ann buys and cancels, Bob buys, Cid gives his units back, Dan lets them lapse; Eve’s attempt is pending. */
  const honest = (): LedgerSnapshot => {
    const ledger = booksOf(saleOf({ total: 5 }), [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RETURNED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'SOLD', hold: 'b', buyer: 'bob' },
      { kind: 'RESERVED', hold: 'c', buyer: 'cid' },
      { kind: 'RELEASED', hold: 'c', buyer: 'cid' },
      { kind: 'RESERVED', hold: 'd', buyer: 'dan' },
      { kind: 'EXPIRED', hold: 'd', buyer: 'dan' },
    ]);
    (ledger.orders[1] as { status: string }).status = 'FULFILLED';
    ledger.attempts = [
      {
        ...{ row: 'attempt', saleId: SKU, skuId: SKU, userId: 'eve', status: 'PENDING' },
        ...{ orderId: null, callId: null, createdAt: '2026-01-01T12:00:00.000Z' },
      },
    ];
    ledger.backlog = [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }];
    return ledger;
  };
  const HEARD: Event[] = [
    ...['CREATED', 'CONFIRMED', 'CANCELLED', 'CREATED', 'CONFIRMED', 'CREATED', 'CANCELLED']
      .concat('CREATED', 'EXPIRED')
      .map((type, place): Event => [HOLDS, type, place + 1]),
    [ORDERS, 'ORDER_CREATED', 2],
    [ORDERS, 'ORDER_CANCELLED', 3],
    [ORDERS, 'ORDER_CREATED', 5],
    [ORDERS, 'ORDER_FULFILLED', null],
    [ATTEMPTS, 'ATTEMPTED', null],
  ];
  const TOPICS_OF_GROUP = [HOLDS, ORDERS, ATTEMPTS];

  const judged = (
    events: Event[],
    {
      ledger = honest(),
      topics = TOPICS_OF_GROUP,
      kinds = ['order', 'voucher', 'attempt'] as LedgerRowKind[],
      group = 'analytics',
    } = {},
  ) => {
    ledger.deliveries = events.map(([topic, type, sequence], place) => ({
      ...{ row: 'delivery', group, eventId: `event-${place}`, topic, type, skuId: SKU, sequence },
    }));
    const evidence: Manifest = {
      ...answersOnly,
      ledger: ['inventory', 'reservation', 'movement', 'delivery', 'backlog', ...kinds],
      consumers: [{ group: 'analytics', topics }],
    };
    return check(evidenceOf(saleOf({ total: 5, evidence }), [], { ledger }));
  };
  const without = (topic: string, type: string): Event[] => {
    const place = HEARD.findIndex((event) => event[0] === topic && event[1] === type);
    return HEARD.filter((_, other) => other !== place);
  };

  it('finds nothing where each event of each topic was handled once', () => {
    expect(judged(HEARD)).toEqual({
      status: 'valid',
      summary: '1 consumer group handled 14 events, each once, and nothing is left to deliver',
    });
  });

  it.each([
    [HOLDS, 'EXPIRED', 'movement 9 of SKU-1, EXPIRED: nothing was heard of it'],
    [ORDERS, 'ORDER_CREATED', 'movement 2 of SKU-1, SOLD: nothing was heard of it'],
    [ORDERS, 'ORDER_CANCELLED', 'movement 3 of SKU-1, RETURNED: nothing was heard of it'],
    [ORDERS, 'ORDER_FULFILLED', 'heard of 0 times, and the ledger has 1 fulfilled order'],
    [ATTEMPTS, 'ATTEMPTED', 'heard of 0 times, and the ledger has 1 attempt'],
  ])('finds an event of %s that nobody handled: %s', (topic, type, words) => {
    const { status, summary } = judged(without(topic, type));
    expect(status).toBe('invalid');
    expect(summary).toContain(words);
    expect(summary).toContain(`(${topic})`);
  });

  it.each([
    [[ORDERS, 'ORDER_CREATED', 2], 'it was heard of 2 times'],
    [[ORDERS, 'ORDER_FULFILLED', null], 'heard of 2 times, and the ledger has 1 fulfilled order'],
    [[ATTEMPTS, 'ATTEMPTED', null], 'heard of 2 times, and the ledger has 1 attempt'],
    [[ORDERS, 'ORDER_CREATED', 4], 'movement 4 of SKU-1, RESERVED: it was heard of as'],
    [[ORDERS, 'ORDER_CREATED', null], 'ORDER_CREATED of SKU-1 without a number'],
    [[ORDERS, 'ORDER_CANCELLED', 7], 'movement 7 of SKU-1, RELEASED: it was heard of as'],
    [[ATTEMPTS, 'ATTEMPTED', 1], 'movement 1 of SKU-1, RESERVED: it was heard of as ATTEMPTED'],
  ] as [Event, string][])('finds one event too many: %j', (event, words) => {
    const { status, summary } = judged([...HEARD, event]);
    expect(status).toBe('invalid');
    expect(summary).toContain(words);
  });

  it('finds one event that came twice in place of another', () => {
    const ledger = honest();
    ledger.attempts.push({ ...first(ledger.attempts), userId: 'fay' });
    ledger.deliveries = [];
    const events: Event[] = [...HEARD, [ATTEMPTS, 'ATTEMPTED', null]];
    expect(judged(events, { ledger }).status).toBe('valid');
    for (const delivery of ledger.deliveries) {
      if (delivery.topic === ATTEMPTS) delivery.eventId = 'the same';
    }
    const consumers = [{ group: 'analytics', topics: TOPICS_OF_GROUP }];
    const kinds: LedgerRowKind[] = ['movement', 'delivery', 'backlog', 'order', 'attempt'];
    const evidence = { ...answersOnly, ledger: kinds, consumers };
    const twice = check(evidenceOf(saleOf({ evidence }), [], { ledger }));
    expect(twice.summary).toContain('ATTEMPTED of SKU-1: 1 event came twice');
  });

  it('finds a promised group that handled nothing, and shows ten of the events that it missed', () => {
    expect(judged([], { topics: [HOLDS] }).summary).toBe(
      'consumer group analytics handled none of 9 events of flash-sale-reservations',
    );
    const both = judged([], { topics: [HOLDS, STOCK, 'their-own'] });
    expect(both.summary).toBe(
      'consumer group analytics handled none of 18 events of flash-sale-reservations, flash-sale-inventory-updates',
    );
    expect(both.witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('is skipped where a group only has topics that no ledger can tell of', () => {
    expect(judged([], { topics: ['their-own'] }).status).toBe('skipped');
    const others = { topics: ['their-own'], group: 'mail' };
    expect(judged([['their-own', 'X', 1]], others).status).toBe('skipped');
    const both: Event[] = [
      ['their-own', 'X', 1],
      [STOCK, 'SOLD', 1],
    ];
    expect(judged(both, others).summary).toContain('consumer group mail heard of another sale');
  });

  it('knows the stock event of each kind of movement', () => {
    const types = ['RESERVED', 'SOLD', 'RELEASED', 'RESERVED', 'SOLD', 'RESERVED', 'RELEASED'];
    const heard = types.concat('RESERVED', 'RELEASED');
    const events = heard.map((type, place): Event => [STOCK, type, place + 1]);
    expect(judged(events, { topics: [STOCK] }).status).toBe('valid');
  });

  it('names the wrong events in the order of the movements, however they came', () => {
    const told = (...numbers: number[]) =>
      judged(
        numbers.map((number): Event => [STOCK, 'LOST', number]),
        { topics: [], group: 'mail' },
      ).summary;
    expect(told(9, 7)).toContain('movement 7 of SKU-1, RELEASED: it was heard of as LOST');
    expect(told(7, 9)).toContain('movement 7 of SKU-1, RELEASED: it was heard of as LOST');
  });

  it('takes the first of two movements with one number for the one that was heard of', () => {
    const ledger = honest();
    const sold = ledger.movements[1] as LedgerSnapshot['movements'][number];
    sold.sequence = 1;
    const events = HEARD.filter(([topic, , number]) => topic === HOLDS && number !== 2);
    const { witness } = judged(events, { ledger, topics: [HOLDS] });
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      '  - movement 1 of SKU-1, SOLD: nothing was heard of it (flash-sale-reservations)',
    ]);
  });

  it('knows a shop whose movements are numbered from 0', () => {
    const ledger = honest();
    for (const movement of ledger.movements) movement.sequence--;
    const events = HEARD.filter(([topic]) => topic === HOLDS).map(
      ([topic, type, number]): Event => [topic, type, (number ?? 0) - 1],
    );
    expect(judged(events, { ledger, topics: [HOLDS] }).status).toBe('valid');
  });

  it('says once that it heard of a movement that does not exist', () => {
    const events: Event[] = [...HEARD.filter(([topic]) => topic === HOLDS), [HOLDS, 'CREATED', 0]];
    const { witness } = judged(events, { topics: [HOLDS] });
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      '  - CREATED of SKU-1 as movement 0: the ledger has no such movement (flash-sale-reservations)',
    ]);
  });

  it('finds nothing in a group for which there was nothing', () => {
    const ledger = honest();
    ledger.attempts = [];
    expect(judged([], { ledger, topics: [ATTEMPTS] }).status).toBe('valid');
  });

  it('does not ask a group for topics that are not its own, and looks at what it handled there', () => {
    const only = HEARD.filter(([topic]) => topic === HOLDS);
    expect(judged(only, { topics: [HOLDS] }).status).toBe('valid');
    const more = (event: Event) => judged([...only, event], { topics: [HOLDS] });
    expect(more([STOCK, 'SOLD', 2]).status).toBe('valid');
    expect(more([STOCK, 'SOLD', 1]).summary).toContain('it was heard of as SOLD');
    expect(more(['their-own', 'X', 1]).status).toBe('valid');
  });

  it('looks at what a group handled that nobody promised', () => {
    const topics = [ATTEMPTS];
    const ledger = honest();
    ledger.attempts = [];
    const heard = (type: string) => judged([[STOCK, type, 2]], { ledger, topics, group: 'mail' });
    expect(heard('SOLD').status).toBe('valid');
    expect(heard('RESERVED').summary).toContain('consumer group mail heard of another sale');
  });

  it('takes the cancellation of an order that was not paid, with or without a movement', () => {
    const ledger = honest();
    ledger.orders.push({ ...first(ledger.orders), orderId: 'order-c', reservationId: 'c' });
    const told = (sequence: number | null) =>
      judged([...HEARD, [ORDERS, 'ORDER_CANCELLED', sequence]], { ledger }).status;
    expect(told(7)).toBe('valid');
    expect(told(null)).toBe('valid');
    expect(told(6)).toBe('invalid');
    expect(told(9)).toBe('invalid');
    const ofAttempt = judged([...HEARD, [ATTEMPTS, 'ORDER_CANCELLED', 7]], { ledger });
    expect(ofAttempt.summary).toContain('it was heard of as ORDER_CANCELLED');
    expect(judged(HEARD, { ledger }).summary).toContain(
      'ORDER_CANCELLED of SKU-1: it was heard of 1 time, and the ledger has 2 cancelled orders',
    );
  });

  it('asks for no event of an order that was fulfilled with its voucher', () => {
    const ledger = honest();
    ledger.vouchers = [{ ...VOUCHER, orderId: 'order-b' }];
    expect(judged(without(ORDERS, 'ORDER_FULFILLED'), { ledger }).status).toBe('valid');
    expect(judged(HEARD, { ledger }).status).toBe('invalid');
  });

  /** Ann’s ticket was cancelled, one of Bob’s two was let in, and Cid cancelled before he had paid. */
  const withTickets = (): LedgerSnapshot => {
    const ledger = honest();
    ledger.tickets = ['order-a', 'order-b', 'order-b'].map((orderId, place) => ({
      ...{ row: 'ticket', ticketId: `ticket-${place}`, skuId: SKU, userId: 'bob', orderId },
      ...{ issuedAt: null, checkedInAt: place === 2 ? '2026-01-01T12:00:00Z' : null },
      ...{ checkedInBy: null, gate: null, checkedInByCallId: null },
    }));
    const unpaid = { orderId: 'order-c', reservationId: 'c', status: 'CANCELLED' } as const;
    ledger.orders.push({ ...first(ledger.orders), ...unpaid });
    return ledger;
  };
  const PURCHASED: Event = [TICKETS, 'ticket.purchased', null];
  const CANCELLED: Event = [TICKETS, 'ticket.cancelled', null];
  const CHECKED_IN: Event = [TICKETS, 'ticket.checked-in', null];
  const OF_TICKETS = [PURCHASED, PURCHASED, CANCELLED, CHECKED_IN];
  const judgedTickets = (
    events: Event[],
    ledger = withTickets(),
    kinds: LedgerRowKind[] = ['order', 'ticket'],
  ) => judged(events, { ledger, kinds, topics: [TICKETS] });

  it('counts the events of tickets: bought and cancelled by the order, let in one by one', () => {
    expect(judgedTickets(OF_TICKETS).summary).toContain('1 consumer group handled 4 events');
    expect(judgedTickets([]).summary).toBe(
      'consumer group analytics handled none of 4 events of flashsale.tickets',
    );
  });

  it.each([
    [PURCHASED, 1, 3, '2 ticket orders'],
    [CANCELLED, 0, 2, '1 cancelled ticket order'],
    [CHECKED_IN, 0, 2, '1 checked-in ticket'],
  ])('finds one event of tickets too few or too many: %j', (event, fewer, more, rows) => {
    const told = (times: number, events: Event[]) =>
      expect(judgedTickets(events)).toMatchObject({
        status: 'invalid',
        summary: expect.stringMatching(
          `${event[1]} of SKU-1: it was heard of ${times} times?, and the ledger has ${rows} \\(${TICKETS}`,
        ),
      });
    told(fewer, OF_TICKETS.toSpliced(OF_TICKETS.indexOf(event), 1));
    told(more, [...OF_TICKETS, event]);
  });

  it('tells cancelled orders of tickets from those that stand', () => {
    const ledger = withTickets();
    const another = {
      ...(ledger.tickets[1] as LedgerTicket),
      ticketId: 'more',
      orderId: 'order-d',
    };
    ledger.tickets.push(another);
    ledger.orders.push({ ...first(ledger.orders), orderId: 'order-d', status: 'CONFIRMED' });
    expect(judgedTickets([...OF_TICKETS, PURCHASED], ledger).status).toBe('valid');
    expect(judgedTickets([...OF_TICKETS, PURCHASED, CANCELLED], ledger).status).toBe('invalid');
  });

  it('finds that a group missed the only events of tickets, which no movement causes', () => {
    const ledger = withTickets();
    const open = { ...first(ledger.tickets), orderId: 'order-b', checkedInAt: null };
    Object.assign(ledger, { tickets: [open], movements: [] });
    expect(judgedTickets([], ledger).summary).toBe(
      'consumer group analytics handled none of 1 event of flashsale.tickets',
    );
  });

  it('does not count events of tickets by rows that the ledger does not have', () => {
    const bought = OF_TICKETS.slice(1);
    expect(judgedTickets([], withTickets(), ['order']).status).toBe('valid');
    const withoutOrders = (events: Event[]) => judgedTickets(events, withTickets(), ['ticket']);
    expect(withoutOrders([PURCHASED, PURCHASED, CHECKED_IN]).status).toBe('valid');
    expect(withoutOrders(bought).summary).toContain(
      'ticket.purchased of SKU-1: it was heard of 1 time',
    );
    const ledger = withTickets();
    first(ledger.tickets).orderId = null;
    expect(judgedTickets([CHECKED_IN], ledger).status).toBe('valid');
    expect(judgedTickets(bought.slice(0, 2), ledger).summary).toContain('ticket.checked-in');
  });

  it('compares only what the target’s ledger can show', () => {
    const more: Event[] = [...HEARD, [ORDERS, 'ORDER_FULFILLED', null]];
    const events: Event[] = [...more, [ATTEMPTS, 'ATTEMPTED', null]];
    expect(judged(events, { kinds: [] }).status).toBe('valid');
    const fewer = without(ORDERS, 'ORDER_FULFILLED');
    expect(judged(fewer, { kinds: ['order', 'attempt'] }).status).toBe('valid');
    expect(judged(more, { kinds: ['order', 'attempt'] }).summary).toContain(
      'ORDER_FULFILLED of SKU-1: it was heard of 2 times, and the ledger has 0 to 1 fulfilled order',
    );
  });

  it('counts the missing events of all topics of a SKU against its backlog', () => {
    const pending = (events: number, heard: Event[]) => {
      const ledger = honest();
      first(ledger.backlog).pending = events;
      return judged(heard, { ledger }).status;
    };
    const two = HEARD.filter(([, type]) => type !== 'ORDER_FULFILLED' && type !== 'EXPIRED');
    expect(pending(2, two)).toBe('unknown');
    expect(pending(1, two)).toBe('invalid');
    // One cancellation is missing once, although its movement and the number of cancelled orders both miss it.
    expect(pending(1, without(ORDERS, 'ORDER_CANCELLED'))).toBe('unknown');
  });

  it('keeps the SKUs apart', () => {
    const ledger = honest();
    const evidence: Manifest = {
      ...answersOnly,
      ledger: ['movement', 'delivery', 'backlog'],
      consumers: [{ group: 'analytics', topics: [STOCK] }],
    };
    ledger.backlog.push({ row: 'backlog', skuId: 'SKU-2', pending: 99, deadLetters: 0 });
    const skus = [
      { skuId: SKU, total: 5 },
      { skuId: 'SKU-2', total: 5 },
    ];
    expect(check(evidenceOf(saleOf({ evidence, skus }), [], { ledger })).status).toBe('invalid');
  });

  it('does not take the first event of the next SKU for one more of a SKU', () => {
    const evidence: Manifest = {
      ...answersOnly,
      ledger: ['movement', 'delivery', 'backlog', 'attempt'],
      consumers: [{ group: 'analytics', topics: [STOCK, ATTEMPTS] }],
    };
    const skus = [
      { skuId: SKU, total: 5 },
      { skuId: 'SKU-2', total: 5 },
    ];
    const heard = (...events: [skuId: string, ...Event][]) => {
      const ledger = honest();
      ledger.movements = [];
      ledger.attempts.push({ ...first(ledger.attempts), skuId: 'SKU-2' });
      ledger.deliveries = events.map(([skuId, topic, type, sequence], place) => ({
        ...{ row: 'delivery', group: 'analytics', eventId: `event-${place}` },
        ...{ topic, type, skuId, sequence },
      }));
      return check(evidenceOf(saleOf({ evidence, skus }), [], { ledger }));
    };
    const attempts = [SKU, 'SKU-2'].map((skuId): [string, ...Event] => [
      skuId,
      ATTEMPTS,
      'ATTEMPTED',
      null,
    ]);
    expect(heard(...attempts).status).toBe('valid');
    const ofNone = heard(...attempts, [SKU, STOCK, 'SOLD', 7], ['SKU-2', STOCK, 'RESERVED', 7]);
    expect(ofNone.witness?.prose.split('\n').slice(1)).toEqual([
      `  - SOLD of SKU-1 as movement 7: the ledger has no such movement (${STOCK})`,
      `  - RESERVED of SKU-2 as movement 7: the ledger has no such movement (${STOCK})`,
    ]);
  });
});

const VOUCHER: LedgerVoucher = {
  ...{ row: 'voucher', voucherId: 'v', code: 'V', campaignId: SKU, skuId: SKU, userId: 'bob' },
  ...{ orderId: 'order-b', issuedAt: '2026-01-01T12:00:00Z', usedAt: null, usedByCallId: null },
};

itCatches(eventLogAgreement, [
  ...(['lost-event', 'lost-order-event', 'deaf-group', 'double-cancel'] as const),
  ...(['lost-ticket-event', 'repeated-ticket-event', 'deaf-ticket-group'] as const),
]);
