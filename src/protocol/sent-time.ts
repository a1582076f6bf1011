import * as z from 'zod';

/** Later times of the year 9999 are those of the year 10000 when they are rounded, and that has no form with four digits. */
const LATEST = '9999-12-31T23:59:59.999';

/**
 * A time that a client sends. PostgreSQL has no year 0, and reads no text of more than about a hundred characters as a
 * time; a year before 1970 is a mistake of whoever wrote it.
 */
export const SentTime = z.iso
  .datetime()
  .max(40)
  .refine((time) => time >= '1970', 'must be in the year 1970 or later')
  .refine((time) => time < LATEST, 'must be before the last moment of the year 9999')
  .describe('In UTC, in the year 1970 or later.');

/** A day that a client sends. */
export const SentDay = z.iso
  .date()
  .refine((day) => day >= '1970', 'must be in the year 1970 or later')
  .describe('In UTC, in the year 1970 or later.');
