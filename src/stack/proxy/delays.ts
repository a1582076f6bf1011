/** The delays of many answers, counted in steps of 0.1 ms, so that millions of them need little room. */
export interface Delays {
  add(delayMs: number): void;
  count(): number;
  /** The delay that this share of the answers did not exceed; 0 without answers. */
  quantileMs(share: number): number;
}

const STEPS_PER_MS = 10;

export function createDelays(): Delays {
  const counts = new Map<number, number>();
  let total = 0;
  return {
    add(delayMs) {
      const step = Math.round(delayMs * STEPS_PER_MS);
      counts.set(step, (counts.get(step) ?? 0) + 1);
      total += 1;
    },
    count: () => total,
    quantileMs(share) {
      const rank = Math.max(1, Math.ceil(share * total));
      let seen = 0;
      for (const [step, count] of [...counts].sort(([a], [b]) => a - b)) {
        seen += count;
        if (seen >= rank) return step / STEPS_PER_MS;
      }
      return 0;
    },
  };
}
