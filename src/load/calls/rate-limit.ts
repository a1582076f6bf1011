/** Spaces requests evenly, at most `perSecond` a second; each call returns the milliseconds that one request has to wait. */
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
