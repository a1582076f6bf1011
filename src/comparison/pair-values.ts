/**
 * The figure of a side in each pair: the geometric mean of its runs in it, which leaves less of the noise of a single run. Null for
 * a pair in which a run has no figure above 0, or is missing.
 *
 * @param values the figure of every run, in the order in which they were made
 */
export function pairValues(
  values: readonly (number | null)[],
  runsPerPair: number,
): (number | null)[] {
  const pairs = Math.ceil(values.length / runsPerPair);
  return Array.from({ length: pairs }, (_, pair) => {
    const runs = values.slice(pair * runsPerPair, (pair + 1) * runsPerPair);
    const known = runs.filter((value) => value !== null && value > 0) as number[];
    if (known.length < runsPerPair) return null;
    return known.reduce((product, value) => product * value, 1) ** (1 / runsPerPair);
  });
}
