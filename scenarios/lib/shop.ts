import { sleep } from 'k6';
import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import { Rate } from 'k6/metrics';
import type { Buyer } from './sale.ts';

/**
 * The shop as a buyer's browser uses it. Every call is awaited: k6 answers at once and loses nothing by it,
 * flashsale-cli really waits.
 */

/** Share of calls that ended in an answer a person can act on: bought, sold out, refused, but not "who knows". */
export const answered = new Rate('answered');

/** Refusals are part of a sale (sold out, already reserved), not failures of the server. */
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 400, 402, 404, 409, 429));

const targets = (__ENV.FLASHSALE_TARGETS || 'http://127.0.0.1:3001').split(',');

/** k6's code for a connection that nobody accepted: the request never left, so asking elsewhere is safe. */
const CONNECTION_REFUSED = 1212;
const TRIES_MAX = 50;
const RETRY_AFTER_SECONDS = 0.2;

export type Answer = RefinedResponse<'text'>;

export async function readAvailability(buyer: Buyer, skuId: string): Promise<Answer> {
  return await call(
    buyer,
    'GET',
    `/api/v1/products/${skuId}/availability`,
    '/api/v1/products/:skuId/availability',
  );
}

/** With a key, the call may be repeated as often as one likes: all of them together are one. */
export async function reserve(buyer: Buyer, skuId: string, key?: string): Promise<Answer> {
  const body = { skuId, quantity: 1 };
  return await call(buyer, 'POST', '/api/v1/reservations', '/api/v1/reservations', body, key);
}

export async function checkOut(buyer: Buyer, reservationId: string, key?: string): Promise<Answer> {
  const body = { reservationId, paymentMethod: 'card', transactionId: `pay-${reservationId}` };
  return await call(buyer, 'POST', '/api/v1/orders/checkout', '/api/v1/orders/checkout', body, key);
}

export async function cancelOrder(buyer: Buyer, orderId: string): Promise<Answer> {
  return await call(buyer, 'POST', `/api/v1/orders/${orderId}/cancel`, '/api/v1/orders/:id/cancel');
}

export async function cancel(buyer: Buyer, reservationId: string): Promise<Answer> {
  return await call(
    buyer,
    'DELETE',
    `/api/v1/reservations/${reservationId}`,
    '/api/v1/reservations/:id',
  );
}

/** Registers for a campaign; whoever is let in gets a voucher. */
export async function register(buyer: Buyer, campaignId: string): Promise<Answer> {
  return await call(buyer, 'POST', '/api/v1/register', '/api/v1/register', { campaignId });
}

export async function redeem(buyer: Buyer, code: string): Promise<Answer> {
  return await call(buyer, 'POST', '/api/v1/voucher/use', '/api/v1/voucher/use', { code });
}

/** Tries to buy in a flash sale; what becomes of it is told by `readDecision`. */
export async function attempt(buyer: Buyer, saleId: string): Promise<Answer> {
  return await call(
    buyer,
    'POST',
    `/api/flash-sale/attempt/${saleId}`,
    '/api/flash-sale/attempt/:saleId',
  );
}

/** `PENDING`, `SUCCESS` or `FAILED`; nothing when no answer came. */
export async function readDecision(buyer: Buyer, productId: string): Promise<string | undefined> {
  const answer = await call(
    buyer,
    'GET',
    `/api/orders/status/${productId}`,
    '/api/orders/status/:productId',
  );
  return answer.status === 200 ? (answer.json('status') as string) : undefined;
}

/** Whether the shop said that there is nothing left. An answer that never came says nothing, and has no body to read. */
export const isSoldOut = (answer: Answer): boolean =>
  answer.status === 400 && answer.json('code') === 'OUT_OF_STOCK';

/** The reservation's id if the server granted one. */
export function reservationOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('reservationId') as string) : undefined;
}

/** The order's id if the checkout made one. */
export function orderOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('orderId') as string) : undefined;
}

/** The code of the voucher if the registration brought one. */
export function voucherOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('code') as string) : undefined;
}

/** A buyer keeps to one instance and moves on to the next only when that one is not there. */
async function call(
  buyer: Buyer,
  method: string,
  path: string,
  name: string,
  body?: Record<string, unknown>,
  key?: string,
): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const target = targets[(exec.vu.idInTest + tries) % targets.length] as string;
    const answer = await http.request<'text'>(
      method,
      target + path,
      body ? JSON.stringify(body) : null,
      {
        headers: {
          authorization: `Bearer ${buyer.token}`,
          'content-type': 'application/json',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        tags: { name },
        timeout: '30s',
      },
    );
    const away = answer.error_code === CONNECTION_REFUSED || answer.status === 503;
    if (!away || tries === TRIES_MAX) {
      answered.add(answer.status >= 200 && answer.status < 500);
      return answer;
    }
    await sleep(RETRY_AFTER_SECONDS);
  }
}
