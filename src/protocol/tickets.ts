import * as z from 'zod';
import { PlainText } from './admin.ts';
import { linesOf } from './baskets.ts';
import { CheckoutRequest, Order } from './orders.ts';
import { CURSOR_MEANING, PageQuery } from './paging.ts';
import { Money, SkuId } from './products.ts';
import { QUANTITY_MAX } from './reservations.ts';
import { SentTime } from './sent-time.ts';

/** A ticket type is the SKU of this name: its capacity is the SKU's stock, and a ticket is one unit of it. */
export const TicketTypeId = SkuId;

/** Body of `POST /events/:id/ticket-types`. */
export const NewTicketType = z
  .strictObject({
    name: PlainText.min(1).max(40),
    price: Money,
    /** Number of tickets. */
    capacity: z.int().min(0).max(1_000_000_000),
    /** Tickets are sold from `opensAt` on and before `closesAt`. */
    opensAt: SentTime,
    closesAt: SentTime.describe('Later than `opensAt`. In UTC, in the year 1970 or later.'),
    /** Tickets that one buyer may have. */
    ticketsPerBuyerMax: z.int().min(1).max(QUANTITY_MAX).default(QUANTITY_MAX),
  })
  .refine(({ opensAt, closesAt }) => Date.parse(opensAt) < Date.parse(closesAt), {
    path: ['closesAt'],
    message: 'must be later than opensAt',
  });
export type NewTicketType = z.output<typeof NewTicketType>;

export const TicketType = z
  .object({
    ticketTypeId: TicketTypeId,
    eventId: z.uuid(),
    name: z.string(),
    price: Money,
    capacity: z.int(),
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime(),
    ticketsPerBuyerMax: z.int(),
  })
  .meta({ id: 'TicketType' });
export type TicketType = z.infer<typeof TicketType>;

export const TicketTypes = z.object({
  ticketTypes: z.array(TicketType),
  /** Tickets of the event that were sold and not cancelled, and those that were checked in; some seconds old. */
  sold: z.int(),
  checkedIn: z.int(),
});
export type TicketTypes = z.infer<typeof TicketTypes>;

/** Body of `POST /tickets/purchase`. */
export const PurchaseRequest = z.strictObject({
  ticketTypeId: TicketTypeId,
  quantity: z.int().min(1).max(QUANTITY_MAX),
  paymentMethod: CheckoutRequest.shape.paymentMethod,
  transactionId: CheckoutRequest.shape.transactionId,
});
export type PurchaseRequest = z.infer<typeof PurchaseRequest>;

/** Body of `POST /tickets/purchase` for tickets of several types of one event: all of them are bought, or none. */
export const BasketPurchaseRequest = z.strictObject({
  lines: linesOf(
    PurchaseRequest.pick({ ticketTypeId: true, quantity: true }),
    ({ ticketTypeId }) => ticketTypeId,
  ),
  paymentMethod: PurchaseRequest.shape.paymentMethod,
  transactionId: PurchaseRequest.shape.transactionId,
});
export type BasketPurchaseRequest = z.infer<typeof BasketPurchaseRequest>;

export const TicketCode = z
  .string()
  .regex(/^[\w-]{44}\.[\w-]{86}$/, 'must be the code of a ticket')
  .describe('The content of the ticket, a dot and its Ed25519 signature; both in base64url.');

export const Ticket = z
  .object({
    ticketId: z.uuid(),
    /** The gate reads it. It is signed, so that a gate without a connection knows a forged one. */
    code: TicketCode,
    eventId: z.uuid(),
    ticketTypeId: TicketTypeId,
    orderId: z.uuid(),
    status: z.enum(['VALID', 'CHECKED_IN', 'CANCELLED']),
    issuedAt: z.iso.datetime(),
    checkedInAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof Ticket>;

/** An order of tickets, with the tickets as soon as it is paid. */
export const Purchase = Order.extend({ eventId: z.uuid(), tickets: z.array(Ticket) }).meta({
  id: 'Purchase',
});
export type Purchase = z.infer<typeof Purchase>;

/** The orders of a basket of tickets, one for each type, with all tickets as soon as they are paid. */
export const BasketPurchase = z
  .object({
    basketId: z.uuid(),
    eventId: z.uuid(),
    orders: z.array(Order),
    tickets: z.array(Ticket),
  })
  .meta({ id: 'BasketPurchase' });
export type BasketPurchase = z.infer<typeof BasketPurchase>;

/** The cursor names the order of a ticket, and its number in it. */
export const TicketQuery = PageQuery.extend({
  cursor: z
    .string()
    .regex(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_\d{1,4}$/,
      'must be a nextCursor of an earlier page',
    )
    .optional()
    .describe(CURSOR_MEANING),
});

/** A page of the caller's tickets, newest first; `nextCursor` is absent on the last one. */
export const TicketPage = z.object({
  tickets: z.array(Ticket),
  nextCursor: z.string().optional(),
});
export type TicketPage = z.infer<typeof TicketPage>;

/** Body of `POST /tickets/:code/check-in`. */
export const CheckInRequest = z.strictObject({
  /** The name of the gate, for whoever asks later where the ticket was. */
  gate: PlainText.min(1).max(100),
});
export type CheckInRequest = z.infer<typeof CheckInRequest>;

/** The time at which a ticket was let in, the organizer who did it, and the gate. */
export const CheckIn = z.object({
  checkedInAt: z.iso.datetime(),
  checkedInBy: z.uuid(),
  gate: z.string(),
});
export type CheckIn = z.infer<typeof CheckIn>;

export const CheckedInTicket = CheckIn.extend({
  ticketId: z.uuid(),
  eventId: z.uuid(),
  ticketTypeId: TicketTypeId,
}).meta({ id: 'CheckedInTicket' });
export type CheckedInTicket = z.infer<typeof CheckedInTicket>;

/** The public key of the codes of tickets, as a JSON Web Key Set. */
export const TicketKeys = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      use: z.literal('sig'),
    }),
  ),
});
export type TicketKeys = z.infer<typeof TicketKeys>;
