import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TargetFile } from '../file/schema.ts';
import { readApi } from './api-route.ts';
import { guessTarget } from './guess-target.ts';
import { writeTargetFile } from './write-target-file.ts';

type Json = Record<string, unknown>;

const json = (schema: Json) => ({ content: { 'application/json': { schema } } });
const object = (properties: Json, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
});
const text = { type: 'string' };
const whole = { type: 'integer' };

const post = (fields: Json, answer: Json, more: Json = {}) => ({
  post: {
    requestBody: json(object(fields, Object.keys(fields))),
    responses: { 201: { description: '', ...json(object(answer)) }, ...more },
  },
});

/** A shop that sells at once, behind a login. */
const SHOP = {
  openapi: '3.0.3',
  servers: [{ url: 'http://127.0.0.1:8080/api/' }],
  components: {
    securitySchemes: { user: { type: 'http', scheme: 'bearer' } },
    schemas: { Order: object({ id: whole, status: text }) },
  },
  paths: {
    '/auth/register': post({ email: text, password: text, name: text }, { id: whole }),
    '/auth/login': post({ email: text, password: text }, { data: object({ accessToken: text }) }),
    '/products': post({ name: text, price: { type: 'number' }, stock: whole }, { id: whole }),
    '/products/{id}': {
      get: {
        responses: { 200: { description: '', ...json(object({ id: whole, stock: whole })) } },
      },
    },
    '/orders': post(
      { productId: whole, quantity: whole, shipping: object({ street: text }, ['street']) },
      { order: { $ref: '#/components/schemas/Order' } },
      { 409: { description: 'Sold out' }, 404: { description: 'No such product' } },
    ),
    '/orders/{id}': { get: { responses: { 200: { description: '' } } } },
    '/orders/{id}/cancel': { post: { responses: { 200: { description: '' } } } },
  },
};

const guess = (document: unknown) => guessTarget(readApi(document, 'api.json'));

