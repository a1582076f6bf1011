/** So many a second at most, evenly apart: answers how many milliseconds the next one has to wait for its turn. */
export function createRateLimit(perSecond: number, now: () => number): () => number {
  const gapMs = 1_000 / perSecond;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const calledAtMs = now();
    const atMs = Math.max(calledAtMs, nextAtMs);
    nextAtMs = atMs + gapMs;
    return atMs - calledAtMs;
  };
}
