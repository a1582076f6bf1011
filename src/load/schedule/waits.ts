/** Waits that all end early when the run is stopped. */
export interface Waits {
  /** Resolves after that many milliseconds; at once after `endAll`. */
  wait(durationMs: number): Promise<void>;
  /** Ends every wait now, and every later one at once. */
  endAll(): void;
}

export function createWaits(): Waits {
  const pending = new Set<() => void>();
  let ended = false;

  return {
    wait(durationMs) {
      if (ended) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          pending.delete(end);
          resolve();
        };
        const timer = setTimeout(end, durationMs);
        pending.add(end);
      });
    },
    endAll() {
      ended = true;
      for (const end of [...pending]) end();
    },
  };
}
