import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { type PaymentEvent, SIGNATURE_HEADER } from '../../src/protocol/payments.ts';
import { signBody } from '../http/signature.ts';
import type { StoredPayment } from './provider.ts';

const TRIES_MAX = 6;
const RETRY_AFTER_MS = 100;
const TIMEOUT_MS = 5_000;

/**
 * Sends the results of payments to merchants, and repeats each until the merchant answers 2xx, at most `TRIES_MAX` times.
 * A merchant who was down for longer has to look the result up.
 */
export function createWebhooks(deps: {
  secret: string;
  /** Sends every event twice at the same time. */
  duplicates: boolean;
  clock: Clock;
}): { tell(payment: StoredPayment): void; stop(): void } {
  const stopped = new AbortController();

  async function send(url: string, event: PaymentEvent): Promise<void> {
    const body = JSON.stringify(event);
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (tries > 0)
        await delay(RETRY_AFTER_MS * 2 ** tries, undefined, { signal: stopped.signal });
      if (await isReceived(url, body)) return;
    }
  }

  async function isReceived(url: string, body: string): Promise<boolean> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [SIGNATURE_HEADER]: signBody(body, deps.secret, deps.clock.nowMs()),
        },
        body,
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  return {
    tell({ paymentId, status, charge }) {
      if (charge?.webhookUrl === undefined) return;
      const type = `payment.${status}` as PaymentEvent['type'];
      const event = { eventId: newId(), paymentId, type };
      for (let copy = 0; copy < (deps.duplicates ? 2 : 1); copy += 1) {
        // It rejects only when it is aborted by `stop`.
        void send(charge.webhookUrl, event).catch(() => {});
      }
    },
    stop: () => stopped.abort(),
  };
}
