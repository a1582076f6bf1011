import type { RefusalReason } from '../history/refusal-reason.ts';
import { CALL_ID_HEADER, IDEMPOTENCY_KEY_HEADER } from '../protocol/headers.ts';
import { ProblemCode } from '../protocol/problem.ts';
import { REFUSAL_LAG_MS } from '../protocol/reservations.ts';
import type { TargetFileInput } from './file/schema.ts';

/** Codes that say nothing about the sale are left out: nobody can be told by them that a sale is other than it is. */
export const REFUSALS = {
  UNKNOWN_SKU: 'not-found',
  NOT_FOUND: 'not-found',
  OUT_OF_STOCK: 'sold-out',
  CAMPAIGN_FULL: 'sold-out',
  ALREADY_RESERVED: 'has-hold',
  ALREADY_PURCHASED: 'has-bought',
  ALREADY_REGISTERED: 'has-bought',
  ALREADY_ATTEMPTED: 'has-attempted',
  RESERVATION_EXPIRED: 'hold-lapsed',
  RESERVATION_NOT_ACTIVE: 'hold-ended',
  ORDER_EXISTS: 'hold-ordered',
  ORDER_NOT_CANCELLABLE: 'order-ended',
  VOUCHER_USED: 'voucher-used',
  VOUCHER_EXPIRED: 'voucher-ended',
  TICKET_CHECKED_IN: 'ticket-used',
  CAMPAIGN_NOT_STARTED: 'sale-not-begun',
  SALE_NOT_STARTED: 'sale-not-begun',
  CAMPAIGN_ENDED: 'sale-over',
  SALE_ENDED: 'sale-over',
  SOLD_ANOTHER_WAY: 'sold-another-way',
  LIMIT_EXCEEDED: 'above-limit',
} satisfies Partial<Record<ProblemCode, RefusalReason>>;

/** Codes of a 503 that mean that nothing was begun: it drains, or has no connection to the database or the provider. */
const NEVER_BEGAN: ProblemCode[] = ['UNAVAILABLE', 'PAYMENT_UNAVAILABLE'];
const LIMITED: ProblemCode[] = ['RATE_LIMITED', 'TOO_MANY_ATTEMPTS'];

const reasonOf = (code: ProblemCode): RefusalReason | undefined =>
  (REFUSALS as Partial<Record<ProblemCode, RefusalReason>>)[code];
const codesOf = (reason: RefusalReason | undefined): ProblemCode[] =>
  ProblemCode.options.filter((code) => reasonOf(code) === reason);

/**
 * Only an answer with a code of the contract is a definite refusal. An answer of a proxy in between is none, and neither is
 * a 5xx, except with the codes that mean that the server has begun nothing.
 */
const answers: NonNullable<TargetFileInput['answers']> = [
  // The order is placed and its payment is under way; the final ledger has the outcome.
  { accepted: { status: 202 } },
  { ok: { status: '2xx' } },
  { sold_out: { status: '4xx', 'body.code': codesOf('sold-out') } },
  { limited: { status: '4xx', 'body.code': LIMITED } },
  ...[...new Set(Object.values(REFUSALS))]
    .filter((reason) => reason !== 'sold-out')
    .map((reason) => ({ refused: { status: '4xx', 'body.code': codesOf(reason) }, reason })),
  { refused: { status: '4xx', 'body.code': codesOf(undefined) } },
  { refused: { status: 503, 'body.code': NEVER_BEGAN } },
  { error: {} },
];

/** The codes that buyers submit to complete a quest that a run or `seed` has put up; the last one of them completes it. */
export const QUEST_CODES = ['GATE', 'STAGE'] as const;

/** The lines of a basket, as reservations or as orders; a refusal names those that could not be had. */
const HELD_LINES = {
  ...{ basket: 'basketId', sku: 'lines.*.skuId', refused: 'lines.*.skuId' },
  ...{ hold: 'lines.*.reservationId', sequence: 'lines.*.sequence' },
};
const ORDERED_LINES = {
  ...{ basket: 'basketId', sku: 'orders.*.skuId', refused: 'lines.*.skuId' },
  ...{ hold: 'orders.*.reservationId', order: 'orders.*.orderId', sequence: 'orders.*.sequence' },
};
const HELD = { hold: 'reservationId', sku: 'skuId', sequence: 'sequence' };

