import * as z from 'zod';
import { refuseConfig, whole } from './forms.ts';

export const paymentVariables = {
  PAYMENT_URL: z.url({ protocol: /^https?$/, error: 'must look like http://host:port' }).optional(),
  PAYMENT_TIMEOUT_MS: whole(1, 600_000).default(3_000),
  PAYMENT_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must look like http://host:port/path' })
    .optional(),
  PAYMENT_WEBHOOK_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  PAYMENT_LATENCY_MS: whole(0, 60_000).default(0),
};

export interface PaymentConfig {
  /** The provider behind HTTP. Absent: this process simulates one, which takes `paymentLatencyMs` for a charge. */
  payment?: {
    url: string;
    timeoutMs: number;
    /** Address of any server of this shop to which the provider sends webhooks; absent: the address of this one. */
    webhookUrl?: string;
    webhookSecret: string;
  };
  paymentLatencyMs: number;
}

/** @throws UserError (exit 2) for a provider without a webhook secret, or a secret without a provider */
export function readPayments(read: z.output<z.ZodObject<typeof paymentVariables>>): PaymentConfig {
  const { PAYMENT_URL: url, PAYMENT_WEBHOOK_SECRET: webhookSecret } = read;
  if ((url === undefined) !== (webhookSecret === undefined)) {
    throw refuseConfig(
      ['PAYMENT_URL and PAYMENT_WEBHOOK_SECRET name a payment provider only together'],
      'set both or neither',
    );
  }
  const isExternal = url !== undefined && webhookSecret !== undefined;
  return {
    payment: isExternal
      ? {
          url,
          timeoutMs: read.PAYMENT_TIMEOUT_MS,
          webhookUrl: read.PAYMENT_WEBHOOK_URL,
          webhookSecret,
        }
      : undefined,
    paymentLatencyMs: read.PAYMENT_LATENCY_MS,
  };
}
