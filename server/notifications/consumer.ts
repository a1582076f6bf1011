import { NOTIFICATION_GROUP } from '../../src/protocol/ledger.ts';
import type { Consumer } from '../events/event.ts';
import { notificationOf, TOLD_TOPICS, type Told } from './messages.ts';
import type { NotificationStore } from './store.ts';

/**
 * Tells users of events, each once: a batch of events is one statement, in the transaction that marks them as handled. It
 * also queues the messages for email and SMS, so that neither is without the other.
 */
export const createNotificationConsumer = (deps: {
  store: Pick<NotificationStore, 'tell'>;
  onTold(count: number): void;
}): Consumer => ({
  group: NOTIFICATION_GROUP,
  topics: TOLD_TOPICS,
  async handle(events, tx) {
    const told: Told[] = [];
    for (const event of events) {
      const notification = notificationOf(event);
      if (notification !== undefined) told.push(notification);
    }
    if (told.length > 0) deps.onTold(await deps.store.tell(tx, told));
  },
});
