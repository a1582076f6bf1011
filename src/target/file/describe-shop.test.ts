import { describe, expect, it } from 'vitest';
import { createFiller } from '../../../scenarios/lib/requests.ts';
import { describeShop } from './describe-shop.ts';
import { checkProvided } from './field-check.ts';
import { TargetFile, type TargetFileInput } from './schema.ts';

const describeFile = (file: Partial<TargetFileInput>, env: Record<string, string> = {}) =>
  describeShop(
    TargetFile.parse({
      url: 'http://127.0.0.1:4000/shop',
      operations: { buy: { request: 'POST /buy' } },
      ...file,
    }),
    env,
  );

const FACTS = {
  buyer: { userId: 'ann@shop.test', token: 't"1', login: 'ann:secret' },
  sku: { skuId: '42', unitPrice: '9.00', slug: 'red lamp' },
  call: { quantity: 2, key: 'wish-1' },
};

const fill = (
  operation: TargetFileInput['operations']['buy'],
  env = {},
  call: object = FACTS.call,
) => {
  const { operations } = describeFile(
    {
      operations: { buy: operation },
      buyers: { fields: { id: 'b{n}', token: 't{n}', login: 'b{n}:secret' } },
      sale: { skus: [{ id: '42', stock: 1, slug: 'red lamp' }] },
    },
    env,
  );
  const request = operations.buy as NonNullable<typeof operations.buy>;
  return createFiller(request, (text) => Buffer.from(text).toString('base64'))({ ...FACTS, call });
};

describe('a request of a described shop', () => {
  it('has its values encoded for their places', () => {
    expect(
      fill(
        {
          request: 'POST /skus/{sku.slug}/orders?n={quantity}&key={env.KEY}',
          headers: { authorization: 'Basic {login:base64}', 'x-user': '{buyer}' },
          json: { sku: '{sku:number}', n: '{quantity}', text: 'for {token} "x"', fixed: [1, null] },
        },
        { KEY: 'a b' },
      ),
    ).toEqual({
      path: '/skus/red%20lamp/orders?n=2&key=a%20b',
      headers: {
        'content-type': 'application/json',
        authorization: 'Basic YW5uOnNlY3JldA==',
        'x-user': 'ann@shop.test',
      },
      body: '{"sku":42,"n":2,"text":"for t\\"1 \\"x\\"","fixed":[1,null]}',
    });
  });

  it('may be a form, or a text of any kind', () => {
    expect(fill({ request: 'POST /buy', form: { user: '{buyer}', 'a b': 'x={sku}' } })).toEqual({
      path: '/buy',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user=ann%40shop.test&a%20b=x%3D42',
    });
    expect(fill({ request: 'POST /buy', body: '<sku>{sku}</sku>' }).body).toBe('<sku>42</sku>');
  });

  it('leaves out an optional header whose value is not there', () => {
    const buy = { request: 'POST /buy', headers: { 'idempotency-key': '{key?}' } };
    expect(fill(buy).headers).toEqual({ 'idempotency-key': 'wish-1' });
    expect(fill(buy, {}, { quantity: 1 }).headers).toEqual({});
  });

  it('has a header of its own instead of that of every request, in any case', () => {
    const { operations } = describeFile({
      headers: { Authorization: 'everybody', 'x-shop': 'corner' },
      operations: { buy: { request: 'POST /buy', headers: { authorization: 'ann' } } },
    });
    expect(operations.buy?.headers).toEqual([
      { name: 'x-shop', value: ['corner'] },
      { name: 'authorization', value: ['ann'] },
    ]);
  });

  it('is not sent without a value that it needs', () => {
    expect(() => fill({ request: 'POST /buy', form: { key: '{key}' } }, {}, {})).toThrow(
      'POST /buy cannot be sent: no answer before it gave the key',
    );
  });
});

