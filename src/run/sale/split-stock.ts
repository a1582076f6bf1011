/**
 * Splits a number of units in the proportion of some shares. The parts add up to `total` exactly, and each is at least
 * one as long as there are units for that; of fewer units than shares, the first shares get one each.
 */
export function splitStock(total: number, shares: number[]): number[] {
  if (total < shares.length) return shares.map((_, place) => (place < total ? 1 : 0));
  const sum = shares.reduce((all, share) => all + share, 0);
  // A small share would be rounded down to nothing.
  const parts = shares.map((share) => Math.max(1, Math.floor((share * total) / sum)));
  let left = total - parts.reduce((all, part) => all + part, 0);
  while (left !== 0) {
    const step = Math.sign(left);
    const next = furthestFromFair(parts, { total, shares, sum, step });
    parts[next] = (parts[next] as number) + step;
    left -= step;
  }
  return parts;
}

/** The place of the part that deserves one unit more (`step` 1) or can spare one (`step` -1) before all others. */
function furthestFromFair(
  parts: number[],
  { total, shares, sum, step }: { total: number; shares: number[]; sum: number; step: number },
): number {
  let furthest = 0;
  let widest = Number.NEGATIVE_INFINITY;
  for (const [place, part] of parts.entries()) {
    if (step < 0 && part === 1) continue;
    const gap = step * (((shares[place] as number) * total) / sum - part);
    if (gap > widest) [furthest, widest] = [place, gap];
  }
  return furthest;
}
