import * as z from 'zod';

export const PAGE_SIZE_MAX = 200;

/** The meaning of every cursor, whatever it looks like. */
export const CURSOR_MEANING = 'The `nextCursor` of the page before; absent for the first page.';

/** Query of every list. A cursor names the last entry of a page, so that pages stay right while entries are added. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(50),
  cursor: z
    .string()
    .regex(/^[\w.:-]{1,200}$/, 'must be a nextCursor of an earlier page')
    .optional()
    .describe(CURSOR_MEANING),
});
export type PageQuery = z.infer<typeof PageQuery>;