describe('a target file guessed from an API description', () => {
  it('has the operations that look like them, with fields and answers in their places', () => {
    const { operations, url, headers } = guess(SHOP);
    expect(
      Object.fromEntries(Object.entries(operations).map(([name, { value }]) => [name, value])),
    ).toEqual({
      cancel: { request: 'POST /orders/{order}/cancel' },
      buy: {
        request: 'POST /orders',
        json: {
          productId: '{sku:number}',
          quantity: '{quantity}',
          shipping: { street: 'text' },
        },
        answer: { order: 'order.id' },
      },
      read: { request: 'GET /products/{sku}', answer: { available: 'stock' } },
    });
    expect(url.value).toBe('http://127.0.0.1:8080/api');
    expect(headers?.value).toEqual({ authorization: 'Bearer {token}' });
  });

  it('gives the reason of a guess, and names the values that it made up', () => {
    expect(guess(SHOP).operations.buy?.notes).toEqual([
      'it says "order", and a field of it looks like a SKU',
      'these values are made up: shipping.street',
    ]);
  });

  it('registers buyers, logs them in, and puts products on sale', () => {
    const { buyers, sale } = guess(SHOP);
    expect(buyers.value.steps).toEqual([
      {
        request: 'POST /auth/register',
        json: { email: '{email}', password: '{password}', name: '{id}' },
        accept: [409],
      },
      {
        request: 'POST /auth/login',
        json: { email: '{email}', password: '{password}' },
        answer: { token: 'data.accessToken' },
      },
    ]);
    expect(sale.value.create).toEqual([
      {
        request: 'POST /products',
        json: { name: '{sku}', price: '{price}', stock: '{stock}' },
        answer: { sku: 'id' },
      },
    ]);
  });

  it('takes the status of "sold out" from its description, and says where it is not told', () => {
    expect(guess(SHOP).answers).toEqual({
      value: expect.arrayContaining([{ sold_out: { status: 409 } }]),
      notes: [],
    });
    const silent = structuredClone(SHOP);
    silent.paths['/orders'] = post({ productId: whole }, {});
    expect(guess(silent).answers.notes[0]).toContain('does not say how "sold out" is answered');
    const shared = { ...SHOP, paths: { ...SHOP.paths } as Json };
    shared.paths['/orders'] = post(
      { productId: whole },
      {},
      { 404: { description: 'out of stock' } },
    );
    shared.paths['/orders/{id}/cancel'] = post({}, {}, { 404: { description: 'no such order' } });
    expect(guess(shared).answers.notes[0]).toContain('404 also means something else');
  });

  it('knows a reservation that is checked out and given back', () => {
    const { operations } = guess({
      openapi: '3.1.0',
      paths: {
        '/v1/reservations': post(
          { sku_id: text, qty: whole, userEmail: text },
          { reservationId: text },
        ),
        '/v1/reservations/{id}': { delete: { responses: {} } },
        '/v1/checkout': post({ reservation_id: text }, { data: object({ order_id: text }) }),
      },
    });
    expect(operations.reserve?.value).toEqual({
      request: 'POST /v1/reservations',
      json: { sku_id: '{sku}', qty: '{quantity}', userEmail: '{buyer}' },
      answer: { hold: 'reservationId' },
    });
    expect(operations.release?.value.request).toBe('DELETE /v1/reservations/{hold}');
    expect(operations.confirm?.value).toEqual({
      request: 'POST /v1/checkout',
      json: { reservation_id: '{hold}' },
      answer: { order: 'data.order_id' },
    });
    expect(operations.buy).toBeUndefined();
  });

  it('takes no change of a reservation for a reservation', () => {
    const change = { put: post({ productId: text, quantity: whole }, {}).post };
    expect(
      guess({ openapi: '3.0.0', paths: { '/reservations/{reservationId}': change } }).operations,
    ).toEqual({});
  });

  it('knows a purchase that is decided later by its answers', () => {
    const queue = post({ productId: text, user_id: text }, {});
    (queue.post.responses as Json)[202] = { description: 'queued' };
    delete (queue.post.responses as Json)[201];
    const { operations } = guess({ openapi: '3.0.0', paths: { '/flash/{saleId}/buy': queue } });
    expect(operations.attempt?.value).toEqual({
      request: 'POST /flash/{sku}/buy',
      json: { productId: '{sku}', user_id: '{buyer}' },
    });
    expect(operations.attempt?.notes.at(-1)).toContain('it is decided later');
  });

  it('reads Swagger 2, with its host, its forms and its bodies', () => {
    const { url, operations, headers } = guess({
      swagger: '2.0',
      host: 'localhost:9000',
      basePath: '/shop',
      securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
      definitions: { Buy: object({ itemId: whole, count: whole }, ['itemId']) },
      paths: {
        '/buy': {
          post: {
            parameters: [
              { in: 'body', name: 'body', schema: { $ref: '#/definitions/Buy' } },
              { in: 'header', name: 'Idempotency-Key', type: 'string' },
            ],
            responses: { 200: { description: '', schema: object({ orderNo: text }) } },
          },
        },
        '/coupons/redeem': {
          post: { parameters: [{ in: 'formData', name: 'code', type: 'string', required: true }] },
        },
      },
    });
    expect(url.value).toBe('http://localhost:9000/shop');
    expect(headers?.value).toEqual({ 'x-api-key': '{token}' });
    expect(operations.buy?.value).toEqual({
      request: 'POST /buy',
      headers: { 'idempotency-key': '{key}' },
      json: { itemId: '{sku:number}', count: '{quantity}' },
      answer: { order: 'orderNo' },
    });
    expect(operations.redeem?.value).toEqual({
      request: 'POST /coupons/redeem',
      form: { code: '{voucher}' },
    });
  });

  it.each([
    ['a shop', SHOP],
    ['nothing that is sold', { openapi: '3.0.0', paths: { '/health': { get: {} } } }],
  ])('is written as YAML with its reasons, for %s', (_, document) => {
    const written = writeTargetFile(guess(document), 'api.json');
    const read = TargetFile.safeParse(parse(written));
    expect(written).toContain('guessed from api.json');
    if (document === SHOP) {
      expect(read.error).toBeUndefined();
      expect(written).toContain('  # guess: these values are made up: shipping.street\n  buy:\n');
    } else {
      expect(read.error?.issues[0]?.message).toContain('a shop has one operation at least');
    }
  });

  it.each([
    [{}, 'it has no `openapi` or `swagger` version'],
    [{ openapi: '4.0' }, 'its version is 4.0'],
  ])('is refused for %j', (document, why) => {
    expect(() => guess(document)).toThrow(expect.objectContaining({ exitCode: 2, why }));
  });
});
