import * as z from 'zod';

/**
 * A time that a client sends. PostgreSQL has no year 0, and reads no text of more than about a hundred characters as a
 * time; a year before 1970 is a mistake of whoever wrote it.
 */
export const SentTime = z.iso
  .datetime()
  .max(40)
  .refine((time) => time >= '1970', 'must be in the year 1970 or later')
  .describe('In UTC, in the year 1970 or later.');
