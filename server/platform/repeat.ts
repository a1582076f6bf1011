import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again, one pass after another. */
export interface Repeated {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `pass` every `intervalMs`, counted from the end of the pass before. A pass must end soon when its signal is aborted.
 * Of several failures in a row `onFailure` gets the first; `onRecovery` is called when a pass succeeds again.
 */
export function repeat(options: {
  pass(signal: AbortSignal): Promise<void>;
  intervalMs: number;
  onFailure(error: unknown): void;
  onRecovery?(): void;
}): Repeated {
  const { pass, intervalMs, onFailure, onRecovery } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let isFailing = false;
    while (!signal.aborted) {
      try {
        await pass(signal);
        if (isFailing) onRecovery?.();
        isFailing = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!isFailing) onFailure(error);
        isFailing = true;
      }
      await delay(intervalMs, undefined, { signal }).catch(() => {});
    }
  }

  return {
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
