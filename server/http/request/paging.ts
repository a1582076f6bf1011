import type { Request } from 'express';
import type * as z from 'zod';
import { PageQuery } from '../../../src/protocol/paging.ts';
import { validate } from './json-body.ts';

/** Reads `?limit=` and `?cursor=` of a request for a list. */
export const readPage = (req: Request, schema: z.ZodType<PageQuery> = PageQuery): PageQuery =>
  validate(schema, req.query);

/**
 * Makes a page from the rows of a query with the limit `limit + 1`. If the query returned that one row more, there is a
 * next page; so no query has to count.
 */
export function cutPage<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? cursorOf(last) : undefined;
  return { page, nextCursor };
}
