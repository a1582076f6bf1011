import { describe, expect, it } from 'vitest';
import { createFiller } from '../../../scenarios/lib/requests.ts';
import { targetOf } from '../../target/described.ts';
import { describeShop } from '../../target/file/describe-shop.ts';
import { TargetFile, type TargetFileInput } from '../../target/file/schema.ts';
import type { Exchange } from '../http/exchange.ts';
import { createMemoryHistory } from '../testing/memory-history.ts';
import { createOperationRecorder } from './operation-recorder.ts';

const ANN = { userId: 'ann@shop.test', token: 't-ann', session: 's-ann', login: 'ann:pw' };
const BOB = { userId: 'bob@shop.test', token: 't-bob', session: 's-bob', login: 'bob:pw' };
const SKUS = [
  { skuId: '1', total: 5, unitPrice: '9.00', product: 'p/1' },
  { skuId: '2', total: 5, unitPrice: '9.00', product: 'p/2' },
];

interface Answered {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A shop to which Bob sends requests as scenarios fill them in, and the operations that are recorded of them. */
function shopOf(file: Omit<TargetFileInput, 'url'>, skus = SKUS) {
  const shop = describeShop(
    TargetFile.parse({ url: 'http://one', buyers: { file: 'buyers.csv' }, ...file }),
    {},
  );
  const history = createMemoryHistory();
  const operations = createOperationRecorder({
    target: targetOf(shop, { skus, buyers: [ANN, BOB] }, { name: 'shop' }),
    history,
    nextCallId: () => 'call-1',
  });
  return {
    history,
    send(
      name: keyof typeof shop.operations | 'later',
      call: object = {},
      { status = 200, body, headers = {} }: Answered = {},
      buyer = BOB,
    ) {
      const described = name === 'later' ? shop.operations.attempt?.later : shop.operations[name];
      const toBase64 = (text: string) => Buffer.from(text).toString('base64');
      const filled = createFiller(
        described as never,
        toBase64,
      )({
        ...{ buyer, sku: skus.at(-1) as object, call: { quantity: 1, ...call } },
      });
      const operation = operations.begin(
        {
          origin: 'http://one',
          method: described?.method ?? '',
          path: filled.path,
          headers: Object.entries(filled.headers).flat(),
          body: filled.body,
          timeoutMs: 1,
        },
        undefined,
      );
      operation?.invoke(1);
      operation?.complete({
        status,
        ...{ written: true, failure: undefined, endedAtMs: 2 },
        json: () => (typeof body === 'string' ? undefined : body),
        text: () => (typeof body === 'string' ? body : JSON.stringify(body)),
        header: (header: string) => headers[header],
        cookie: () => undefined,
      } as unknown as Exchange & { failure: undefined });
      return history.operations.at(-1);
    },
  };
}

describe('a request as a scenario fills it in is recorded with the same facts', () => {
  const facts = { quantity: 2, key: 'k-1', hold: 'h 1', order: 'o/1', voucher: 'V&1' };
  const answer = { hold: 'hold', order: 'order', voucher: 'voucher' };
  it.each<[string, TargetFileInput['operations']['buy']]>([
    [
      'path, query and headers',
      {
        request: 'POST /{sku}/{hold}?q={quantity}&o={order}&v={voucher}',
        headers: { 'x-user': '{buyer}', 'x-key': '{key}' },
      },
    ],
    [
      'JSON, with texts around values',
      {
        request: 'POST /buy',
        json: {
          items: [{ id: '{sku:number}', count: '{quantity}' }],
          by: { mail: 'mailto:{buyer}' },
          ids: ['hold {hold} of {order}', '{voucher}', '{key}'],
        },
      },
    ],
    [
      'a form and a cookie',
      {
        request: 'POST /buy',
        form: {
          s: '{sku}',
          q: '{quantity}',
          h: '{hold}',
          o: '{order}',
          v: '{voucher}',
          k: '{key}',
        },
        headers: { cookie: 'theme=dark; sid={session}' },
      },
    ],
    [
      'a body of another kind, and basic authorization',
      {
        request: 'POST /buy',
        body: '<b s="{sku}" q="{quantity}">\n{hold}|{order}|{voucher}|{key}</b>',
        headers: { authorization: 'Basic {login:base64}' },
      },
    ],
    [
      'another id of the SKU, and a bearer token',
      {
        request: 'POST /products/{sku.product}/buy',
        json: { q: '{quantity}', h: '{hold}', o: '{order}', v: '{voucher}', k: '{key}' },
        headers: { authorization: 'Bearer {token}' },
      },
    ],
  ])('%s', (_, buy) => {
    const { send } = shopOf({ operations: { buy: { ...buy, answer } as typeof buy } });
    expect(send('buy', facts)).toMatchObject({
      ...{ sku: '2', buyer: BOB.userId, quantity: 2, idempotencyKey: 'k-1' },
      ...{ hold: 'h 1', order: 'o/1', voucher: 'V&1' },
    });
  });
});

it('takes a request without a SKU for one of the only SKU on sale', () => {
  const buy = { operations: { buy: { request: 'POST /buy' } } };
  expect(shopOf(buy, SKUS.slice(0, 1)).send('buy')).toMatchObject({ sku: '1', quantity: 1 });
  expect(shopOf(buy).send('buy')?.sku).toBeUndefined();
});

describe('an answer', () => {
  const { send } = shopOf({
    operations: {
      buy: {
        request: 'POST /buy/{sku}',
        answer: { order: '/Order #(\\d+)/', sku: 'product' },
        answers: [{ sold_out: { body: '/sold out/i' } }],
      },
      read: { request: 'GET /stock/{sku}', answer: { available: '/(\\d+) left/' } },
    },
    answers: [
      { limited: { status: 429 } },
      { refused: { status: 409 }, reason: 'has-bought' },
      { ok: { status: '2xx' } },
    ],
  });
  it.each<[Answered, object]>([
    [{ body: '<p>Order #17</p>' }, { outcome: 'ok', order: '17' }],
    [{ body: '<p>Sold out</p>' }, { outcome: 'fail', code: 'sold-out' }],
    [
      { status: 409, body: 'see Order #17' },
      { outcome: 'fail', code: 'has-bought', order: undefined },
    ],
    [
      { status: 429, body: '' },
      { outcome: 'fail', code: 'limited' },
    ],
    [
      { status: 418, body: '' },
      { outcome: 'info', code: 'UNCLASSIFIED' },
    ],
    [{ body: { product: 'p/1' } }, { outcome: 'ok', sku: '1' }],
  ])('%j is recorded as %j', (given, completion) => {
    expect(send('buy', {}, given)?.completion).toMatchObject(completion);
  });

  it('may have its stock count in a text', () => {
    expect(send('read', {}, { body: 'only 3 left!' })?.completion?.observed?.available).toBe(3);
  });
});

it('records the polls of an attempt as reads of its decision, for the SKU and the buyer of the attempt', () => {
  const { send } = shopOf({
    operations: {
      attempt: {
        request: 'POST /queue/{sku}?user={buyer}',
        answer: { order: 'ticket' },
        later: {
          request: 'GET /tickets/{order}',
          yes: { 'body.state': 'done' },
          no: { 'body.state': 'gone' },
        },
      },
    },
  });
  expect(send('attempt', {}, { status: 202, body: { ticket: 't1' } })?.completion).toMatchObject({
    ...{ outcome: 'ok', order: 't1' },
  });
  const poll = (given: Answered) => send('later', { order: 't1' }, given);
  expect(poll({ status: 404, body: {} })).toMatchObject({
    ...{ kind: 'read', sku: '2', order: 't1', buyer: BOB.userId },
    completion: { outcome: 'ok', observed: { decision: 'PENDING' } },
  });
  expect(poll({ body: { state: 'done' } })?.completion?.observed).toEqual({ decision: 'SUCCESS' });
  expect(poll({ body: { state: 'gone' } })?.completion?.observed).toEqual({ decision: 'FAILED' });
  expect(poll({ status: 500, body: {} })?.completion).toMatchObject({ outcome: 'info' });
});

it('records the reason of a decision that is a no', () => {
  const { send } = shopOf({
    operations: {
      attempt: {
        request: 'POST /queue/{sku}',
        answer: { order: 'ticket' },
        later: {
          request: 'GET /tickets/{order}',
          answers: [
            { ok: { 'body.state': 'done' } },
            { sold_out: { 'body.why': 'none left' } },
            { refused: { 'body.why': 'one each' }, reason: 'has-bought' },
            { pending: { 'body.state': 'queued' } },
          ],
          no: { 'body.state': 'gone' },
        },
      },
    },
  });
  send('attempt', {}, { status: 202, body: { ticket: 't1' } });
  const codeOf = (body: object) => {
    const { outcome, code, observed } = send('later', { order: 't1' }, { body })?.completion ?? {};
    return [outcome, observed?.decision, code];
  };
  expect(codeOf({ state: 'gone', why: 'none left' })).toEqual(['ok', 'FAILED', 'sold-out']);
  expect(codeOf({ state: 'gone', why: 'one each' })).toEqual(['ok', 'FAILED', 'has-bought']);
  expect(codeOf({ state: 'gone' })).toEqual(['ok', 'FAILED', undefined]);
  expect(codeOf({ state: 'queued' })).toEqual(['ok', 'PENDING', undefined]);
  expect(codeOf({ state: 'unknown' })).toEqual(['info', undefined, 'UNCLASSIFIED']);
});

it('names no buyer of an attempt whose id two buyers were told', () => {
  const { send } = shopOf({
    operations: {
      attempt: {
        request: 'POST /queue/{sku}?user={buyer}',
        answer: { order: 'line' },
        later: { request: 'GET /lines/{order}', yes: { 'body.state': 'done' } },
      },
    },
  });
  for (const buyer of [BOB, { ...BOB, userId: 'ann' }]) {
    send('attempt', {}, { status: 202, body: { line: 'L1' } }, buyer);
  }
  const poll = send('later', { order: 'L1' }, { body: { state: 'done' } });
  expect([poll?.sku, poll?.buyer]).toEqual(['2', undefined]);
});
