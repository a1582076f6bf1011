import * as z from 'zod';
import { PlainText } from './admin.ts';
import { BucketSize } from './bucket-size.ts';
import { TOPICS } from './events.ts';
import { SkuId } from './products.ts';
import { SentDay, SentTime } from './sent-time.ts';

// The API calls a track an event. In the code an event is a message, so what a client tells has a word of its own there.

/** The most tracks of one call. */
export const TRACKS_MAX = 100;
/** The most events for which one track of a sample may stand. */
const WEIGHT_MAX = 10_000;
/** The time by which the clock of a client may be fast. */
export const FUTURE_MS_MAX = 300_000;

const common = {
  eventId: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w.:-]+$/, 'letters, digits and . _ : - only')
    .describe('Names this event of the user: an id that is sent again counts once.'),
  at: SentTime.optional().describe(
    'When it happened, in UTC: neither in the future nor too long ago. Absent: now.',
  ),
  weight: z
    .int()
    .min(1)
    .max(WEIGHT_MAX)
    .default(1)
    .describe('The number of events for which it stands, where a client sends a sample of them.'),
};

/** A kind of track with the fields that it alone has. */
const trackOf = <const Type extends string, Fields extends z.ZodRawShape>(
  type: Type,
  fields: Fields,
) => z.strictObject({ ...common, type: z.enum([type]), ...fields });

const units = z.int().min(1).max(1_000);

/** The catalogue of what clients may tell. */
export const Track = z.discriminatedUnion('type', [
  trackOf('page.viewed', { page: PlainText.min(1).max(200), skuId: SkuId.optional() }),
  trackOf('product.viewed', { skuId: SkuId }),
  trackOf('search.made', {
    text: PlainText.max(100),
    results: z.int().min(0).max(1_000_000),
    skuId: SkuId.optional(),
  }),
  trackOf('basket.filled', { skuId: SkuId, quantity: units }),
  trackOf('checkout.begun', { skuId: SkuId, quantity: units }),
  trackOf('client.failed', { code: PlainText.min(1).max(100), skuId: SkuId.optional() }),
]);
export type Track = z.output<typeof Track>;
export const TRACK_TYPES: string[] = Track.options.flatMap(({ shape }) => shape.type.options);

/** Body of `POST /analytics/track`. All of it is stored, or nothing. */
export const TrackRequest = z.strictObject({
  events: z.array(Track).min(1).max(TRACKS_MAX).describe('Each `eventId` is listed once.'),
});

/** Answer to it, once everything is stored: 202, or 200 where an event had been stored before. */
export const Tracked = z.object({
  events: z.int().describe('The events of this call. All of them are stored.'),
  repeated: z
    .int()
    .describe('Those of them that had been stored before, and are not counted again.'),
});
export type Tracked = z.infer<typeof Tracked>;

/** The events of the queue that are counted, by topic and type, with the names under which they are. */
export const COUNTED_EVENTS = {
  [TOPICS.reservations]: {
    CREATED: 'reservation.created',
    CONFIRMED: 'reservation.confirmed',
    EXPIRED: 'reservation.expired',
    CANCELLED: 'reservation.cancelled',
  },
  [TOPICS.inventory]: {
    RESERVED: 'stock.reserved',
    SOLD: 'stock.sold',
    RELEASED: 'stock.released',
  },
  [TOPICS.orders]: {
    ORDER_CREATED: 'order.created',
    ORDER_CANCELLED: 'order.cancelled',
    ORDER_FULFILLED: 'order.fulfilled',
  },
  [TOPICS.tickets]: {
    'ticket.purchased': 'ticket.purchased',
    'ticket.cancelled': 'ticket.cancelled',
    'ticket.checked-in': 'ticket.checked-in',
  },
} as const satisfies Record<string, Record<string, string>>;

/** Every name under which something is counted. */
export const COUNTED_TYPES: string[] = [
  ...TRACK_TYPES,
  ...Object.values(COUNTED_EVENTS).flatMap((names) => Object.values<string>(names)),
];

/** `events`: those that happened, samples counted by their weight; `units`: the units in them; `records`: what was stored. */
export const Metric = z.enum(['events', 'units', 'records']);
export type Metric = z.infer<typeof Metric>;

/** The most buckets between `from` and `to`. */
export const BUCKETS_MAX = 1_500;
/** The most series of one answer: those with the greatest totals. */
export const SERIES_MAX = 100;
/** The most points of one answer, in all its series together. */
export const POINTS_MAX = 30_000;

/** Query of `GET /analytics/metrics`. */
export const MetricsQuery = z.strictObject({
  metric: Metric.default('events'),
  bucket: BucketSize.default('hour').describe('In UTC.'),
  from: SentTime.describe('The bucket of this time is the first. In UTC.'),
  to: SentTime.describe(
    `The bucket before this time is the last: at most ${BUCKETS_MAX} after the first. In UTC.`,
  ),
  groupBy: z.enum(['none', 'type', 'sku']).default('none'),
  type: z.enum(COUNTED_TYPES as [string, ...string[]]).optional(),
  sku: SkuId.optional(),
});
export type MetricsQuery = z.output<typeof MetricsQuery>;

/** Answer to it. Up to six seconds old. */
export const MetricsAnswer = z.object({
  metric: Metric,
  bucket: BucketSize,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  series: z.array(
    z.object({
      type: z.string().optional(),
      skuId: z.string().optional().describe('Empty for events that are about no product.'),
      total: z.int(),
      points: z
        .array(z.object({ at: z.iso.datetime(), value: z.int() }))
        .describe('In the order of time. Buckets in which nothing happened are left out.'),
    }),
  ),
  seriesLeftOut: z
    .int()
    .describe(
      `Series beyond the ${SERIES_MAX} with the greatest totals; beyond fewer where these could have more than ${POINTS_MAX} points.`,
    ),
});
export type MetricsAnswer = z.infer<typeof MetricsAnswer>;

/** The most days that are counted anew in one call. */
export const RECOUNT_DAYS_MAX = 31;

/** Body of `POST /api/v1/admin/analytics/recount`: days in UTC, both included. */
export const RecountRequest = z
  .strictObject({ from: SentDay, to: SentDay })
  .describe(`At most ${RECOUNT_DAYS_MAX} days, of which the tracks are kept.`);

/** The most wrong counts that one answer shows. */
export const DIFFERENCES_MAX = 100;

const Counts = z.object({ records: z.int(), events: z.int(), units: z.int() });

/** A count that was not what the stored events give. */
export const Difference = z.object({
  bucket: BucketSize,
  at: z.iso.datetime(),
  type: z.string(),
  skuId: z.string().describe('Empty for events that are about no product.'),
  counted: Counts.nullable().describe('As it was counted before; null where it was not.'),
  stored: Counts.nullable().describe('As the stored events give it; null where there are none.'),
});
export type Difference = z.infer<typeof Difference>;

export const Recounted = z.object({
  days: z.int().describe('The days that were counted: those of which the events are kept.'),
  corrected: z.int().describe('Counts of buckets that were not what the stored events give.'),
  differences: z.array(Difference).describe(`These counts; at most ${DIFFERENCES_MAX} of them.`),
});
export type Recounted = z.infer<typeof Recounted>;
