import { sleep } from 'k6';
import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import { Rate } from 'k6/metrics';
import type { Buyer } from './sale.ts';

/**
 * The requests that a buyer's browser sends to the shop. Every call is awaited, so that the same code runs in both
 * programs: k6's calls block, and those of flashsale-cli return promises.
 */

/** Share of calls with a definite answer: bought, sold out or refused, but neither a server error nor no answer. */
export const answered = new Rate('answered');

/** Refusals such as "sold out" or "already reserved" are part of a sale, so they do not count as failed requests. */
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 400, 402, 404, 409, 429));

const targets = (__ENV.FLASHSALE_TARGETS || 'http://127.0.0.1:3001').split(',');

/** k6's code for a refused connection: the request was not sent, so it is safe to send it to another instance. */
const CONNECTION_REFUSED = 1212;
const TRIES_MAX = 50;
const RETRY_AFTER_SECONDS = 0.2;

export type Answer = RefinedResponse<'text'>;

/** Reads how many units of a SKU are available. */
export async function readAvailability(buyer: Buyer, skuId: string): Promise<Answer> {
  return await call(
    buyer,
    'GET',
    `/api/v1/products/${skuId}/availability`,
    '/api/v1/products/:skuId/availability',
  );
}

/** Reads how many units of a SKU are available, as a number; undefined if there was no answer. */
export async function countAvailable(buyer: Buyer, skuId: string): Promise<number | undefined> {
  const answer = await readAvailability(buyer, skuId);
  return answer.status === 200 ? (answer.json('available') as number) : undefined;
}

/** Reserves some units. Calls with the same `key` count as one call, so they may be repeated. */
export async function reserve(
  buyer: Buyer,
  skuId: string,
  quantity = 1,
  key?: string,
): Promise<Answer> {
  const body = { skuId, quantity };
  return await call(buyer, 'POST', '/api/v1/reservations', '/api/v1/reservations', body, key);
}

/**
 * Reserves some units, or one if there are fewer left. A buyer who cannot have as many looks at the stock first, so
 * that the last units do not remain because everybody wants two.
 */
export async function reserveOrOne(buyer: Buyer, skuId: string, quantity: number): Promise<Answer> {
  const answer = await reserve(buyer, skuId, quantity);
  if (quantity === 1 || !isSoldOut(answer)) return answer;
  return (await countAvailable(buyer, skuId)) === 0 ? answer : await reserve(buyer, skuId);
}

/** Pays for a reservation and turns it into an order. Calls with the same `key` count as one call. */
export async function checkOut(buyer: Buyer, reservationId: string, key?: string): Promise<Answer> {
  const body = { reservationId, paymentMethod: 'card', transactionId: `pay-${reservationId}` };
  return await call(buyer, 'POST', '/api/v1/orders/checkout', '/api/v1/orders/checkout', body, key);
}

/** Cancels an order; its units go on sale again. */
export async function cancelOrder(buyer: Buyer, orderId: string): Promise<Answer> {
  return await call(buyer, 'POST', `/api/v1/orders/${orderId}/cancel`, '/api/v1/orders/:id/cancel');
}

/** Cancels a reservation; its units go on sale again. */
export async function cancel(buyer: Buyer, reservationId: string): Promise<Answer> {
  return await call(
    buyer,
    'DELETE',
    `/api/v1/reservations/${reservationId}`,
    '/api/v1/reservations/:id',
  );
}

/** Registers for a campaign. The answer contains a voucher if there was one left. */
export async function register(buyer: Buyer, campaignId: string): Promise<Answer> {
  return await call(buyer, 'POST', '/api/v1/register', '/api/v1/register', { campaignId });
}

/** Uses a voucher. */
export async function redeem(buyer: Buyer, code: string): Promise<Answer> {
  return await call(buyer, 'POST', '/api/v1/voucher/use', '/api/v1/voucher/use', { code });
}

/** Tries to buy in a flash sale. The attempt is accepted or refused at once, and decided later: see `readDecision`. */
export async function attempt(buyer: Buyer, saleId: string): Promise<Answer> {
  return await call(
    buyer,
    'POST',
    `/api/flash-sale/attempt/${saleId}`,
    '/api/flash-sale/attempt/:saleId',
  );
}

/** Reads the decision over an attempt: `PENDING`, `SUCCESS` or `FAILED`; undefined if there was no answer. */
export async function readDecision(buyer: Buyer, productId: string): Promise<string | undefined> {
  const answer = await call(
    buyer,
    'GET',
    `/api/orders/status/${productId}`,
    '/api/orders/status/:productId',
  );
  return answer.status === 200 ? (answer.json('status') as string) : undefined;
}

/** True if the answer is "sold out". The status is read first, because a call without an answer has no body. */
export const isSoldOut = (answer: Answer): boolean =>
  answer.status === 400 && answer.json('code') === 'OUT_OF_STOCK';

/** True if the answer is that there is no such thing: so a shop answers who asks for the things of somebody else. */
export const isNotTheirs = (answer: Answer): boolean =>
  answer.status === 404 && answer.json('code') === 'NOT_FOUND';

/** The number of units that an answer names: those of a reservation or an order. */
export const unitsOf = (answer: Answer): number => answer.json('quantity') as number;

/** The id of the reservation, if the server granted one. */
export function reservationOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('reservationId') as string) : undefined;
}

/** The id of the order, if the checkout created one. */
export function orderOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('orderId') as string) : undefined;
}

/** The code of the voucher, if the registration got one. */
export function voucherOf(answer: Answer): string | undefined {
  return answer.status === 201 ? (answer.json('code') as string) : undefined;
}

/** Sends one request. A VU uses one instance, and goes on to the next one only if that instance is away. */
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
    const isAway = answer.error_code === CONNECTION_REFUSED || answer.status === 503;
    if (!isAway || tries === TRIES_MAX) {
      answered.add(answer.status >= 200 && answer.status < 500);
      return answer;
    }
    await sleep(RETRY_AFTER_SECONDS);
  }
}
