import { describe, expect, it } from 'vitest';
import { describeShop } from '../../target/file/describe-shop.ts';
import { TargetFile } from '../../target/file/schema.ts';
import { referenceTarget } from '../../target/reference.ts';
import type { Target } from '../../target/target.ts';
import { createMemoryHistory } from '../testing/memory-history.ts';
import type { EndedCall } from './operation-in-flight.ts';
import { createOperationRecorder } from './operation-recorder.ts';

/** A recorder that hears of calls and their answers, and the operations that it has recorded. */
function recording(target: Target = referenceTarget) {
  const history = createMemoryHistory();
  let calls = 0;
  const operations = createOperationRecorder({
    target,
    history,
    nextCallId: () => `call-${++calls}`,
  });
  return {
    operations: history.operations,
    call(request: string, body: object, answer?: { status: number; body: object }, key?: string) {
      const [method = '', path = ''] = request.split(' ');
      const headers = key === undefined ? [] : ['idempotency-key', key];
      const operation = operations.begin(
        { origin: 'http://one', method, path, headers, body: JSON.stringify(body) } as never,
        undefined,
      );
      operation?.invoke(1);
      const nothing = () => undefined;
      const said = answer === undefined ? nothing : () => answer.body;
      const ended = {
        ...{ written: true, status: answer?.status ?? 0, endedAtMs: 2 },
        ...{ text: () => '', json: said, header: nothing, cookie: nothing },
        failure: answer === undefined ? { code: 'TIMEOUT' } : undefined,
      };
      operation?.complete(ended as EndedCall);
    },
  };
}

const TICKETS = {
  lines: [
    { ticketTypeId: 'STALLS', quantity: 2 },
    { ticketTypeId: 'GALLERY', quantity: 1 },
  ],
};

/** The answer of a purchase, whose orders are not in the order of the lines. */
const BOUGHT = {
  status: 201,
  body: {
    basketId: 'basket',
    orders: [
      { orderId: 'o2', reservationId: 'r2', skuId: 'GALLERY', sequence: 7 },
      { orderId: 'o1', reservationId: 'r1', skuId: 'STALLS', sequence: 9 },
    ],
  },
};

describe('a purchase of several types of tickets', () => {
  it('is an operation for each line: part of the call, of its key and of one basket', () => {
    const { call, operations } = recording();
    call('POST /tickets/purchase', TICKETS, BOUGHT, 'wish');
    expect(operations).toMatchObject([
      {
        ...{ kind: 'buy', sku: 'STALLS', quantity: 2, basket: 'call-1' },
        ...{ callId: 'call-1.1', idempotencyKey: 'wish.1' },
        completion: { outcome: 'ok', hold: 'r1', order: 'o1', sequence: 9 },
      },
      {
        ...{ kind: 'buy', sku: 'GALLERY', quantity: 1, basket: 'call-1' },
        ...{ callId: 'call-1.2', idempotencyKey: 'wish.2' },
        completion: { outcome: 'ok', hold: 'r2', order: 'o2', sequence: 7 },
      },
    ]);
  });

  it('that is repeated with its key is another basket of the same wishes', () => {
    const { call, operations } = recording();
    call('POST /tickets/purchase', TICKETS, undefined, 'wish');
    call('POST /tickets/purchase', TICKETS, BOUGHT, 'wish');
    expect(operations.map(({ basket, idempotencyKey }) => [basket, idempotencyKey])).toEqual([
      ['call-1', 'wish.1'],
      ['call-1', 'wish.2'],
      ['call-2', 'wish.1'],
      ['call-2', 'wish.2'],
    ]);
    expect(operations.map(({ completion }) => completion?.outcome)).toEqual([
      ...['info', 'info', 'ok', 'ok'],
    ]);
  });

  it('is one operation of no basket for a single type', () => {
    const { call, operations } = recording();
    const single = { ticketTypeId: 'STALLS', quantity: 2 };
    call('POST /tickets/purchase', single, { status: 201, body: { orderId: 'o1' } });
    expect(operations).toMatchObject([
      { kind: 'buy', sku: 'STALLS', callId: 'call-1', completion: { order: 'o1' } },
    ]);
    expect(operations[0]?.basket).toBeUndefined();
  });
});

