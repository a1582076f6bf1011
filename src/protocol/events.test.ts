import { describe, expect, it } from 'vitest';
import { whyNoEvent } from './events.ts';

const ID = '00000000-0000-7000-8000-000000000001';
const reserved = { skuId: 'LAMP', reservationId: ID, userId: ID, quantity: 1, sequence: 1 };

describe('an event', () => {
  it('may hold more than its schema names', () => {
    const payload = { ...reserved, addedLater: true };
    const event = { topic: 'flash-sale-inventory-updates', type: 'RESERVED', payload };
    expect(whyNoEvent(event)).toBeUndefined();
  });

  it('must be of a type that its topic carries', () => {
    expect(whyNoEvent({ topic: 'flash-sale-orders', type: 'RESERVED', payload: reserved })).toBe(
      'flash-sale-orders carries no RESERVED',
    );
    expect(whyNoEvent({ topic: 'elsewhere', type: 'RESERVED', payload: reserved })).toBe(
      'elsewhere carries no RESERVED',
    );
  });

  it('must have the payload of its type', () => {
    const payload = { ...reserved, quantity: 0 };
    const event = { topic: 'flash-sale-reservations', type: 'CREATED', payload };
    expect(whyNoEvent(event)).toContain('quantity');
  });

  it('S2.3 S2.4 tells of achievements, quests and referrals', () => {
    const achievement = { achievementId: 'FAN', name: 'Fan', count: 3, needed: 3, points: 50 };
    expect(
      whyNoEvent({
        topic: 'flashsale.achievements',
        type: 'ACHIEVEMENT_UNLOCKED',
        payload: { userId: ID, ...achievement },
      }),
    ).toBeUndefined();
    const quest = { userId: ID, questId: 'HUNT', name: 'Hunt', reward: { points: 10 } };
    const told = (type: string, payload: object) =>
      whyNoEvent({ topic: 'flashsale.quests', type, payload });
    expect(told('QUEST_COMPLETED', quest)).toBeUndefined();
    expect(told('QUEST_REWARDED', { ...quest, outcome: 'GONE' })).toBeUndefined();
    expect(told('QUEST_REWARDED', quest)).toContain('outcome');
    const referred = (payload: object) =>
      whyNoEvent({ topic: 'flashsale.accounts', type: 'USER_REFERRED', payload });
    expect(referred({ userId: ID, referredId: ID })).toBeUndefined();
    expect(referred({ userId: ID })).toContain('referredId');
  });
});
