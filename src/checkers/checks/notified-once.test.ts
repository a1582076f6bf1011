import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, type Entry, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import { ticketOf } from '../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { LedgerDelivery, LedgerNotification } from '../../protocol/ledger.ts';
import type { Finding } from '../checker.ts';
import { judge } from '../verdict.ts';
import { notifiedOnce } from './notified-once.ts';

const HOLDS = 'flash-sale-reservations';
const ORDERS = 'flash-sale-orders';
const TICKETS = 'flashsale.tickets';

/** Ann buys; Bob lets his hold lapse; Cid orders, and cancels before he has paid; Dan gives his hold back. */
const ENTRIES: Entry[] = [
  { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
  { kind: 'SOLD', hold: 'a', buyer: 'ann' },
  { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
  { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
  { kind: 'RESERVED', hold: 'c', buyer: 'cid' },
  { kind: 'RELEASED', hold: 'c', buyer: 'cid' },
  { kind: 'RESERVED', hold: 'd', buyer: 'dan' },
  { kind: 'RELEASED', hold: 'd', buyer: 'dan' },
];

type Handled = [topic: string, type: string, event: number | string];
const HANDLED: Handled[] = [
  [HOLDS, 'CREATED', 1],
  [HOLDS, 'CONFIRMED', 2],
  [ORDERS, 'ORDER_CREATED', 2],
  [HOLDS, 'EXPIRED', 4],
  [ORDERS, 'ORDER_CANCELLED', 6],
  [TICKETS, 'ticket.purchased', '77'],
];

type Told = [kind: string, event: number | string, userId: string];
const TOLD: Told[] = [
  ['ORDER_CREATED', 2, 'ann'],
  ['EXPIRED', 4, 'bob'],
  ['ORDER_CANCELLED', 6, 'cid'],
  ['ticket.purchased', '77', 'ann'],
];

function booksWith(handled: Handled[], told: Told[]): LedgerSnapshot {
  const ledger = booksOf(saleOf({ total: 5 }), ENTRIES);
  const [order] = ledger.orders as [LedgerSnapshot['orders'][number]];
  ledger.orders.push({ ...order, orderId: 'order-c', reservationId: 'c', status: 'CANCELLED' });
  ledger.deliveries = handled.map(([topic, type, event]) => ({
    ...{ row: 'delivery', group: 'notification', topic, type, skuId: SKU },
    eventId: typeof event === 'number' ? `m${event}` : event,
    sequence: typeof event === 'number' ? event : null,
  }));
  ledger.notifications = told.map(
    ([kind, event, userId]): LedgerNotification => ({
      ...{ row: 'notification', skuId: SKU, kind, userId },
      sequence: typeof event === 'number' ? event : null,
      eventId: typeof event === 'number' ? null : event,
    }),
  );
  return ledger;
}

const judged = (told: Told[], handled = HANDLED): Finding =>
  notifiedOnce.check(evidenceOf(saleOf({ total: 5 }), [], { ledger: booksWith(handled, told) }));

const without = (kind: string): Told[] => TOLD.filter((told) => told[0] !== kind);

describe('notified-once', () => {
  it('accepts each event told once to its buyer, in any order', () => {
    expect(judged([...TOLD].reverse())).toEqual({
      status: 'valid',
      summary: 'users were told of 4 events, each once',
    });
  });

  it('keeps the events of one SKU apart from those of another', () => {
    const sale = saleOf({ total: 5 });
    const CUP = 'CUP';
    const of = (skuIdOfSecond: string): Finding => {
      const ledger = booksWith(HANDLED, TOLD);
      const [delivery, notification] = [ledger.deliveries.at(-1), ledger.notifications.at(-1)];
      const second = { eventId: '88', skuId: CUP };
      ledger.deliveries.push({ ...(delivery as LedgerDelivery), ...second });
      ledger.notifications.push({
        ...(notification as LedgerNotification),
        ...{ ...second, skuId: skuIdOfSecond },
      });
      const [order] = ledger.orders as [LedgerSnapshot['orders'][number]];
      ledger.orders.push({ ...order, skuId: CUP, orderId: 'order-cup', reservationId: 'cup' });
      const [held] = ledger.reservations as [LedgerSnapshot['reservations'][number]];
      ledger.reservations.push({ ...held, skuId: CUP, reservationId: 'cup' });
      const skus = [...sale.skus, { skuId: CUP, total: 5 }];
      return notifiedOnce.check(evidenceOf({ ...sale, skus }, [], { ledger }));
    };
    expect(of(CUP)).toMatchObject({ summary: 'users were told of 5 events, each once' });
    expect(of(SKU).summary).toContain('event 88, which never was (SKU-1)');
  });

  const cases: [string, Told[], string][] = [
    ['told twice', [...TOLD, ['EXPIRED', 4, 'bob']], 'users were told of movement 4 2 times'],
    ['told two users', [...TOLD, ['EXPIRED', 4, 'ann']], 'EXPIRED of movement 4 was told to ann'],
    [
      'without a movement told twice',
      [...TOLD, ['ticket.purchased', '77', 'bob']],
      'users were told of event 77 2 times',
    ],
    ['told to nobody', without('ORDER_CREATED'), 'nobody was told ORDER_CREATED of movement 2'],
    [
      'without a movement told to nobody',
      without('ticket.purchased'),
      'nobody was told ticket.purchased of event 77',
    ],
    [
      'told to somebody else',
      [...without('EXPIRED'), ['EXPIRED', 4, 'ann']],
      'EXPIRED of movement 4 was told to ann, not to its buyer',
    ],
    [
      'without a movement told to a stranger',
      [...without('ticket.purchased'), ['ticket.purchased', '77', 'eve']],
      'ticket.purchased of event 77 was told to eve, who has no part in it',
    ],
    [
      'told as another kind',
      [...without('EXPIRED'), ['ORDER_CREATED', 4, 'bob']],
      'somebody was told ORDER_CREATED of movement 4, which is EXPIRED',
    ],
    [
      'without a movement told as another kind',
      [...without('ticket.purchased'), ['ticket.cancelled', '77', 'ann']],
      'somebody was told ticket.cancelled of event 77, which never was',
    ],
    [
      'that never was',
      [...TOLD, ['ORDER_CREATED', 99, 'ann']],
      'somebody was told ORDER_CREATED of movement 99, which never was',
    ],
    [
      'that nobody has to be told of',
      [...TOLD, ['ORDER_CANCELLED', 8, 'dan']],
      'somebody was told ORDER_CANCELLED of movement 8, which is RELEASED',
    ],
    [
      'of an outbox that never was',
      [...TOLD, ['ticket.purchased', '78', 'ann']],
      'somebody was told ticket.purchased of event 78, which never was',
    ],
  ];

  it.each(cases)('finds an event %s', (_, told, sentence) => {
    const { status, witness } = judged(told);
    expect([status, witness?.prose]).toEqual(['invalid', expect.stringContaining(sentence)]);
  });

  /** The finding in books that were changed by hand. */
  const tampered = (tamper: (ledger: LedgerSnapshot) => void, told = TOLD, handled = HANDLED) => {
    const ledger = booksWith(handled, told);
    tamper(ledger);
    return notifiedOnce.check(evidenceOf(saleOf({ total: 5 }), [], { ledger }));
  };

  it('takes an order that was paid and cancelled, and each kind of a ticket’s events, for told', () => {
    const returned = (ledger: LedgerSnapshot) =>
      Object.assign(ledger.movements[7] as object, { kind: 'RETURNED' });
    const told: Told[] = [...TOLD, ['ORDER_CANCELLED', 8, 'dan']];
    const handled: Handled[] = [...HANDLED, [ORDERS, 'ORDER_CANCELLED', 8]];
    expect(tampered(returned, told, handled).status).toBe('valid');
    const kinds = ['ticket.cancelled', 'ticket.checked-in'];
    const events = kinds.map((kind): Handled => [TICKETS, kind, kind]);
    const toldOf = kinds.map((kind): Told => [kind, kind, 'ann']);
    expect(judged([...TOLD, ...toldOf], [...HANDLED, ...events]).status).toBe('valid');
    expect(judged(TOLD, [...HANDLED, ...events]).summary).toContain(
      'nobody was told ticket.cancelled',
    );
  });

  it('tells nobody of more tickets than they have', () => {
    const KINDS = ['ticket.purchased', 'ticket.cancelled', 'ticket.checked-in'];
    const handled = KINDS.flatMap((kind): Handled[] => [
      [TICKETS, kind, `${kind} 1`],
      [TICKETS, kind, `${kind} 2`],
    ]);
    /** Ann and Bob have a ticket each; both were let in, and cancelled for once. */
    const statusOf = (kind: string, users: [string, string]) => {
      const told = KINDS.flatMap((each) =>
        (each === kind ? users : ['ann', 'bob']).map(
          (user, place): Told => [each, `${each} ${place + 1}`, user],
        ),
      );
      const ledger = booksWith(handled, told);
      ledger.movements = [];
      ledger.tickets = ['a', 'c'].map((hold, place) => ({
        ...ticketOf(place, place === 0 ? 'ann' : 'bob', `order-${hold}`),
        checkedInAt: '2026-01-01T12:00:00Z',
      }));
      for (const order of ledger.orders) order.status = 'CANCELLED';
      return notifiedOnce.check(evidenceOf(saleOf({ total: 5 }), [], { ledger }));
    };
    for (const kind of KINDS) {
      expect(statusOf(kind, ['ann', 'bob']).status).toBe('valid');
      expect(statusOf(kind, ['bob', 'ann']).status).toBe('valid');
      expect(statusOf(kind, ['ann', 'ann']).summary).toBe(
        `ann was told ${kind} 2 times, and has 1 such ticket or order`,
      );
    }
  });

  it.each([
    [TICKETS, 'ticket.checked-in'],
    ['flashsale.achievements', 'ACHIEVEMENT_UNLOCKED'],
    ['flashsale.quests', 'QUEST_COMPLETED'],
  ])('owes the user an event of %s that is %s', (topic, kind) => {
    const handled: Handled[] = [...HANDLED, [topic, kind, '79']];
    expect(judged(TOLD, handled).summary).toContain(`nobody was told ${kind} of event 79`);
    expect(judged([...TOLD, [kind, '79', 'ann']], handled).status).toBe('valid');
    expect(judged([...TOLD, [kind, '79', 'ann']]).summary).toContain(
      `somebody was told ${kind} of event 79, which never was`,
    );
  });

  it('owes nobody an event of another topic or group, and believes only events that some group has heard of', () => {
    expect(judged(TOLD, [...HANDLED, ['their-own', 'EXPIRED', '79']]).status).toBe('valid');
    expect(
      judged([...TOLD, ['EXPIRED', '79', 'bob']], [...HANDLED, ['their-own', 'EXPIRED', '79']])
        .summary,
    ).toContain('somebody was told EXPIRED of event 79, which never was');
    const mail =
      (sequence: number | null, skuId = SKU) =>
      (ledger: LedgerSnapshot) =>
        ledger.deliveries.push({
          ...{ row: 'delivery', group: 'mail', topic: TICKETS, type: 'ticket.purchased' },
          ...{ skuId, sequence, eventId: '78' },
        });
    expect(tampered(mail(null)).status).toBe('valid');
    const told: Told[] = [...TOLD, ['ticket.purchased', '78', 'ann']];
    expect(tampered(mail(null), told).status).toBe('valid');
    expect(tampered(mail(3), told).summary).toContain('event 78, which never was');
  });

  it('looks at each SKU by itself', () => {
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));
    const ledger = booksWith(HANDLED, [...TOLD, ['ticket.purchased', '78', 'ann']]);
    ledger.deliveries.push({
      ...{ row: 'delivery', group: 'mail', topic: TICKETS, type: 'ticket.purchased' },
      ...{ skuId: 'SKU-2', sequence: null, eventId: '78' },
    });
    expect(notifiedOnce.check(evidenceOf(saleOf({ skus }), [], { ledger })).summary).toContain(
      'event 78, which never was (SKU-1)',
    );
    const many = skus.flatMap(({ skuId }) =>
      Array.from({ length: 8 }, (_, place) => ({
        ...(booksWith([], [['EXPIRED', 99 + place, 'bob']]).notifications[0] as LedgerNotification),
        skuId,
      })),
    );
    const two = { ...booksWith(HANDLED, TOLD), notifications: many };
    const { witness } = notifiedOnce.check(evidenceOf(saleOf({ skus }), [], { ledger: two }));
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('finds another kind than the event’s in what one movement had its buyer told', () => {
    const handled: Handled[] = [...HANDLED, [HOLDS, 'EXPIRED', 2]];
    expect(judged(TOLD, handled).summary).toContain(
      'EXPIRED of movement 2 was told as ORDER_CREATED',
    );
  });

  it('knows nobody’s buyer where reservations are missing or name none', () => {
    const gone = (ledger: LedgerSnapshot) => (ledger.reservations = []);
    expect(tampered(gone, without('ticket.purchased'), HANDLED.slice(0, 5)).status).toBe('valid');
    const unnamed = (ledger: LedgerSnapshot) => {
      for (const row of ledger.reservations) row.userId = null;
    };
    expect(tampered(unnamed).status).toBe('valid');
  });

  it('knows movements by their numbers, though one is missing', () => {
    const gap = (ledger: LedgerSnapshot) => ledger.movements.shift();
    expect(tampered(gap).status).toBe('valid');
  });

  it('owes nobody anything for an event that the group has not handled yet', () => {
    const handled = HANDLED.filter(([, type]) => type !== 'ORDER_CREATED');
    expect(judged(without('ORDER_CREATED'), handled).status).toBe('valid');
  });

  it('leaves kinds alone that it does not know, and does not ask who has a part in a quest', () => {
    expect(judged([...TOLD, ['PRICE_FELL', '78', 'eve']]).status).toBe('valid');
    const handled: Handled[] = [...HANDLED, ['flashsale.quests', 'QUEST_REWARDED', '79']];
    expect(judged([...TOLD, ['QUEST_REWARDED', '79', 'eve']], handled).status).toBe('valid');
    expect(judged(TOLD, handled).status).toBe('invalid');
  });

  it('names ten of many, and says how many events there were', () => {
    const many = Array.from({ length: 12 }, (): Told => ['EXPIRED', 99, 'bob']);
    const prose = judged([...TOLD, ...many]).witness?.prose ?? '';
    expect(prose.split('\n')).toHaveLength(11);
    expect(prose).toContain('told of 4 events, each once');
  });

  it('is skipped when nothing happened that a user is told of', () => {
    expect(judged([], [[HOLDS, 'CREATED', 1]]).status).toBe('skipped');
  });

  it('is skipped for a target that does not show what it tells its users', () => {
    const ledger = { ...booksWith(HANDLED, []), notifications: [] };
    const evidence = evidenceOf(saleOf({ total: 5 }), [], { ledger });
    const found = judge(evidence).checks.find(({ name }) => name === 'notified-once');
    expect([found?.status, found?.summary]).toEqual([
      'skipped',
      'the target does not give the notifications of users',
    ]);
  });
});

itCatches(notifiedOnce, ['told-twice', 'never-told', 'told-stranger', 'told-of-nothing']);
