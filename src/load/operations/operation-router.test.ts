import { expect, it } from 'vitest';
import { targetOf } from '../../target/described.ts';
import { describeShop } from '../../target/file/describe-shop.ts';
import { TargetFile, type TargetFileInput } from '../../target/file/schema.ts';
import { createOperationRouter } from './operation-router.ts';

const routerOf = (operations: TargetFileInput['operations'], url = 'http://one') => {
  const shop = describeShop(TargetFile.parse({ url, operations, buyers: { file: 'b.csv' } }), {});
  const find = createOperationRouter(targetOf(shop, { skus: [], buyers: [] }, { name: 'shop' }));
  return (method: string, path: string, body: string | null = null) =>
    find({ origin: 'http://one', method, path, headers: [], body, timeoutMs: 1 })?.reader.kind;
};

it('finds the operation of a path, with any query', () => {
  const kindOf = routerOf({
    reserve: { request: 'POST /v1/holds', answer: { hold: 'id' } },
    confirm: { request: 'POST /v1/holds/{hold}/confirm' },
    read: { request: 'GET /v1/stock.json' },
  });
  expect(kindOf('POST', '/v1/holds')).toBe('reserve');
  expect(kindOf('POST', '/v1/holds?dry=1')).toBe('reserve');
  expect(kindOf('POST', '/v1/holds/h-1/confirm?x')).toBe('confirm');
  expect(kindOf('GET', '/v1/holds')).toBeUndefined();
  expect(kindOf('POST', '/v1/holds/h-1/confirm/again')).toBeUndefined();
  expect(kindOf('POST', '/v1/holds/h/1/confirm')).toBeUndefined();
  expect(kindOf('GET', '/v1/stock-json')).toBeUndefined();
});

it('prefers the path that says more', () => {
  const kindOf = routerOf({
    buy: { request: 'POST /{sku}' },
    read: { request: 'POST /stock' },
    attempt: { request: 'POST /queue-{sku}' },
  });
  expect(kindOf('POST', '/stock')).toBe('read');
  expect(kindOf('POST', '/queue-7')).toBe('attempt');
  expect(kindOf('POST', '/7')).toBe('buy');
});

it('puts the path of the base URL in front', () => {
  const kindOf = routerOf({ buy: { request: 'POST /buy' } }, 'http://one/shop/v2/');
  expect(kindOf('POST', '/shop/v2/buy')).toBe('buy');
  expect(kindOf('POST', '/buy')).toBeUndefined();
});

it('tells operations of one path apart by constants of the body or the query', () => {
  const graphql = (query: string) => ({ request: 'POST /graphql', json: { query } });
  const kindOf = routerOf({
    buy: graphql('mutation { buy }'),
    read: graphql('query { stock }'),
    redeem: { request: 'GET /do?what=redeem' },
    release: { request: 'GET /do?what=release' },
  });
  expect(kindOf('POST', '/graphql', '{"query":"query { stock }"}')).toBe('read');
  expect(kindOf('POST', '/graphql', '{"query":"mutation { buy }"}')).toBe('buy');
  expect(kindOf('POST', '/graphql', '{"query":"mutation { login }"}')).toBeUndefined();
  expect(kindOf('GET', '/do?what=release')).toBe('release');
});
