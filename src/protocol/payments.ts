import * as z from 'zod';
import { PlainText } from './admin.ts';
import { PaymentMethod } from './orders.ts';
import { TotalMoney } from './products.ts';

// The HTTP contract between the payment provider and its merchants.

/** Body of `POST /payments`. The merchant makes up `paymentId`: the same id again is the same payment. */
export const ProviderCharge = z.strictObject({
  paymentId: z.uuid(),
  transactionId: z.string().min(1).max(100),
  amount: TotalMoney,
  method: PaymentMethod,
  /** URL that the provider calls when the payment is decided. */
  webhookUrl: z.url().optional(),
});
export type ProviderCharge = z.infer<typeof ProviderCharge>;

/** `void`: refunded before it was charged, so that it is never charged. */
export const ProviderStatus = z.enum(['pending', 'charged', 'declined', 'refunded', 'void']);
export type ProviderStatus = z.infer<typeof ProviderStatus>;

/** Answer to `POST /payments`, `GET /payments/:id` and `POST /payments/:id/refund`. */
export const ProviderPayment = z.object({
  paymentId: z.uuid(),
  status: ProviderStatus,
  /** Reason for which it was declined. */
  reason: z.string().optional(),
});
export type ProviderPayment = z.infer<typeof ProviderPayment>;

/**
 * Body of a webhook. Webhooks arrive at least once, late, or in another order than the events; `eventId` is the same each
 * time, and the signature contains the time of sending.
 */
export const PaymentEvent = z.strictObject({
  eventId: PlainText.min(1).max(100),
  paymentId: z.uuid(),
  type: z.enum(['payment.charged', 'payment.declined', 'payment.refunded']),
});
export type PaymentEvent = z.infer<typeof PaymentEvent>;

/** Header of a webhook: `t=<seconds since 1970>,v1=<hex HMAC-SHA-256 of "<t>.<body>">`. */
export const SIGNATURE_HEADER = 'payment-signature';

/** Behaviour of the simulated provider. Rates are shares of payments; the same seed affects the same payments. */
export const ProviderBehaviour = z.strictObject({
  /** Time until a payment is decided. */
  latencyMs: z.int().min(0).max(600_000).default(0),
  declineRate: z.number().min(0).max(1).default(0),
  /** Share of charges that are never answered. Half of these were charged all the same. */
  hangRate: z.number().min(0).max(1).default(0),
  /** Accepts charges at once and sends their decision by webhook. */
  async: z.boolean().default(false),
  duplicateWebhooks: z.boolean().default(false),
});
export type ProviderBehaviour = z.infer<typeof ProviderBehaviour>;