describe('the description of a shop', () => {
  it('says how the requests of each operation are recognised and where their facts stand', () => {
    const { rules } = describeFile({
      operations: {
        reserve: {
          request: 'POST /skus/{sku}/holds?n={quantity}',
          headers: {
            authorization: 'Bearer {token}',
            cookie: 'a=1; user={buyer}',
            'x-id': '{call}',
          },
          json: { key: '{key}', note: 'n {sku}' },
          answer: { hold: 'data.id' },
        },
        confirm: { request: 'POST /pay', form: { hold: '{hold}' } },
      },
      buyers: { fields: { id: 'b{n}', token: 't{n}' } },
    });
    expect(rules).toMatchObject([
      {
        kind: 'reserve',
        method: 'POST',
        path: { pattern: '^/shop/skus/([^/]+)/holds$' },
        sent: {
          sku: { in: 'path', within: { group: 1 } },
          quantity: { in: 'query', name: 'n' },
          key: { in: 'json', path: ['key'] },
          buyer: { in: 'cookie', name: 'user' },
        },
        credentials: [
          { field: 'token', place: { in: 'header', name: 'authorization', within: { group: 1 } } },
        ],
        callIdHeader: 'x-id',
        answer: { hold: 'data.id' },
      },
      { kind: 'confirm', path: '/shop/pay', sent: { hold: { in: 'form', name: 'hold' } } },
    ]);
    expect(rules.every(({ constants }) => constants === undefined)).toBe(true);
  });

  it('tells operations of one path apart by what is fixed in their bodies', () => {
    const graphql = (query: string) => ({
      request: 'POST /graphql',
      json: { query, variables: { id: '{sku}' } },
    });
    const { rules } = describeFile({
      operations: {
        buy: graphql('mutation { buy }'),
        read: graphql('query { stock }'),
      },
    });
    expect(rules.map(({ constants }) => constants)).toEqual([
      [{ place: { in: 'json', path: ['query'] }, value: 'mutation { buy }' }],
      [{ place: { in: 'json', path: ['query'] }, value: 'query { stock }' }],
    ]);
  });

  it('has a code for every meaning, and the reasons of refusals', () => {
    const { answers, refusals, operations } = describeFile({
      answers: [
        { sold_out: { status: 410 } },
        { refused: { status: 409, 'body.why': '/twice/' }, reason: 'has-bought' },
        { refused: { status: [400, '5xx'] } },
        { ok: { 'body.success': true } },
      ],
    });
    expect(answers.map(({ code }) => code)).toEqual([
      'sold-out',
      'has-bought',
      'refused',
      undefined,
    ]);
    expect(refusals).toEqual({ 'sold-out': 'sold-out', 'has-bought': 'has-bought' });
    expect(operations.buy?.expected).toEqual(
      expect.arrayContaining([410, 409, 400, { min: 500, max: 599 }, { min: 200, max: 299 }]),
    );
  });

  it('has the reasons of decisions as well', () => {
    type Attempt = NonNullable<TargetFileInput['operations']['attempt']>;
    const later = (poll: Omit<NonNullable<Attempt['later']>, 'request'>, answer = {}) =>
      describeFile({
        operations: {
          attempt: { request: 'POST /a', answer, later: { request: 'GET /a', ...poll } },
        },
      });
    const { refusals, operations } = later({
      answers: [
        { sold_out: { 'body.why': 'none' } },
        { refused: { 'body.why': 'twice' }, reason: 'has-bought' },
      ],
      yes: { 'body.state': 'done' },
      no: { 'body.state': 'gone' },
    });
    expect(refusals).toEqual({ 'sold-out': 'sold-out', 'has-bought': 'has-bought' });
    expect(operations.attempt?.later?.decisions.map(({ is, code }) => [is, code])).toEqual([
      ['sold_out', 'sold-out'],
      ['refused', 'has-bought'],
      ['ok', undefined],
      ['refused', undefined],
    ]);
    expect(() => later({ no: { 'body.state': 'gone' } })).toThrow('a decision can be a yes');
    const order = { yes: { status: 200 }, answer: { order: 'order.id' } };
    expect(later(order).operations.attempt?.later?.answer).toEqual({ order: 'order.id' });
    expect(() => later(order, { order: 'claim' })).toThrow('an attempt has one `order`');
  });

  it('asks for one unit at a time of a shop whose requests have no quantity', () => {
    const withQuantity = { request: 'POST /buy', json: { n: '{quantity}' } };
    const sale = { skus: [{ id: 1, stock: 5 }], unitsPerBuyer: 3 };
    expect(describeFile({ sale }).unitsPerBuyerMax).toBe(1);
    expect(describeFile({ sale, operations: { buy: withQuantity } }).unitsPerBuyerMax).toBe(3);
    expect(describeFile({ operations: { buy: withQuantity } }).unitsPerBuyerMax).toBeUndefined();
  });

  const buy = (path: string) => ({ operations: { buy: { request: `POST ${path}` } } });
  it.each<[Partial<TargetFileInput>, string]>([
    [buy('/{env.SHOP_KEY}'), 'the environment has no SHOP_KEY'],
    [buy('/{token}'), 'nothing provides {token} of operations.buy'],
    [buy('/{order}'), 'nothing provides {order} of operations.buy'],
    [
      { ...buy('/{sku.slug}'), sale: { skus: [{ id: 1, stock: 1 }] } },
      'nothing provides {sku.slug} of operations.buy',
    ],
    [{ answers: [{ ok: { body: '/(/' } }] }, 'cannot be used'],
    [
      { operations: { buy: { request: 'POST /', answer: { order: '/(/' } } } },
      'operations.buy.answer.order of the target file cannot be used',
    ],
  ])('is refused with the mistake: %#', (file, message) => {
    expect(() => describeFile(file)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  it('leaves fields that rows may have unchecked until the rows are there', () => {
    const { needs } = describeFile({ ...buy('/{token}'), buyers: { file: 'buyers.csv' } });
    expect(needs.buyer).toEqual(['token']);
    const skus = [{ skuId: 'a' }];
    expect(() => checkProvided(needs, { buyers: [{ token: 'x' }], skus })).not.toThrow();
    expect(() => checkProvided(needs, { buyers: [{ token: 'x' }, {}], skus })).toThrow(
      'buyer 2 has no token',
    );
  });
});
