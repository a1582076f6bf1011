import type { SaleFacts } from '../../history/operation.ts';

// Where nobody knows how long a hold lives, it may lapse at any time after its call, and it may never lapse.

/** The shortest time, in nanoseconds, after which a hold may have lapsed. */
export const shortestTtlNs = ({ holdTtlMs }: Pick<SaleFacts, 'holdTtlMs'>): number =>
  holdTtlMs === undefined ? 0 : holdTtlMs * 1e6;

/** The time in nanoseconds for which a hold may be sold although it has lapsed. */
export const sellableAfterwardsNs = ({
  soldUntilSwept,
  sweepGraceMs,
}: Pick<SaleFacts, 'soldUntilSwept' | 'sweepGraceMs'>): number =>
  soldUntilSwept === true ? sweepGraceMs * 1e6 : 0;

/** The time in nanoseconds after which a hold has surely lapsed; `Infinity` if nobody knows one. */
export const longestTtlNs = ({ holdTtlMs }: Pick<SaleFacts, 'holdTtlMs'>): number =>
  holdTtlMs === undefined ? Number.POSITIVE_INFINITY : holdTtlMs * 1e6;
