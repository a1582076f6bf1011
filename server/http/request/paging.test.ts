import type { Request } from 'express';
import { expect, it } from 'vitest';
import { cutPage, readPage } from './paging.ts';

const cursorOf = (row: { id: string }) => row.id;
const rows = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

it('a page has a cursor when the query returned one row more than the limit', () => {
  expect(cutPage(rows, 2, cursorOf)).toEqual({ page: [{ id: 'a' }, { id: 'b' }], nextCursor: 'b' });
});

it('the last page has no cursor, also when it is full or empty', () => {
  expect(cutPage(rows, 3, cursorOf)).toEqual({ page: rows, nextCursor: undefined });
  expect(cutPage([], 3, cursorOf)).toEqual({ page: [], nextCursor: undefined });
});

it('limit and cursor are read from the query', () => {
  const request = (query: object) => ({ query }) as Request;
  expect(readPage(request({ limit: '7', cursor: 'SKU-1' }))).toEqual({ limit: 7, cursor: 'SKU-1' });
  expect(() => readPage(request({ limit: '0' }))).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED' }),
  );
});