describe('a refused basket', () => {
  const refusedWith = (body: object, status = 400) => {
    const { call, operations } = recording();
    call('POST /tickets/purchase', TICKETS, { status, body });
    return operations.map(({ completion }) => [completion?.code, completion?.sequence]);
  };

  it('is refused for the lines that the answer names, each for its own reason', () => {
    const lines = [{ skuId: 'GALLERY', code: 'OUT_OF_STOCK', sequence: 12 }];
    expect(refusedWith({ code: 'OUT_OF_STOCK', lines })).toEqual([
      ['NOT_ALONE', undefined],
      ['OUT_OF_STOCK', 12],
    ]);
    const both = [...lines, { skuId: 'STALLS', code: 'ALREADY_PURCHASED' }];
    expect(refusedWith({ code: 'OUT_OF_STOCK', lines: both })).toEqual([
      ['ALREADY_PURCHASED', undefined],
      ['OUT_OF_STOCK', 12],
    ]);
  });

  it('gives no line a reason that may be that of another one', () => {
    expect(refusedWith({ code: 'ALREADY_RESERVED' }, 409)).toEqual([
      ['ALREADY_RESERVED, of some line', undefined],
      ['ALREADY_RESERVED, of some line', undefined],
    ]);
    expect(refusedWith({ code: 'PAYMENT_DECLINED' }, 402)).toEqual([
      ['PAYMENT_DECLINED', undefined],
      ['PAYMENT_DECLINED', undefined],
    ]);
  });
});

describe('a call that names a basket', () => {
  const LINES = {
    lines: [
      { skuId: 'LAMP', quantity: 3 },
      { skuId: 'CHAIR', quantity: 1 },
    ],
  };
  const HELD = {
    status: 201,
    body: {
      basketId: 'basket',
      lines: [
        { skuId: 'LAMP', reservationId: 'r1', sequence: 1 },
        { skuId: 'CHAIR', reservationId: 'r2', sequence: 4 },
      ],
      orders: [],
    },
  };

  it('is about the lines that were held in it, and then about their orders', () => {
    const { call, operations } = recording();
    const ordered = [
      { skuId: 'LAMP', orderId: 'o1', reservationId: 'r1', sequence: 2 },
      { skuId: 'CHAIR', orderId: 'o2', reservationId: 'r2', sequence: 5 },
    ];
    call('POST /api/v1/baskets', LINES, HELD);
    call(
      'POST /api/v1/baskets/basket/checkout',
      {},
      {
        status: 201,
        body: { ...HELD.body, orders: ordered },
      },
    );
    call('POST /api/v1/baskets/basket/cancel', {});
    const told = operations.map(({ kind, sku, quantity, hold, order, callId }) =>
      [kind, sku, quantity, hold, order, callId].join(' '),
    );
    expect(told).toEqual([
      'reserve LAMP 3   call-1.1',
      'reserve CHAIR 1   call-1.2',
      'confirm LAMP 3 r1  call-2.1',
      'confirm CHAIR 1 r2  call-2.2',
      'cancel LAMP 3  o1 call-3.1',
      'cancel CHAIR 1  o2 call-3.2',
    ]);
    expect(operations[3]?.completion).toMatchObject({ outcome: 'ok', order: 'o2', sequence: 5 });
    expect(operations[5]?.completion).toMatchObject({ outcome: 'info', code: 'TIMEOUT' });
  });

  it('is not cancelled because of the line that the answer names', () => {
    const { call, operations } = recording();
    call('POST /api/v1/baskets', LINES, HELD);
    const code = 'ORDER_NOT_CANCELLABLE';
    const body = { code, lines: [{ skuId: 'CHAIR', code }] };
    call('POST /api/v1/baskets/basket/cancel', {}, { status: 409, body });
    expect(operations.slice(2).map(({ sku, completion }) => [sku, completion?.code])).toEqual([
      ['LAMP', 'NOT_ALONE'],
      ['CHAIR', code],
    ]);
  });

  it('gives all lines back, or none: a refusal is the same for all', () => {
    const { call, operations } = recording();
    call('POST /api/v1/baskets', LINES, HELD);
    call(
      'DELETE /api/v1/baskets/basket',
      {},
      {
        status: 409,
        body: { code: 'RESERVATION_EXPIRED' },
      },
    );
    expect(operations.slice(2)).toMatchObject([
      { kind: 'release', hold: 'r1', completion: { code: 'RESERVATION_EXPIRED' } },
      { kind: 'release', hold: 'r2', completion: { code: 'RESERVATION_EXPIRED' } },
    ]);
  });

  it('is one operation of which little is known where no answer has named the basket', () => {
    const { call, operations } = recording();
    call('POST /api/v1/baskets/unknown/checkout', {}, { status: 404, body: { code: 'NOT_FOUND' } });
    expect(operations).toMatchObject([{ kind: 'confirm', completion: { outcome: 'fail' } }]);
  });
});