/** Our own server, as a target file would describe it: `scenarios/targets/reference.yaml` is the same in YAML. */
export const REFERENCE_FILE: TargetFileInput = {
  name: 'reference',
  url: 'http://127.0.0.1:3001',
  headers: {
    authorization: 'Bearer {token}',
    [IDEMPOTENCY_KEY_HEADER]: '{key?}',
    [CALL_ID_HEADER]: '{call}',
  },
  operations: {
    reserve: {
      request: 'POST /api/v1/reservations',
      json: { skuId: '{sku}', quantity: '{quantity}' },
      answer: { ...HELD, quantity: 'quantity' },
    },
    confirm: {
      request: 'POST /api/v1/orders/checkout',
      json: { reservationId: '{hold}', paymentMethod: 'card', transactionId: 'pay-{hold}' },
      answer: { ...HELD, order: 'orderId', quantity: 'quantity' },
    },
    release: { request: 'DELETE /api/v1/reservations/{hold}', answer: HELD },
    cancel: { request: 'POST /api/v1/orders/{order}/cancel', answer: HELD },
    register: {
      request: 'POST /api/v1/register',
      json: { campaignId: '{sku}' },
      answer: { ...HELD, order: 'orderId', voucher: 'code' },
    },
    redeem: { request: 'POST /api/v1/voucher/use', json: { code: '{voucher}' } },
    buy: {
      request: 'POST /tickets/purchase',
      json: {
        ticketTypeId: '{sku}',
        quantity: '{quantity}',
        paymentMethod: 'card',
        // Calls that repeat a key pay once.
        transactionId: 'pay-{key}',
      },
      answer: { ...HELD, order: 'orderId', quantity: 'quantity', tickets: 'tickets.*.code' },
    },
    'check-in': { request: 'POST /tickets/{ticket}/check-in', json: { gate: 'north' } },
    attempt: {
      request: 'POST /api/flash-sale/attempt/{sku}',
      answer: { sku: 'productId' },
      later: {
        request: 'GET /api/orders/status/{sku}',
        every: '200ms',
        giveUp: '30s',
        yes: { status: 200, 'body.status': 'SUCCESS' },
        no: { status: 200, 'body.status': 'FAILED' },
        pending: { status: 200, 'body.status': 'PENDING' },
      },
    },
    read: {
      request: 'GET /api/v1/products/{sku}/availability',
      answer: {
        sku: 'skuId',
        sequence: 'sequence',
        available: 'available',
        reserved: 'reserved',
        sold: 'sold',
      },
    },
    track: {
      request: 'POST /analytics/track',
      json: {
        events: [
          { eventId: '{key}', type: 'product.viewed', skuId: '{sku}', weight: 10 },
          { eventId: '{key}-2', type: 'basket.filled', skuId: '{sku}', quantity: 2 },
          { eventId: '{key}-3', type: 'checkout.begun', skuId: '{sku}', quantity: 1 },
        ],
      },
      quantity: 'events.length',
      answers: [{ ok: { status: [200, 202] } }],
    },
    'reserve-basket': {
      request: 'POST /api/v1/baskets',
      json: { lines: [{ skuId: '{sku}', quantity: '{quantity}' }] },
      answer: HELD_LINES,
    },
    'confirm-basket': {
      request: 'POST /api/v1/baskets/{basket}/checkout',
      json: { paymentMethod: 'card', transactionId: 'pay-{basket}' },
      answer: ORDERED_LINES,
    },
    'release-basket': { request: 'DELETE /api/v1/baskets/{basket}', answer: HELD_LINES },
    'cancel-basket': { request: 'POST /api/v1/baskets/{basket}/cancel', answer: ORDERED_LINES },
    'buy-basket': {
      request: 'POST /tickets/purchase',
      json: {
        lines: [{ ticketTypeId: '{sku}', quantity: '{quantity}' }],
        ...{ paymentMethod: 'card', transactionId: 'pay-{key}' },
      },
      answer: { ...ORDERED_LINES, tickets: 'tickets.*.code' },
    },
  },
  answers,
  buyers: { fields: { id: 'buyer-{n}', token: '' } },
  sale: {
    create: [],
    refusalLag: `${REFUSAL_LAG_MS}ms`,
    // The server allows one reservation of any quantity.
    holdsPerBuyer: 1,
  },
};

/**
 * Our own server, where vouchers are the rewards of a quest: a registration is the submission of the code that completes it.
 * One that does not complete it takes nothing, and one that finds the voucher gone is answered with a completed quest.
 */
export const QUEST_FILE: TargetFileInput = {
  ...REFERENCE_FILE,
  name: 'quests',
  operations: {
    ...REFERENCE_FILE.operations,
    register: {
      request: 'POST /quests/{sku}/progress',
      json: { code: QUEST_CODES[1] },
      answer: {
        ...{ hold: 'voucher.registration.reservationId', order: 'voucher.registration.orderId' },
        ...{ voucher: 'voucher.registration.code', sku: 'questId' },
        sequence: '/"sequence":(\\d+)/',
      },
    },
  },
  answers: [
    { sold_out: { status: 200, 'body.voucher.goneBecause': 'CAMPAIGN_FULL' } },
    { refused: { status: 200, 'body.voucher.goneBecause': 'CAMPAIGN_ENDED' }, reason: 'sale-over' },
    { refused: { status: 200, 'body.status': 'ACTIVE' } },
    ...answers,
  ],
};
