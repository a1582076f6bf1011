import { rootMessage } from '../../../src/kernel/errors.ts';
import type { GuardedCalls } from '../../platform/guarded-calls.ts';
import type { MessageProvider } from './provider.ts';

/**
 * Sends SMS through a provider behind HTTP: `POST {url}` with `{to, text}`. The key goes along as Idempotency-Key, by which
 * providers recognise a message that is sent again.
 */
export function createSmsProvider(options: {
  url: string;
  token?: string;
  calls: GuardedCalls;
}): MessageProvider {
  const { url, token, calls } = options;
  return {
    async send({ key, address, text }) {
      try {
        return await calls.call(async (signal) => {
          // Loaded here, because many servers send none.
          const { default: undici } = await import('undici');
          const answer = await undici.request(url, {
            method: 'POST',
            signal,
            headers: {
              'content-type': 'application/json',
              'idempotency-key': key,
              ...(token !== undefined && { authorization: `Bearer ${token}` }),
            },
            body: JSON.stringify({ to: address, text }),
            bodyTimeout: BODY_MS_MAX,
          });
          // The status has said all. A body that never ends must not make a message that was taken be sent again.
          void answer.body.dump().catch(() => {});
          const { statusCode } = answer;
          if (statusCode >= 200 && statusCode < 300) return { outcome: 'sent' } as const;
          if (REFUSALS.has(statusCode)) return { outcome: 'refused' } as const;
          throw new Error(`the SMS provider answered ${statusCode}`);
        });
      } catch (error) {
        return { outcome: 'unavailable', reason: rootMessage(error) };
      }
    },
    whyDown: calls.whyOpen,
    async close() {},
  };
}

/** The time for which the rest of an answer may pause. */
const BODY_MS_MAX = 5_000;

/** Answers that the same message will always get. */
const REFUSALS = new Set([400, 404, 409, 410, 422]);
