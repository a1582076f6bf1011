import {
  BrokenCircuitError,
  CircuitState,
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
import { rootMessage } from '../../src/kernel/errors.ts';

/** Calls to a service outside of this server. */
export interface GuardedCalls {
  /** Rejects with the error of the last try; at once while the circuit is open. */
  call<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** The last error, while the service keeps failing; undefined while the circuit is closed. */
  whyOpen(): string | undefined;
}

const RETRY_AFTER_MS = { initialDelay: 50, maxDelay: 500 };

/**
 * Guards calls: each has a time, one that fails quickly is tried again after a delay with a random part, and when the service
 * keeps failing the circuit opens: calls fail at once until one that is let through succeeds. A call without an answer in
 * time is not tried again here, because it may have had its effect.
 */
export function createGuardedCalls(options: {
  timeoutMs: number;
  retriesMax: number;
  /** Failures in a row after which the circuit opens. */
  failuresMax: number;
  /** Time after which an open circuit lets one call through. */
  probeAfterMs: number;
  onCircuit(state: CircuitState): void;
}): GuardedCalls {
  let lastError: unknown;
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(options.failuresMax),
    halfOpenAfter: options.probeAfterMs,
  });
  breaker.onStateChange(options.onCircuit);
  const policy = wrap(
    retry(
      handleWhen(
        (error) => !(error instanceof BrokenCircuitError) && !(error instanceof TaskCancelledError),
      ),
      { maxAttempts: options.retriesMax, backoff: new ExponentialBackoff(RETRY_AFTER_MS) },
    ),
    breaker,
    timeout(options.timeoutMs, TimeoutStrategy.Aggressive),
  );

  return {
    async call(work) {
      try {
        // Each call gets its own signal. Without one, Cockatiel shares a signal, and Node warns of a leak of listeners.
        return await policy.execute(({ signal }) => work(signal), new AbortController().signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) lastError = error;
        throw error;
      }
    },
    whyOpen: () => (breaker.state === CircuitState.Closed ? undefined : rootMessage(lastError)),
  };
}
