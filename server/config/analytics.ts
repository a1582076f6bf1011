import type * as z from 'zod';
import { DAY_MS, refuseConfig, whole } from './forms.ts';

export const analyticsVariables = {
  TRACK_LATE_MS_MAX: whole(60_000, 365 * DAY_MS).default(7 * DAY_MS),
  TRACK_RETENTION_MS: whole(2 * DAY_MS, 3650 * DAY_MS).default(90 * DAY_MS),
  TRACK_QUEUE_MAX: whole(1, 1_000_000).default(10_000),
};

export interface AnalyticsConfig {
  /** A track of something that happened longer ago is refused. */
  trackLateMsMax: number;
  /** Tracks are kept for this time, and so are the counts by minute and hour; those by day are kept for ever. */
  trackRetentionMs: number;
  /** The most tracks that wait in this process to be stored. */
  trackQueueMax: number;
}

/** @throws UserError (exit 2) when tracks would be accepted of days that are not kept */
export function readAnalytics(
  read: z.output<z.ZodObject<typeof analyticsVariables>>,
): AnalyticsConfig {
  if (read.TRACK_LATE_MS_MAX + 2 * DAY_MS > read.TRACK_RETENTION_MS) {
    throw refuseConfig(
      [
        'TRACK_RETENTION_MS is not two days more than TRACK_LATE_MS_MAX: late events would have no place',
      ],
      'keep them longer, or refuse late ones earlier',
    );
  }
  return {
    trackLateMsMax: read.TRACK_LATE_MS_MAX,
    trackRetentionMs: read.TRACK_RETENTION_MS,
    trackQueueMax: read.TRACK_QUEUE_MAX,
  };
}
