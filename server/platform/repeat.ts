import { setTimeout as delay } from 'node:timers/promises';

/** Work that comes back again and again, one pass after another. */
export interface Repeated {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/**
 * Does `pass` every `intervalMs`, counted from the end of the one before. A pass gets a signal that tells it to come to
 * its end. One that throws is told once to `onFailure`, until there was a good one again; the next pass does its work.
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
