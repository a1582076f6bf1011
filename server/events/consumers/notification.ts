import type { PoolClient } from 'pg';
import { type SaleEvent, type TicketEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../event.ts';

/** A message to a user. A provider drops a message whose `eventId` it has seen before. */
export interface Notification {
  eventId: string;
  userId: string;
  subject: string;
  text: string;
}

/** Sends messages to users. Its writes through `tx` commit together with the mark that the events are handled. */
export interface NotificationProvider {
  send(notifications: Notification[], tx: PoolClient): Promise<void>;
}

const MESSAGES: Record<
  string,
  (told: SaleEvent & TicketEvent) => Pick<Notification, 'subject' | 'text'>
> = {
  CONFIRMED: ({ reservationId, quantity, skuId }) => ({
    subject: 'Your reservation is confirmed',
    text: `Reservation ${reservationId}, ${quantity} × ${skuId}, is yours.`,
  }),
  ORDER_CREATED: ({ orderId, quantity, skuId }) => ({
    subject: 'Thank you for your order',
    text: `We have received order ${orderId}, ${quantity} × ${skuId}.`,
  }),
  'ticket.purchased': ({ orderId, quantity, showId }) => ({
    subject: 'Your tickets',
    text: `You have bought tickets of the event ${showId}: ${quantity}, with order ${orderId}. Their codes are at /tickets.`,
  }),
  'ticket.cancelled': ({ orderId, quantity, showId }) => ({
    subject: 'Your tickets are cancelled',
    text: `The tickets of order ${orderId} for the event ${showId} are cancelled: ${quantity}. The money goes back.`,
  }),
};

/** Sends buyers a message when their hold is sold, one for the order, and one for tickets and their cancellation. */
export const createNotification = (provider: NotificationProvider): Consumer => ({
  group: 'notification',
  topics: [TOPICS.reservations, TOPICS.orders, TOPICS.tickets],
  async handle(events, tx) {
    const notifications = events.flatMap(({ eventId, type, payload }) => {
      const told = payload as SaleEvent & TicketEvent;
      const message = MESSAGES[type]?.(told);
      return message === undefined ? [] : [{ eventId, userId: told.userId, ...message }];
    });
    if (notifications.length > 0) await provider.send(notifications, tx);
  },
});

/** Writes messages to the table `notifications`, for a mailer to send. */
export const mailbox: NotificationProvider = {
  async send(notifications, tx) {
    await tx.query({
      name: 'notification.send',
      text: `INSERT INTO notifications (event_id, user_id, subject, body)
             SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[])`,
      values: [
        notifications.map(({ eventId }) => eventId),
        notifications.map(({ userId }) => userId),
        notifications.map(({ subject }) => subject),
        notifications.map(({ text }) => text),
      ],
    });
  },
};
