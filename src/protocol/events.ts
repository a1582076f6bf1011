import * as z from 'zod';
import { SkuId } from './products.ts';
import { QuestReward } from './quests.ts';

/**
 * The Kafka topics of the events. An event's partition key is the SKU, for shows the show, for attempts,
 * achievements, quests and accounts the user. A consumer may receive an event twice and must drop the second by its `eventId`.
 *
 * A message about movements of stock carries events of one SKU as a list of runs, in their order. A run has what its events have in
 * common (`type`, `occurredAt`, `skuId`), the `sequence` of the first, the next ones having the next numbers, and the rest of the payload in
 * columns with a value for each event; the id of an event is the topic, the SKU and its number. Any other message carries the
 * payload of one event, with the rest in its headers.
 */
export const TOPICS = {
  reservations: 'flash-sale-reservations',
  inventory: 'flash-sale-inventory-updates',
  orders: 'flash-sale-orders',
  attempts: 'flashsale.attempts',
  shows: 'flashsale.shows',
  tickets: 'flashsale.tickets',
  achievements: 'flashsale.achievements',
  quests: 'flashsale.quests',
  accounts: 'flashsale.accounts',
} as const;

/** The topics all of whose events tell of a SKU, so that the ledger of the SKU has them. */
export const SKU_TOPICS: ReadonlySet<string> = new Set([
  ...[TOPICS.reservations, TOPICS.inventory, TOPICS.orders, TOPICS.attempts, TOPICS.tickets],
]);

/** Partitions of each topic. More partitions let more consumers of one group work at the same time. */
export const PARTITIONS: Record<string, number> = {
  [TOPICS.reservations]: 10,
  [TOPICS.inventory]: 10,
  [TOPICS.orders]: 5,
  [TOPICS.attempts]: 1,
  [TOPICS.shows]: 1,
  [TOPICS.tickets]: 5,
  [TOPICS.achievements]: 5,
  [TOPICS.quests]: 5,
  [TOPICS.accounts]: 5,
};

/** A change of a hold and of the stock behind it. `sequence` is the number of the stock movement. */
export const StockEvent = z.looseObject({
  skuId: SkuId,
  reservationId: z.uuid(),
  userId: z.uuid(),
  quantity: z.int().positive(),
  sequence: z.int().positive(),
  /** IP address of the request, when known. */
  ip: z.string().max(200).optional(),
  deviceId: z.string().max(200).optional(),
});
export type StockEvent = z.infer<typeof StockEvent>;

/** A change that sold the units of a hold. */
export const SaleEvent = StockEvent.extend({ orderId: z.uuid() });
export type SaleEvent = z.infer<typeof SaleEvent>;

/** A change of an order's state. */
export const OrderEvent = z.looseObject({ skuId: SkuId, orderId: z.uuid(), userId: z.uuid() });
export type OrderEvent = z.infer<typeof OrderEvent>;

/** An accepted attempt at a flash sale. The worker makes the order. */
export const AttemptEvent = z.looseObject({
  attemptId: z.uuid(),
  saleId: z.string(),
  skuId: SkuId,
  userId: z.uuid(),
});
export type AttemptEvent = z.infer<typeof AttemptEvent>;

/** A show was put up, changed or cancelled. It is as the API shows it from then on. */
export const ShowEvent = z.looseObject({
  showId: z.uuid(),
  organizerId: z.uuid(),
  title: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
});
export type ShowEvent = z.infer<typeof ShowEvent>;

/** Tickets of one order were bought or cancelled (`quantity`), or one was checked in (`ticketId`). */
export const TicketEvent = z.looseObject({
  skuId: SkuId,
  showId: z.uuid(),
  orderId: z.uuid(),
  userId: z.uuid(),
  quantity: z.int().positive().optional(),
  ticketId: z.uuid().optional(),
});
export type TicketEvent = z.infer<typeof TicketEvent>;

/** A user came nearer to an achievement (`count` of `needed`), or has unlocked it, which happens once. */
export const AchievementEvent = z.looseObject({
  userId: z.uuid(),
  achievementId: z.string(),
  name: z.string(),
  count: z.int().positive(),
  needed: z.int().positive(),
  /** Points that unlocking it is worth. */
  points: z.int().min(0),
});
export type AchievementEvent = z.infer<typeof AchievementEvent>;

/** A user started a quest, or completed it, which happens once. */
export const QuestEvent = z.looseObject({
  userId: z.uuid(),
  questId: z.string(),
  name: z.string(),
  reward: QuestReward,
});
export type QuestEvent = z.infer<typeof QuestEvent>;

/** The voucher that a completed quest is rewarded with was issued (`GIVEN`), or there is none left (`GONE`). Happens once. */
export const QuestRewardEvent = QuestEvent.extend({ outcome: z.enum(['GIVEN', 'GONE']) });
export type QuestRewardEvent = z.infer<typeof QuestRewardEvent>;

/** Somebody (`referredId`) registered with the code of a user. Happens once for each who registers. */
const ReferralEvent = z.looseObject({ userId: z.uuid(), referredId: z.uuid() });

/**
 * The payloads of each topic, by the event's type. Payloads may hold more than the schemas name, because producers and
 * consumers are not upgraded at the same moment.
 */
const PAYLOADS: Record<string, Record<string, z.ZodType>> = {
  [TOPICS.reservations]: {
    CREATED: StockEvent,
    CONFIRMED: SaleEvent,
    EXPIRED: StockEvent,
    CANCELLED: StockEvent,
  },
  [TOPICS.inventory]: { RESERVED: StockEvent, SOLD: SaleEvent, RELEASED: StockEvent },
  [TOPICS.orders]: {
    ORDER_CREATED: SaleEvent,
    ORDER_CANCELLED: OrderEvent,
    ORDER_FULFILLED: OrderEvent,
  },
  [TOPICS.attempts]: { ATTEMPTED: AttemptEvent },
  [TOPICS.shows]: {
    'event.created': ShowEvent,
    'event.changed': ShowEvent,
    'event.cancelled': ShowEvent,
  },
  [TOPICS.tickets]: {
    'ticket.purchased': TicketEvent.required({ quantity: true }),
    'ticket.cancelled': TicketEvent.required({ quantity: true }),
    'ticket.checked-in': TicketEvent.required({ ticketId: true }),
  },
  [TOPICS.achievements]: {
    ACHIEVEMENT_PROGRESSED: AchievementEvent,
    ACHIEVEMENT_UNLOCKED: AchievementEvent,
  },
  [TOPICS.quests]: {
    QUEST_STARTED: QuestEvent,
    QUEST_COMPLETED: QuestEvent,
    QUEST_REWARDED: QuestRewardEvent,
  },
  [TOPICS.accounts]: { USER_REFERRED: ReferralEvent },
};

/** Describes why an event does not fit its topic; undefined when it fits. */
export function whyNoEvent(event: {
  topic: string;
  type: string;
  payload: unknown;
}): string | undefined {
  const schema = PAYLOADS[event.topic]?.[event.type];
  if (schema === undefined) return `${event.topic} carries no ${event.type}`;
  const parsed = schema.safeParse(event.payload);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}
