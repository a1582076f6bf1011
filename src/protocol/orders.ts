import * as z from 'zod';
import { SkuId, TotalMoney } from './products.ts';

export const PaymentMethod = z.enum(['card', 'wallet', 'bank_transfer']);
export type PaymentMethod = z.infer<typeof PaymentMethod>;

export const CheckoutRequest = z.strictObject({
  reservationId: z.uuid(),
  paymentMethod: PaymentMethod,
  /** The buyer makes it up for the payment: the same id again is the same payment, never a second one. */
  transactionId: z.string().regex(/^[\w.:-]{1,100}$/, 'up to 100 letters, digits and . _ : -'),
});
export type CheckoutRequest = z.infer<typeof CheckoutRequest>;

export const OrderStatus = z.enum(['PENDING', 'CONFIRMED', 'FAILED', 'CANCELLED', 'FULFILLED']);
export type OrderStatus = z.infer<typeof OrderStatus>;

export const Order = z.object({
  orderId: z.uuid(),
  reservationId: z.uuid(),
  userId: z.uuid(),
  skuId: SkuId,
  quantity: z.int(),
  totalPrice: TotalMoney,
  status: OrderStatus,
  /** `none` for an order that costs nothing. */
  paymentMethod: z.enum([...PaymentMethod.options, 'none']),
  transactionId: z.string(),
  createdAt: z.iso.datetime(),
  basketId: z
    .uuid()
    .optional()
    .describe(
      'The basket of which it is a line: it is cancelled with the others. Absent for an order of its own.',
    ),
  /** Number of the stock movement that sold the units. */
  sequence: z.int().optional(),
});
export type Order = z.infer<typeof Order>;

/** A page of the caller's orders, newest first; `nextCursor` is absent on the last one. */
export const OrderPage = z.object({ orders: z.array(Order), nextCursor: z.string().optional() });
export type OrderPage = z.infer<typeof OrderPage>;
