import * as z from 'zod';
import { PaymentEvent } from '../../../src/protocol/payments.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

export const paymentEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/payments/webhook',
    tag: 'Payments',
    summary: 'Receive the result of a payment from the payment provider; the body is signed',
    access: 'public',
    body: PaymentEvent,
    answers: { 200: z.object({ received: z.literal(true) }) },
    refusals: ['INVALID_SIGNATURE'],
  },
];
