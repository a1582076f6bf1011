import * as z from 'zod';
import { refuseConfig, whole } from './forms.ts';

export const notificationVariables = {
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must look like smtp://user:password@host:587' })
    .optional(),
  MAIL_FROM: z.email('must be an address').optional(),
  SMS_URL: z
    .url({ protocol: /^https?$/, error: 'must look like http://host:port/path' })
    .optional(),
  SMS_TOKEN: z.string().optional(),
  MESSAGE_TIMEOUT_MS: whole(1, 60_000).default(5_000),
  STREAMS_MAX: whole(0, 100_000).default(5_000),
};

export interface NotificationConfig {
  /** The SMTP server that sends email, and the sender; absent: this server sends none. */
  mail?: { url: string; from: string };
  /** The provider that sends SMS; absent: this server sends none. */
  sms?: { url: string; token?: string };
  /** The time that a provider has for a message. */
  messageTimeoutMs: number;
  /** WebSockets that this instance serves at the same time. */
  streamsMax: number;
}

/** @throws UserError (exit 2) for an SMTP server without a sender, or a sender without a server */
export function readNotifications(
  read: z.output<z.ZodObject<typeof notificationVariables>>,
): NotificationConfig {
  const { SMTP_URL, MAIL_FROM, SMS_URL, SMS_TOKEN } = read;
  if ((SMTP_URL === undefined) !== (MAIL_FROM === undefined)) {
    throw refuseConfig(['SMTP_URL and MAIL_FROM send email only together'], 'set both or neither');
  }
  return {
    mail:
      SMTP_URL === undefined || MAIL_FROM === undefined
        ? undefined
        : { url: SMTP_URL, from: MAIL_FROM },
    sms: SMS_URL === undefined ? undefined : { url: SMS_URL, token: SMS_TOKEN },
    messageTimeoutMs: read.MESSAGE_TIMEOUT_MS,
    streamsMax: read.STREAMS_MAX,
  };
}
