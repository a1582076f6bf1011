import { expect, it } from 'vitest';
import { TOPICS } from '../../src/protocol/events.ts';
import { gainsOf } from './gains.ts';

const event = (topic: string, type: string, payload: object) => ({
  ...{ eventId: '1', topic, key: 'k', type, payload },
  occurredAt: new Date(0),
});

it('S2.3 counts orders, tickets, check-ins, quests and referrals of each user', () => {
  const [ann, bob] = [{ userId: 'ann' }, { userId: 'bob' }];
  expect(
    gainsOf([
      event(TOPICS.tickets, 'ticket.purchased', { ...bob, quantity: 3 }),
      event(TOPICS.orders, 'ORDER_CREATED', ann),
      event(TOPICS.orders, 'ORDER_CREATED', { ...ann, quantity: 7 }),
      event(TOPICS.orders, 'ORDER_CANCELLED', ann),
      event(TOPICS.tickets, 'ticket.checked-in', bob),
      event(TOPICS.quests, 'QUEST_STARTED', ann),
      event(TOPICS.quests, 'QUEST_COMPLETED', ann),
      event(TOPICS.accounts, 'USER_REFERRED', { ...bob, referredId: 'ann' }),
    ]),
  ).toEqual([
    { ...ann, counts: 'orders', units: 2 },
    { ...ann, counts: 'quests', units: 1 },
    { ...bob, counts: 'check-ins', units: 1 },
    { ...bob, counts: 'referrals', units: 1 },
    { ...bob, counts: 'tickets', units: 3 },
  ]);
});
