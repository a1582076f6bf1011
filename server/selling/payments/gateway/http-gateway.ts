import { type CircuitState, TaskCancelledError } from 'cockatiel';
import type { ProviderPayment } from '../../../../src/protocol/payments.ts';
import { createGuardedCalls } from '../../../platform/guarded-calls.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { asCharge, asFound, asRefund } from './provider-answer.ts';
import { readAnswer } from './read-answer.ts';

/** How often a call is tried again, and when the provider is left alone for a while. */
const GUARD = { retriesMax: 2, failuresMax: 5, probeAfterMs: 2_000 };

export interface HttpGateway extends PaymentGateway {
  /** The reason why the provider is left alone; undefined while it works. */
  whyDown(): string | undefined;
}

/**
 * A gateway to a provider behind HTTP, with guarded calls. One without an answer in time is not tried again, because its
 * caller has waited long enough and the result can be looked up.
 */
export function createHttpGateway(options: {
  /** Base URL of the provider. */
  url: string;
  timeoutMs: number;
  /** The address to which the provider sends the result of a charge; called for each charge. */
  webhookUrl(): string | undefined;
  onCircuit(state: CircuitState): void;
}): HttpGateway {
  const { url, timeoutMs, webhookUrl, onCircuit } = options;
  const guarded = createGuardedCalls({ ...GUARD, timeoutMs, onCircuit });

  /** Calls about one payment. Resolves to the payment, or to undefined if the provider has none. Calls `onFailure` for each failed try. */
  function call(
    method: 'GET' | 'POST',
    path: string,
    paymentId: string,
    { body, onFailure = () => {} }: { body?: object; onFailure?(error: unknown): void } = {},
  ): Promise<ProviderPayment | undefined> {
    return guarded.call(async (signal) => {
      try {
        // Loaded here, because many servers have no provider behind HTTP.
        const { default: undici } = await import('undici');
        const answer = await undici.request(new URL(path, url), {
          method,
          signal,
          ...(body !== undefined && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        });
        return await readAnswer(answer, paymentId);
      } catch (error) {
        onFailure(error);
        throw error;
      }
    });
  }

  return {
    async charge(request) {
      let mayHaveArrived = false;
      try {
        const payment = await call('POST', '/payments', request.paymentId, {
          body: { ...request, webhookUrl: webhookUrl() },
          onFailure: (error) => {
            if (!isNeverSent(error)) mayHaveArrived = true;
          },
        });
        // A 404 is no word of the provider's about this payment: a balancer without a backend says it, and so may a server
        // that has charged before it failed. The look-up decides.
        return payment === undefined ? { outcome: 'unknown' } : asCharge(payment);
      } catch (error) {
        if (error instanceof TaskCancelledError) mayHaveArrived = true;
        return { outcome: mayHaveArrived ? 'unknown' : 'unavailable' };
      }
    },
    async find(paymentId) {
      try {
        return asFound(await call('GET', `/payments/${paymentId}`, paymentId));
      } catch {
        return { outcome: 'unavailable' };
      }
    },
    async refund(paymentId) {
      let payment: ProviderPayment | undefined;
      try {
        payment = await call('POST', `/payments/${paymentId}/refund`, paymentId);
      } catch {
        return { outcome: 'unavailable' };
      }
      // The money is owed until the provider says that it has none: the call is repeated.
      return payment === undefined ? { outcome: 'unavailable' } : asRefund(payment);
    },
    whyDown: guarded.whyOpen,
  };
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** True for errors without a connection. A connection that broke may have carried the request before. */
function isNeverSent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NEVER_SENT.has(String(error.code));
}
