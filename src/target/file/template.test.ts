import { expect, it } from 'vitest';
import { fieldsIn, fillJson, fillText, parseTemplate } from './template.ts';

const fields: Record<string, unknown> = { sku: '42', quantity: 2, token: 'a b' };
const fieldOf = (name: string): unknown => {
  if (name in fields) return fields[name];
  throw new Error(`nothing provides {${name}}`);
};

it('splits a text into plain parts and fields, with braces around other text as plain ones', () => {
  expect(parseTemplate('/p/{sku}?n={quantity:text}')).toEqual([
    '/p/',
    { field: 'sku' },
    '?n=',
    { field: 'quantity', as: 'text' },
  ]);
  expect(parseTemplate('query { a { {{id}} }}')).toEqual(['query { a { {id} }}']);
  expect(parseTemplate('{"a":{"b":"{sku}"}}')).toEqual(['{"a":{"b":"', { field: 'sku' }, '"}}']);
  expect(parseTemplate('')).toEqual([]);
});

it('lists the fields of all texts of a JSON value', () => {
  expect(fieldsIn({ a: ['{sku}', 5], b: { c: 'x {env.KEY}' }, d: null })).toEqual([
    'sku',
    'env.KEY',
  ]);
});

it('fills a text, each value made fit for its place', () => {
  expect(fillText('/p/{sku}/{token}', fieldOf, encodeURIComponent)).toBe('/p/42/a%20b');
});

it('keeps the type of a value that stands alone in a JSON text, unless another is asked for', () => {
  expect(
    fillJson(['{quantity}', '{quantity:text}', '{sku:number}', '{sku} x {quantity}', 7], fieldOf),
  ).toEqual([2, '2', 42, '42 x 2', 7]);
});

it('encodes the name and the password of basic authorization', () => {
  expect(fillText('Basic {login:base64}', () => 'ann:secret')).toBe('Basic YW5uOnNlY3JldA==');
});

it('marks a value that may be missing', () => {
  expect(parseTemplate('{key?}')).toEqual([{ field: 'key', optional: true }]);
});

it('throws for a name that nothing provides', () => {
  expect(() => fillJson({ a: '{price}' }, fieldOf)).toThrow('nothing provides {price}');
});
