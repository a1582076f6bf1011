import { TOPICS } from '../../src/protocol/events.ts';
import type { DomainEvent } from '../events/event.ts';

/** One notification: an event told to one user. */
export interface Told {
  eventId: string;
  userId: string;
  /** The type of the event. */
  kind: string;
  /** The SKU of the event, or its key. */
  skuId: string;
  title: string;
  text: string;
}

/** The facts of an event that texts name. An event has some of them. */
interface Facts {
  userId?: string;
  organizerId?: string;
  skuId?: string;
  orderId?: string;
  reservationId?: string;
  showId?: string;
  ticketId?: string;
  title?: string;
  name?: string;
  points?: number;
  outcome?: string;
  quantity?: number;
}

interface Message {
  title: string;
  text(facts: Facts): string;
  /** The user who is told; the event's `userId` if absent. */
  to?(facts: Facts): string | undefined;
}

/** Events of which a user is told, by topic and type. */
const MESSAGES: Record<string, Record<string, Message>> = {
  [TOPICS.reservations]: {
    EXPIRED: {
      title: 'Your reservation has expired',
      text: ({ reservationId, quantity, skuId }) =>
        `Reservation ${reservationId}, ${quantity} × ${skuId}, was not paid in time. Its units are on sale again.`,
    },
  },
  [TOPICS.orders]: {
    ORDER_CREATED: {
      title: 'Your order is confirmed',
      text: ({ orderId, quantity, skuId }) => `Order ${orderId}, ${quantity} × ${skuId}, is yours.`,
    },
    ORDER_CANCELLED: {
      title: 'Your order is cancelled',
      text: ({ orderId, skuId }) =>
        `Order ${orderId} of ${skuId} is cancelled. Money that was paid for it goes back.`,
    },
  },
  [TOPICS.tickets]: {
    'ticket.purchased': {
      title: 'Your tickets',
      text: ({ orderId, quantity, showId }) =>
        `You have bought tickets of the event ${showId}: ${quantity}, with order ${orderId}. Their codes are at /tickets.`,
    },
    'ticket.cancelled': {
      title: 'Your tickets are cancelled',
      text: ({ orderId, quantity, showId }) =>
        `The tickets of order ${orderId} for the event ${showId} are cancelled: ${quantity}. The money goes back.`,
    },
    'ticket.checked-in': {
      title: 'Your ticket was checked in',
      text: ({ ticketId, showId }) => `Ticket ${ticketId} of the event ${showId} was let in.`,
    },
  },
  [TOPICS.accounts]: {
    USER_REFERRED: {
      title: 'Somebody has registered with your code',
      text: () =>
        'A new user has registered with your referral code, and counts for you. How many have is at /referrals.',
    },
  },
  [TOPICS.achievements]: {
    ACHIEVEMENT_UNLOCKED: {
      title: 'You have unlocked an achievement',
      text: ({ name, points }) => `${name} is yours, and ${points} points with it.`,
    },
  },
  [TOPICS.quests]: {
    QUEST_COMPLETED: {
      title: 'You have completed a quest',
      text: ({ name }) => `The quest ${name} is completed.`,
    },
    QUEST_REWARDED: {
      title: 'The reward of your quest',
      text: ({ name, outcome }) =>
        outcome === 'GIVEN'
          ? `A voucher for the quest ${name} is yours. Its code is at /api/v1/vouchers.`
          : `No voucher is left for the quest ${name}.`,
    },
  },
  [TOPICS.shows]: {
    // Those who have tickets are told of each order, when its tickets are cancelled.
    'event.cancelled': {
      title: 'Your event is cancelled',
      text: ({ title, showId }) =>
        `${title} (${showId}) is cancelled and off sale. All tickets of it are cancelled and paid back.`,
      to: ({ organizerId }) => organizerId,
    },
  },
};

/** The topics with events of which users are told. */
export const TOLD_TOPICS = Object.keys(MESSAGES);

/** The notification that an event owes; undefined if it owes none. */
export function notificationOf(event: DomainEvent): Told | undefined {
  const { topic, key, type, payload } = event;
  const message = MESSAGES[topic]?.[type];
  if (message === undefined) return undefined;
  const facts = payload as Facts;
  const userId = message.to === undefined ? facts.userId : message.to(facts);
  if (userId === undefined) return undefined;
  const { skuId = key } = facts;
  const { eventId } = event;
  return { eventId, userId, kind: type, skuId, title: message.title, text: message.text(facts) };
}
