import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ProviderBehaviour,
  ProviderCharge,
  ProviderPayment,
} from '../../src/protocol/payments.ts';

/** A payment as the provider stores it. */
export interface StoredPayment extends ProviderPayment {
  /** Absent for a payment that was refunded before its charge arrived. */
  charge?: ProviderCharge;
}

export interface Provider {
  /** Resolves when the payment is decided, or at once when the provider decides later and sends a webhook. */
  charge(request: ProviderCharge): Promise<ProviderPayment>;
  find(paymentId: string): ProviderPayment | undefined;
  refund(paymentId: string): ProviderPayment;
}

/**
 * A simulated payment provider. Like a real one it may take long, decline, and leave calls without an answer. It declines
 * every transaction id that starts with `decline`, so that a test can cause it.
 */
export function createProvider(deps: {
  behaviour: ProviderBehaviour;
  seed: number;
  /** The payments of an earlier process; pending ones are decided now. */
  known?: Iterable<StoredPayment>;
  /** Called with every change, before any caller learns of it. */
  remember?(payment: StoredPayment): void;
  /** Called when a payment with a webhook was charged, declined or refunded. */
  tell?(payment: StoredPayment): void;
}): Provider {
  const { behaviour, seed, remember = () => {}, tell = () => {} } = deps;
  const payments = new Map<string, StoredPayment>();
  /** The payment id of each transaction. */
  const paymentOf = new Map<string, string>();
  const decisions = new Map<string, Promise<StoredPayment>>();

  for (const payment of deps.known ?? []) keep(payment);
  for (const payment of payments.values()) if (payment.status === 'pending') decideLater(payment);

  return {
    charge,
    find(paymentId) {
      const payment = payments.get(paymentId);
      return payment && describe(payment);
    },
    refund: (paymentId) => describe(giveBack(paymentId)),
  };

  async function charge(request: ProviderCharge): Promise<ProviderPayment> {
    const { paymentId, transactionId } = request;
    const hangs = isHit('hang', transactionId, behaviour.hangRate);
    if (hangs && isHit('lost', transactionId, 0.5)) return forever();

    const payment = payments.get(paymentId) ?? begin(request);
    const waits = payment.status === 'pending' && !behaviour.async;
    const decided = (waits && (await decisions.get(paymentId))) || payment;
    if (hangs) return forever();
    if (payment.charge !== undefined && payment.charge.amount !== request.amount) {
      return { paymentId, status: 'declined', reason: 'The payment is of another amount.' };
    }
    return describe(decided);
  }

  function begin(request: ProviderCharge): StoredPayment {
    const { paymentId, transactionId } = request;
    if (paymentOf.has(transactionId)) {
      const reason = 'This transaction has paid for something else.';
      return change({ paymentId, status: 'declined', reason, charge: request });
    }
    const payment = change({ paymentId, status: 'pending', charge: request });
    decideLater(payment);
    return payment;
  }

  function decideLater({ paymentId }: StoredPayment): void {
    const { latencyMs } = behaviour;
    const travel = latencyMs > 0 ? delay(latencyMs) : Promise.resolve();
    const decision = travel.then(() => {
      const payment = payments.get(paymentId) as StoredPayment;
      return payment.status === 'pending' ? decide(payment) : payment;
    });
    decisions.set(paymentId, decision);
    void decision.finally(() => decisions.delete(paymentId));
  }

  function decide(payment: StoredPayment): StoredPayment {
    const transactionId = payment.charge?.transactionId ?? '';
    const isDeclined =
      transactionId.startsWith('decline') || isHit('decline', transactionId, behaviour.declineRate);
    return announce(
      isDeclined
        ? { ...payment, status: 'declined', reason: 'The bank declined the payment.' }
        : { ...payment, status: 'charged' },
    );
  }

  function giveBack(paymentId: string): StoredPayment {
    const payment = payments.get(paymentId);
    if (payment === undefined) return change({ paymentId, status: 'void' });
    if (payment.status === 'charged') return announce({ ...payment, status: 'refunded' });
    if (payment.status === 'pending') return change({ ...payment, status: 'void' });
    return payment;
  }

  function announce(payment: StoredPayment): StoredPayment {
    change(payment);
    if (payment.charge?.webhookUrl !== undefined) tell(payment);
    return payment;
  }

  function change(payment: StoredPayment): StoredPayment {
    remember(payment);
    keep(payment);
    return payment;
  }

  function keep(payment: StoredPayment): void {
    payments.set(payment.paymentId, payment);
    const transactionId = payment.charge?.transactionId;
    if (transactionId !== undefined && !paymentOf.has(transactionId)) {
      paymentOf.set(transactionId, payment.paymentId);
    }
  }

  function isHit(what: string, transactionId: string, rate: number): boolean {
    const digest = createHash('sha256').update(`${seed} ${what} ${transactionId}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32 < rate;
  }
}

const forever = (): Promise<never> => new Promise(() => {});

/** The public part of a payment. */
const describe = ({ paymentId, status, reason }: StoredPayment): ProviderPayment => ({
  paymentId,
  status,
  reason,
});
