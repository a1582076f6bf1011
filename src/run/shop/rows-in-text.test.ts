import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { rowsInText } from './rows-in-text.ts';

async function rows(text: string, place?: string, size = 5): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  const found = [];
  for await (const row of rowsInText(Readable.from(chunks), { place })) found.push(row);
  return found;
}

const LAMPS = [
  { id: '1', buyer: 'Zoë' },
  { id: '2', buyer: null },
];

it.each([
  ['a JSON list', JSON.stringify(LAMPS)],
  ['a JSON list over several lines', JSON.stringify(LAMPS, null, 2)],
  ['NDJSON', '\n{"id":"1","buyer":"Zoë"}\n\n{"id":"2","buyer":null}\n'],
  ['CSV', 'id,buyer\r\n1,"Zoë"\r\n2,\r\n'],
  ['CSV with semicolons and a byte order mark', '\uFEFFid;buyer\n1;Zoë\n2;'],
  ['lines with tabs', 'id\tbuyer\n1\tZoë\n2\tNULL\n'],
])('reads %s', async (_, text) => {
  expect(await rows(text)).toEqual(LAMPS);
});

it('reads the list at a place, and one object as one row', async () => {
  expect(await rows(JSON.stringify({ data: { orders: LAMPS } }), 'data.orders')).toEqual(LAMPS);
  expect(await rows('{\n  "available": 3\n}')).toEqual([{ available: 3 }]);
  expect(await rows('{"available":3}')).toEqual([{ available: 3 }]);
});

it('finds no rows in an empty text, an empty list and a line of names', async () => {
  expect(await rows(' \n')).toEqual([]);
  expect(await rows('[]')).toEqual([]);
  expect(await rows('id,buyer\n')).toEqual([]);
});

it('keeps quotes and commas in values with tabs as they are', async () => {
  expect(await rows('id\tname\n1\t6" lamp, red\n')).toEqual([{ id: '1', name: '6" lamp, red' }]);
});

it.each([
  ['[1, 2]', undefined, 'a row is an object, and this is none: 1'],
  ['[{"id":1}', undefined, 'it is no JSON: [{"id":1}'],
  [
    '{"id":1,"id":2}',
    undefined,
    'one of its names is there twice, so let the query name the columns',
  ],
  ['{"id":1}\nno', undefined, 'it is no JSON: no'],
  ['{"orders":[]}', 'data.orders', 'it has nothing at data.orders'],
  ['id,buyer\n1\n', undefined, 'Invalid Record Length'],
])('refuses %s', async (text, place, why) => {
  await expect(rows(text, place)).rejects.toThrow(why);
});
