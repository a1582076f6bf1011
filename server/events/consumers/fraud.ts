import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../event.ts';

/**
 * The most reservations of one origin within a window that an honest buyer needs. A user may have one of each SKU, so
 * several within seconds mean many SKUs, or reservations that are cancelled and made again. One address may be that of a
 * whole office.
 */
const LIMITS = { user: 5, device: 5, ip: 50 };
type Origin = keyof typeof LIMITS;

const WINDOW_SECONDS = 10;
/** Counts are deleted this long after their window: much later than it ends, because events may come late. */
const FORGET_AFTER_SECONDS = 3600;

const ORIGINS: Record<Origin, (event: StockEvent) => string | undefined> = {
  user: ({ userId }) => userId,
  device: ({ deviceId }) => deviceId,
  ip: ({ ip }) => ip,
};

/** Flags bursts of reservations of one user, device or address. A flag refuses nobody; people examine it. */
export const createFraudDetection = (): Consumer => ({
  group: 'fraud',
  topics: [TOPICS.reservations],
  async handle(events, tx) {
    const seen = events
      .filter(({ type }) => type === 'CREATED')
      .flatMap(({ payload, occurredAt }) =>
        (Object.keys(ORIGINS) as Origin[]).flatMap((origin) => {
          const value = ORIGINS[origin](payload as StockEvent);
          return value === undefined ? [] : [{ origin, value, occurredAt, limit: LIMITS[origin] }];
        }),
      );
    if (seen.length === 0) return;
    await tx.query({
      name: 'fraud.count',
      text: `WITH counted AS (
               INSERT INTO reservation_bursts AS b (window_start, origin, value, reservations)
               SELECT date_bin($5 * interval '1 second', e.occurred_at, 'epoch') AS w, e.origin, e.value, count(*)
               FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS e (origin, value, occurred_at)
               GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
               ON CONFLICT (window_start, origin, value) DO UPDATE
               SET reservations = b.reservations + excluded.reservations
               RETURNING *
             ), limits AS (
               SELECT * FROM unnest($1::text[], $4::int[]) AS l (origin, at_most) GROUP BY 1, 2
             )
             INSERT INTO fraud_flags AS f (window_start, origin, value, reservations)
             SELECT window_start, origin, value, reservations
             FROM counted JOIN limits USING (origin) WHERE reservations > at_most
             ON CONFLICT (window_start, origin, value) DO UPDATE SET reservations = excluded.reservations`,
      values: [
        seen.map(({ origin }) => origin),
        seen.map(({ value }) => value),
        seen.map(({ occurredAt }) => occurredAt),
        seen.map(({ limit }) => limit),
        WINDOW_SECONDS,
      ],
    });
    await tx.query({
      name: 'fraud.forget',
      text: `DELETE FROM reservation_bursts WHERE window_start < now() - $1 * interval '1 second'`,
      values: [FORGET_AFTER_SECONDS],
    });
  },
});
