import * as z from 'zod';
import { CURSOR_MEANING, PageQuery } from './paging.ts';

/** The number of an event in the outbox, or topic, SKU and number of a stock movement. */
const EVENT_ID = String.raw`(\d{1,18}|[\w.-]{1,64}/[\w.:-]{1,64}/\d{1,18})`;
const GROUP = String.raw`[\w.-]{1,64}`;

export const EventId = z
  .string()
  .regex(new RegExp(`^${EVENT_ID}$`), 'must be the id of an event')
  .describe('A number; of a stock event topic, SKU and number of the movement: topic/SKU/17.');
const Group = z.string().regex(new RegExp(`^${GROUP}$`), 'must be the name of a consumer group');

/** An event that a consumer group could not handle. */
export const DeadLetter = z.object({
  eventId: EventId,
  group: Group,
  topic: z.string(),
  key: z.string(),
  type: z.string(),
  payload: z.unknown(),
  occurredAt: z.iso.datetime(),
  /** The error when it was handled the last time. */
  error: z.string(),
  /** Number of times that it was handed to its group. */
  attempts: z.int(),
  firstFailedAt: z.iso.datetime(),
  lastFailedAt: z.iso.datetime(),
  /** True when it is about to be handed to its group again. */
  isToBeReplayed: z.boolean(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** Query of `GET /api/v1/admin/dead-letters`, which lists the oldest event first. */
export const DeadLetterQuery = PageQuery.extend({
  group: Group.optional(),
  cursor: z
    .string()
    .regex(
      new RegExp(`^\\d{1,15},${EVENT_ID},${GROUP}$`),
      'must be a nextCursor of an earlier page',
    )
    .optional()
    .describe(CURSOR_MEANING),
});
export const DeadLetterPage = z.object({
  deadLetters: z.array(DeadLetter),
  nextCursor: z.string().optional(),
});
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

/**
 * Body of `POST /api/v1/admin/dead-letters/replay`, which hands events to their groups again: some or all, of one group or
 * of every group. It happens soon after the answer. An event that fails again returns to the dead letters.
 */
export const ReplayRequest = z
  .strictObject({
    ids: z.array(EventId).min(1).max(1000).optional(),
    all: z.literal(true).optional(),
    group: Group.optional(),
  })
  .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), 'name ids, or all')
  .describe('Has either `ids` or `all`, not both.');
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** Number of dead letters that will be replayed. */
export const ReplayAnswer = z.object({ toBeReplayed: z.int() });
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
