import type { Request } from 'express';
import type { z } from 'zod';
import { PageQuery } from '../../../src/protocol/paging.ts';
import { validate } from './json-body.ts';

/** The page a list request asks for, by `?limit=` and `?cursor=`. */
export const readPage = (req: Request, schema: z.ZodType<PageQuery> = PageQuery): PageQuery =>
  validate(schema, req.query);

/**
 * Cuts a page out of rows of which one more than `limit` was asked for: whether that one came tells, without counting,
 * whether there is a next page.
 */
export function cutPage<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? cursorOf(last) : undefined;
  return { page, nextCursor };
}
