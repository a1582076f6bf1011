import * as z from 'zod';
import { PAGE_SIZE_MAX } from './paging.ts';

/** The place of a notification in the order in which all were told. Whoever has read up to it misses none before it. */
const Cursor = z.string().regex(/^\d{1,15}$/, 'must be the cursor of an earlier answer');

/** Something that a user was told: of each event once. `kind` is the type of the event. */
export const Notification = z.object({
  notificationId: z.string(),
  kind: z.string(),
  title: z.string(),
  text: z.string(),
  at: z.iso.datetime(),
});
export type Notification = z.infer<typeof Notification>;

/** Query of `GET /notifications`, which lists the oldest first. */
export const NotificationQuery = z.strictObject({
  after: Cursor.optional().describe(
    'The `cursor` of an earlier answer, or of a message of the stream; absent for the first notifications.',
  ),
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(50),
});

export const NotificationPage = z.object({
  notifications: z.array(Notification),
  /** The place behind the last one, with which the next question goes on, now or later. */
  cursor: Cursor,
  /** True if there are more at this moment. */
  hasMore: z.boolean(),
});
export type NotificationPage = z.infer<typeof NotificationPage>;

/** A ticket opens one stream, once, within its time. */
export const StreamTicket = z.object({ ticket: z.string(), expiresIn: z.int() });
export type StreamTicket = z.infer<typeof StreamTicket>;

/** Query of `GET /notifications/stream`, which is a WebSocket. */
export const StreamQuery = z.strictObject({ ticket: z.string().max(100).optional() });

/** The subprotocol of the stream, and the beginning of the one that carries a token: `bearer.<token>`. */
export const STREAM_PROTOCOL = 'flashsale.notifications';
export const TOKEN_PROTOCOL = 'bearer.';

/**
 * A message of the stream. `ready` comes first: everything told after its cursor comes over the stream, everything before it
 * is read with `GET /notifications?after=…`.
 */
export const StreamMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), cursor: Cursor }),
  z.object({ type: z.literal('notification'), cursor: Cursor, notification: Notification }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

/** The ways in which messages leave the server. */
export const Channel = z.enum(['email', 'sms']);
export type Channel = z.infer<typeof Channel>;

/** A user's address on a channel. Notifications go to it once it is confirmed. */
export const Address = z.object({
  channel: Channel,
  address: z.string(),
  isConfirmed: z.boolean(),
});
export type Address = z.infer<typeof Address>;

export const Addresses = z.object({ addresses: z.array(Address) });
export type Addresses = z.infer<typeof Addresses>;

const FORMS: Record<Channel, z.ZodType> = { email: z.email(), sms: z.e164() };

/** Body of `PUT /notifications/addresses`: a code is sent to the address, which proves that it is the user's own. */
export const PutAddress = z
  .strictObject({ channel: Channel, address: z.string().min(1).max(254) })
  .refine(({ channel, address }) => FORMS[channel].safeParse(address).success, {
    path: ['address'],
    message: 'must be an email address, or for SMS a number like +48123456789',
  })
  .describe(
    'The address is that of a mailbox, or for `sms` a phone number with its country: +48123456789.',
  );

/** Body of `POST /notifications/addresses/confirm`. */
export const ConfirmAddress = z.strictObject({
  channel: Channel,
  code: z.string().regex(/^\d{6}$/, 'must have six digits'),
});

/** Body of `POST /notifications/addresses/remove`. */
export const RemoveAddress = z.strictObject({ channel: Channel });
