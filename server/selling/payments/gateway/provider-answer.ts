import type { ProviderPayment } from '../../../../src/protocol/payments.ts';
import type { ChargeOutcome, FindOutcome, RefundOutcome } from './payment-gateway.ts';

/** The outcome of a charge, from the payment that the provider answered with. */
export function asCharge({ status, reason }: ProviderPayment): ChargeOutcome {
  switch (status) {
    case 'charged':
    case 'pending':
      return { outcome: status };
    case 'declined':
      return {
        outcome: 'declined',
        reason: oneLine(reason) || 'The provider declined the payment.',
      };
    case 'refunded':
    case 'void':
      return { outcome: 'declined', reason: 'The payment was refunded; begin a new one.' };
  }
}

const REASON_MAX = 200;

/** A text of the provider as one short line, because it is handed on to the buyer. */
function oneLine(text = ''): string {
  const line = text
    .slice(0, 10 * REASON_MAX)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return line.length > REASON_MAX ? `${line.slice(0, REASON_MAX - 1)}…` : line;
}

export const asFound = (payment: ProviderPayment | undefined): FindOutcome => {
  if (payment === undefined) return { outcome: 'not_found' };
  return { outcome: payment.status === 'void' ? 'declined' : payment.status };
};

/**
 * The outcome of a refund, from the payment that the provider answered with.
 *
 * @throws Error when the payment is still charged or pending, which a refund must not leave it
 */
export function asRefund({ status }: ProviderPayment): RefundOutcome {
  if (status === 'refunded') return { outcome: 'refunded' };
  if (status === 'void' || status === 'declined') return { outcome: 'not_charged' };
  throw new Error(`the provider left a payment ${status} that was to be refunded`);
}
