import * as z from 'zod';
import { PaymentEvent, SIGNATURE_HEADER } from '../../../src/protocol/payments.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

export const paymentEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/payments/webhook',
    tag: 'Payments',
    summary: 'Receive the result of a payment from the payment provider; the body is signed',
    access: 'public',
    headers: z.object({
      [SIGNATURE_HEADER]: z
        .string()
        .describe(
          '`t=<seconds since 1970>,v1=<hex HMAC-SHA-256 of "<t>.<body>">`, at most five minutes old.',
        ),
    }),
    body: PaymentEvent,
    answers: { 200: z.object({ received: z.literal(true) }) },
    refusals: ['INVALID_SIGNATURE'],
  },
];
