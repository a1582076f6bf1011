import { expect, it } from 'vitest';
import { createOperationRouter } from './operation-router.ts';

const find = createOperationRouter([
  { kind: 'reserve', method: 'POST', path: '/v1/reservations' },
  { kind: 'confirm', method: 'POST', path: '/v1/reservations/:id/confirm' },
  { kind: 'cancel', method: 'POST', path: '/v1/:what/latest' },
  { kind: 'read', method: 'GET', path: '/v1/stock.json' },
]);

it('finds the rule of a path with any query', () => {
  expect(find('POST', '/v1/reservations')?.reader.kind).toBe('reserve');
  expect(find('POST', '/v1/reservations?dry=1')?.reader.kind).toBe('reserve');
});

it('reads the parameters of a path', () => {
  expect(find('POST', '/v1/reservations/r-1/confirm')).toMatchObject({
    reader: { kind: 'confirm' },
    parameters: { id: 'r-1' },
  });
  expect(find('POST', '/v1/orders/latest?x')?.parameters).toEqual({ what: 'orders' });
});

it('finds none for another method, another path, or a part of a path', () => {
  expect(find('GET', '/v1/reservations')).toBeUndefined();
  expect(find('PUT', '/v1/reservations')).toBeUndefined();
  expect(find('POST', '/v1/reservations/r-1/confirm/again')).toBeUndefined();
  expect(find('POST', '/v1/reservations/r/1/confirm')).toBeUndefined();
  expect(find('GET', '/v1/stock-json')).toBeUndefined();
});