describe('a basket of a described shop', () => {
  const shop = describeShop(
    TargetFile.parse({
      url: 'http://one',
      answers: [
        { ok: { status: 201 } },
        { ok: { status: 200 } },
        { sold_out: { 'body.error': 'sold out' } },
      ],
      operations: {
        'buy-basket': {
          request: 'POST /orders',
          json: { items: [{ article: '{sku}', pieces: '{quantity}', gift: false }] },
          answer: { basket: 'id', order: 'id', sku: 'items.*.article', refused: 'missing' },
        },
        'cancel-basket': { request: 'POST /orders/{basket}/refund' },
      },
    }),
    {},
  );
  const target: Target = {
    ...{ name: 'shop', reference: { name: 'shop' }, operations: shop.rules },
    ...{ answers: shop.answers, refusals: shop.refusals },
  };
  const ITEMS = {
    items: [
      { article: 'A', pieces: 2 },
      { article: 'B', pieces: 1 },
    ],
  };

  const SOLD_OUT = { error: 'sold out' };

  it('that has one id for all lines gives each a part of it, as a call has by its SKU', () => {
    const { call, operations } = recording(target);
    call('POST /orders', ITEMS, { status: 201, body: { id: 17, ...ITEMS } });
    call('POST /orders/17/refund', {}, { status: 200, body: {} });
    expect(operations).toMatchObject([
      { kind: 'buy', sku: 'A', quantity: 2, completion: { outcome: 'ok', order: '17/A' } },
      { kind: 'buy', sku: 'B', quantity: 1, completion: { outcome: 'ok', order: '17/B' } },
      { kind: 'cancel', sku: 'A', order: '17/A', completion: { outcome: 'ok' } },
      { kind: 'cancel', sku: 'B', order: '17/B', completion: { outcome: 'ok' } },
    ]);
    const [bought, , refunded] = operations;
    expect(bought?.basket).toBe(operations[1]?.basket);
    expect(refunded?.basket).not.toBe(bought?.basket);
  });

  it('has one line for a SKU that is in it twice, of all its units', () => {
    const { call, operations } = recording(target);
    const items = [...ITEMS.items, { article: 'A', pieces: 3 }];
    call('POST /orders', { items }, { status: 201, body: { id: 17, items } });
    call('POST /orders', { items: items.toSpliced(1, 1) }, { status: 409, body: SOLD_OUT });
    call('POST /orders/17/refund', {}, { status: 200, body: {} });
    expect(operations).toMatchObject([
      { sku: 'A', quantity: 5, completion: { order: '17/A' } },
      { sku: 'B', quantity: 1, completion: { order: '17/B' } },
      { sku: 'A', quantity: 5, completion: { outcome: 'fail', code: 'sold-out' } },
      { kind: 'cancel', sku: 'A', quantity: 5, order: '17/A' },
      { kind: 'cancel', sku: 'B', quantity: 1, order: '17/B' },
    ]);
  });

  it('has a line for each article without a name', () => {
    const { call, operations } = recording(target);
    call('POST /orders', { items: [{ pieces: 1 }, { pieces: 2 }, { article: 'A' }] });
    expect(operations.map(({ quantity }) => quantity)).toEqual([1, 2, 1]);
  });

  it('is refused for the lines that its answer names', () => {
    const { call, operations } = recording(target);
    call('POST /orders', ITEMS, { status: 409, body: { error: 'sold out', missing: ['B'] } });
    expect(operations.map(({ completion }) => completion?.code)).toEqual(['NOT_ALONE', 'sold-out']);
  });
});
