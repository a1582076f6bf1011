import { describe, expect, it } from 'vitest';
import type { ProviderPayment } from '../../../../src/protocol/payments.ts';
import { asCharge, asFound, asRefund } from './provider-answer.ts';

const payment = (status: ProviderPayment['status'], reason?: string): ProviderPayment => ({
  ...{ paymentId: '018f0000-0000-7000-8000-000000000001', status, reason },
});

describe('the answer of the provider', () => {
  it('to a charge is its outcome, with a reason when it was declined', () => {
    expect(asCharge(payment('charged'))).toEqual({ outcome: 'charged' });
    expect(asCharge(payment('pending'))).toEqual({ outcome: 'pending' });
    expect(asCharge(payment('declined', 'No money.'))).toEqual({
      outcome: 'declined',
      reason: 'No money.',
    });
    for (const status of ['declined', 'refunded', 'void'] as const) {
      const declined = { outcome: 'declined', reason: expect.stringMatching(/./) };
      expect(asCharge(payment(status))).toEqual(declined);
    }
  });

  it('to a look-up is the state of the payment, where void counts as declined', () => {
    expect(asFound(undefined)).toEqual({ outcome: 'not_found' });
    expect(asFound(payment('void'))).toEqual({ outcome: 'declined' });
    for (const outcome of ['charged', 'pending', 'declined', 'refunded'] as const) {
      expect(asFound(payment(outcome))).toEqual({ outcome });
    }
  });

  it('to a refund must leave no money', () => {
    expect(asRefund(payment('refunded'))).toEqual({ outcome: 'refunded' });
    expect(asRefund(payment('void'))).toEqual({ outcome: 'not_charged' });
    expect(asRefund(payment('declined'))).toEqual({ outcome: 'not_charged' });
    expect(() => asRefund(payment('charged'))).toThrow('charged');
    expect(() => asRefund(payment('pending'))).toThrow('pending');
  });
});
