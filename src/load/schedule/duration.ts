import * as z from 'zod';
import { DURATION_MS_MAX, parseDurationMs } from './parse-duration.ts';

/** A duration in an options object, parsed to milliseconds. */
export const durationMs = z.union([z.string(), z.number()]).transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms > DURATION_MS_MAX) {
    const message =
      ms === undefined
        ? `"${text}" is not a duration like 30s or 1m30s`
        : `${text} is over 24 days`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return ms;
});

/** A duration longer than 0. */
export const positiveDurationMs = durationMs.refine((ms) => ms > 0, 'must be longer than 0s');
