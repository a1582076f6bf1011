/**
 * The runs of a pair in their order, each with the place of its side and the number of times that this side ran in the pair by
 * then. There and back, as 0 1 1 0, and the next pair as 1 0 0 1: what changes evenly meets all sides alike, and what a first run
 * warms up helps none more than another.
 */
export function orderOfRuns(
  sides: number,
  pair: number,
  runsPerPair: number,
): { place: number; time: number }[] {
  const there = Array.from({ length: sides }, (_, place) => (place + pair - 1) % sides);
  const back = there.toReversed();
  return Array.from({ length: runsPerPair }, (_, turn) =>
    (turn % 2 === 0 ? there : back).map((place) => ({ place, time: turn + 1 })),
  ).flat();
}
