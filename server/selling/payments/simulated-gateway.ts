import { setTimeout as delay } from 'node:timers/promises';
import type { ChargeRequest, PaymentGateway } from '../payment-gateway.ts';

/**
 * A payment provider that lives in this process. It declines every transaction id that starts with `decline`, takes
 * `latencyMs` for each call, and remembers its payments as long as the process lives, as a provider would for ever.
 */
export function createSimulatedGateway(options: { latencyMs: number }): PaymentGateway {
  const payments = new Map<string, { purpose: string; amount: string; refunded: boolean }>();
  const travel = async () => {
    if (options.latencyMs > 0) await delay(options.latencyMs);
  };

  return {
    async charge({ transactionId, purpose, amount }: ChargeRequest) {
      await travel();
      if (transactionId.startsWith('decline')) {
        return { outcome: 'declined', reason: 'The bank declined the payment.' };
      }
      const known = payments.get(transactionId);
      if (known === undefined) {
        payments.set(transactionId, { purpose, amount, refunded: false });
        return { outcome: 'charged' };
      }
      if (known.refunded) {
        return { outcome: 'declined', reason: 'This transaction was refunded; use a new one.' };
      }
      if (known.purpose !== purpose || known.amount !== amount) {
        return { outcome: 'declined', reason: 'This transaction has paid for something else.' };
      }
      return { outcome: 'charged' };
    },
    async refund(transactionId) {
      await travel();
      const known = payments.get(transactionId);
      if (known !== undefined) known.refunded = true;
    },
  };
}
