import type { Transporter } from 'nodemailer';
import { rootMessage } from '../../../src/kernel/errors.ts';
import type { GuardedCalls } from '../../platform/guarded-calls.ts';
import type { MessageProvider } from './provider.ts';

/** Connections to the mail server. */
const CONNECTIONS_MAX = 3;

/**
 * Sends email through an SMTP server. The Message-ID is made of the key, so that a mail that was taken and is sent again,
 * because the answer was lost, is the same mail to those who receive it.
 */
export function createSmtpProvider(options: {
  /** `smtp://user:password@host:587`, or `smtps://…`. */
  url: string;
  from: string;
  timeoutMs: number;
  calls: GuardedCalls;
}): MessageProvider {
  const { url, from, timeoutMs, calls } = options;
  let transport: Promise<Transporter> | undefined;

  /** Loaded with the first message, because many servers send none. */
  async function connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      ...{ url, pool: true, maxConnections: CONNECTIONS_MAX },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      ...{ disableFileAccess: true, disableUrlAccess: true },
    } as Parameters<typeof createTransport>[0]);
  }

  return {
    async send({ key, address, title, text }) {
      transport ??= connect();
      const opened = await transport;
      try {
        return await calls.call(async () => {
          try {
            await opened.sendMail({
              ...{ from, to: address, subject: title, text },
              messageId: `<${key}@flashsale>`,
            });
            return { outcome: 'sent' } as const;
          } catch (error) {
            if (isRefusal(error)) return { outcome: 'refused' } as const;
            throw error;
          }
        });
      } catch (error) {
        return { outcome: 'unavailable', reason: rootMessage(error) };
      }
    },
    whyDown: calls.whyOpen,
    async close() {
      (await transport)?.close();
    },
  };
}

/** True for an answer that the same mail will always get. A login that fails is the fault of the configuration. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && (responseCode ?? 0) >= 500;
}
