import {
  BrokenCircuitError,
  type CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { request as send } from 'undici';
import { ProviderPayment } from '../../../../src/protocol/payments.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { asCharge, asFound, asRefund } from './provider-answer.ts';

const RETRIES_MAX = 2;
const RETRY_AFTER_MS = { initialDelay: 50, maxDelay: 500 };
/** So many failures in a row, and the provider is left alone for a while. */
const FAILURES_MAX = 5;
const PROBE_AFTER_MS = 2_000;

/**
 * A provider behind HTTP. A call that fails quickly is tried again, after a while that differs from caller to caller; one
 * that got no answer in time is not, because its caller has waited long enough and the answer can be looked up. When the
 * provider keeps failing the circuit opens: calls fail at once, until one that is let through for a try succeeds.
 */
export function createHttpGateway(options: {
  /** Base URL of the provider. */
  url: string;
  timeoutMs: number;
  /** Where the provider is to tell what becomes of a charge; asked at each charge. */
  webhookUrl(): string | undefined;
  onCircuit(state: CircuitState): void;
}): PaymentGateway {
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
    halfOpenAfter: PROBE_AFTER_MS,
  });
  breaker.onStateChange(options.onCircuit);
  const policy = wrap(
    retry(
      handleWhen((error) => !isCircuitOpen(error) && !(error instanceof TaskCancelledError)),
      { maxAttempts: RETRIES_MAX, backoff: new ExponentialBackoff(RETRY_AFTER_MS) },
    ),
    breaker,
    timeout(options.timeoutMs, TimeoutStrategy.Aggressive),
  );

  /** Answers with the payment, or undefined when the provider knows none. `onFailure` hears of every try that failed. */
  function call(
    method: 'GET' | 'POST',
    path: string,
    { body, onFailure = () => {} }: { body?: object; onFailure?(error: unknown): void } = {},
  ): Promise<ProviderPayment | undefined> {
    return policy.execute(async ({ signal }) => {
      try {
        const { statusCode, body: answer } = await send(new URL(path, options.url), {
          method,
          signal,
          ...(body !== undefined && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        });
        const text = await answer.text();
        if (statusCode === 404) return undefined;
        if (statusCode >= 300) throw new Error(`the provider answered ${statusCode}: ${text}`);
        return ProviderPayment.parse(JSON.parse(text));
      } catch (error) {
        onFailure(error);
        throw error;
      }
      // A signal of its own: Cockatiel would have all calls listen to one, and Node would warn of a leak.
    }, new AbortController().signal);
  }

  return {
    async charge(request) {
      let mayHaveArrived = false;
      try {
        const payment = await call('POST', '/payments', {
          body: { ...request, webhookUrl: options.webhookUrl() },
          onFailure: (error) => {
            if (!isNeverSent(error)) mayHaveArrived = true;
          },
        });
        if (payment === undefined) throw new Error('the provider has no /payments');
        return asCharge(payment);
      } catch (error) {
        if (error instanceof TaskCancelledError) mayHaveArrived = true;
        return { outcome: mayHaveArrived ? 'unknown' : 'unavailable' };
      }
    },
    async find(paymentId) {
      try {
        return asFound(await call('GET', `/payments/${paymentId}`));
      } catch {
        return { outcome: 'unavailable' };
      }
    },
    async refund(paymentId) {
      let payment: ProviderPayment | undefined;
      try {
        payment = await call('POST', `/payments/${paymentId}/refund`);
      } catch {
        return { outcome: 'unavailable' };
      }
      if (payment === undefined) throw new Error('the provider has no refunds');
      return asRefund(payment);
    },
  };
}

const isCircuitOpen = (error: unknown): boolean => error instanceof BrokenCircuitError;

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** No connection came about. On one that broke, the request may have gone out before. */
function isNeverSent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NEVER_SENT.has(String(error.code));
}
