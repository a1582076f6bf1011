import {
  type Address,
  Addresses,
  type Notification,
  NotificationPage,
} from '../../protocol/notifications.ts';
import { PAGE_SIZE_MAX } from '../../protocol/paging.ts';
import { createAdminClient } from './admin-client.ts';

/** The notifications of a user, the oldest first, and the addresses to which they are sent as well. */
export interface Mailbox {
  notifications: Notification[];
  addresses: Address[];
  /** The place behind the last notification; reading goes on from there, now or later. */
  cursor: string;
  /** True if there are more at this moment. */
  hasMore: boolean;
}

/**
 * Reads the mailbox of the user whose token it is, behind the cursor `after`, at most `limit` notifications.
 *
 * @throws UserError (environment) when no instance answers, or the token is not valid
 */
export async function readMailbox(options: {
  targets: string[];
  token: string;
  after: string;
  limit: number;
}): Promise<Mailbox> {
  const { targets, token, limit } = options;
  const call = createAdminClient({
    targets,
    token,
    tokenAdvice: 'give the token of a user whose session goes on; seed again for new tokens',
  });
  const mailbox: Mailbox = {
    notifications: [],
    addresses: [],
    cursor: options.after,
    hasMore: true,
  };
  while (mailbox.hasMore && mailbox.notifications.length < limit) {
    const wanted = Math.min(PAGE_SIZE_MAX, limit - mailbox.notifications.length);
    const answer = await call('GET', `/notifications?after=${mailbox.cursor}&limit=${wanted}`);
    const { notifications, cursor, hasMore } = NotificationPage.parse(await answer.json());
    mailbox.notifications.push(...notifications);
    Object.assign(mailbox, { cursor, hasMore });
  }
  const answer = await call('GET', '/notifications/addresses');
  mailbox.addresses = Addresses.parse(await answer.json()).addresses;
  return mailbox;
}
