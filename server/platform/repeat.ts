import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again, one pass after another. */
export interface Repeated {
  start(): void;
  /** Resolves when the pass under way, if any, has ended. */
  stop(): Promise<void>;
}

/** After so many passes in a row that had nothing to do, the next ones come at the longer interval. */
const IDLE_AFTER = 40;

/**
 * Runs `pass` every `intervalMs`, counted from the end of the pass before. A pass must end soon when its signal is aborted.
 * Of several failures in a row `onFailure` gets the first; `onRecovery` is called when a pass succeeds again.
 */
export function repeat(options: {
  /** Resolves to false when there was nothing to do. */
  pass(signal: AbortSignal): Promise<unknown>;
  intervalMs: number;
  /** The interval while there is nothing to do for long; absent: the same. */
  idleIntervalMs?: number;
  onFailure(error: unknown): void;
  onRecovery?(): void;
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}): Repeated {
  const { pass, intervalMs, idleIntervalMs = intervalMs, onFailure, onRecovery } = options;
  const { wait = (ms, signal) => delay(ms, undefined, { signal }) } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let isFailing = false;
    let idlePasses = 0;
    while (!signal.aborted) {
      try {
        idlePasses = (await pass(signal)) === false ? idlePasses + 1 : 0;
        if (isFailing) onRecovery?.();
        isFailing = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!isFailing) onFailure(error);
        isFailing = true;
      }
      const isIdle = idlePasses >= IDLE_AFTER;
      await wait(isIdle ? idleIntervalMs : intervalMs, signal).catch(() => {});
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
