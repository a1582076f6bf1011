import * as z from 'zod';
import { CheckoutRequest, Order } from './orders.ts';
import { Reservation, ReserveRequest } from './reservations.ts';

export const BASKET_LINES_MAX = 10;

/** Lines of a basket, each of another SKU. */
export const linesOf = <Line extends z.ZodType>(
  line: Line,
  skuOf: (line: z.output<Line>) => string,
) =>
  z
    .array(line)
    .min(1)
    .max(BASKET_LINES_MAX)
    .refine((lines) => new Set(lines.map(skuOf)).size === lines.length, {
      message: 'must be of different SKUs',
    })
    .describe('Each line is of another SKU.');

/** Body of `POST /api/v1/baskets`. */
export const BasketRequest = z.strictObject({
  lines: linesOf(ReserveRequest, ({ skuId }) => skuId),
});
export type BasketRequest = z.infer<typeof BasketRequest>;

/** Body of `POST /api/v1/baskets/:id/checkout`. */
export const BasketCheckoutRequest = CheckoutRequest.omit({ reservationId: true });
export type BasketCheckoutRequest = z.infer<typeof BasketCheckoutRequest>;

/**
 * Units of several SKUs that are held, bought, given back and cancelled together or not at all. Each line is a reservation and,
 * once it is bought, an order; all orders are paid by one transaction, which the first of them names.
 */
export const Basket = z
  .object({
    basketId: z.uuid(),
    lines: z.array(Reservation),
    /** Empty until the basket is checked out, and after a payment that failed. */
    orders: z.array(Order),
  })
  .meta({ id: 'Basket' });
export type Basket = z.infer<typeof Basket>;
