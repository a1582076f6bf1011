import { z } from 'zod';
import { PaymentMethod } from './orders.ts';
import { Money } from './products.ts';

/** What the payment provider and its merchants say to each other over HTTP. */

/** Body of `POST /payments`. `paymentId` is the merchant's name for the payment: the same call again is the same payment. */
export const ProviderCharge = z.strictObject({
  paymentId: z.uuid(),
  transactionId: z.string().min(1).max(100),
  amount: Money,
  method: PaymentMethod,
  /** Where the provider tells what becomes of it. */
  webhookUrl: z.url().optional(),
});
export type ProviderCharge = z.infer<typeof ProviderCharge>;

/** `void`: refunded before it was charged, so that it never will be. */
export const ProviderStatus = z.enum(['pending', 'charged', 'declined', 'refunded', 'void']);
export type ProviderStatus = z.infer<typeof ProviderStatus>;

/** Answer to `POST /payments`, `GET /payments/:id` and `POST /payments/:id/refund`. */
export const ProviderPayment = z.object({
  paymentId: z.uuid(),
  status: ProviderStatus,
  /** Why it was declined. */
  reason: z.string().optional(),
});
export type ProviderPayment = z.infer<typeof ProviderPayment>;

/**
 * Body of a webhook. It arrives at least once, late or in another order than it happened; `eventId` is the same each
 * time, and the signature says when it was sent.
 */
export const PaymentEvent = z.strictObject({
  eventId: z.string().min(1).max(100),
  paymentId: z.uuid(),
  type: z.enum(['payment.charged', 'payment.declined', 'payment.refunded']),
});
export type PaymentEvent = z.infer<typeof PaymentEvent>;

/** Header of a webhook: `t=<seconds since 1970>,v1=<hex HMAC-SHA-256 of "<t>.<body>">`. */
export const SIGNATURE_HEADER = 'payment-signature';

/** How the simulated provider behaves. Rates are of payments, and the same payments are hit whenever the seed is. */
export const ProviderBehaviour = z.strictObject({
  /** How long a payment takes to be decided. */
  latencyMs: z.int().min(0).max(600_000).default(0),
  declineRate: z.number().min(0).max(1).default(0),
  /** Charges that are never answered. Half of them were taken all the same. */
  hangRate: z.number().min(0).max(1).default(0),
  /** Takes charges down at once and tells by webhook what became of them. */
  async: z.boolean().default(false),
  duplicateWebhooks: z.boolean().default(false),
});
export type ProviderBehaviour = z.infer<typeof ProviderBehaviour>;
