/** Lines of one kind that are written in one interval. The rest is counted. */
const LINES_MAX = 10;
/** The same for an interval after one in which lines were left out: by then somebody knows how it looks. */
const LINES_MAX_THEN = 1;
const INTERVAL_MS = 1_000;
/** More kinds than a program has. Beyond that they are forgotten, so that texts made from requests fill no memory. */
const KINDS_MAX = 1_000;

interface Tally {
  sinceMs: number;
  linesMax: number;
  lines: number;
  leftOut: number;
}

/**
 * Thins out lines that repeat. In an outage thousands of requests a second fail in the same way, and a line of some
 * kilobytes for each would fill the disk before anybody reads the first.
 *
 * @returns a function that takes the kind of a line and returns how many lines of this kind were left out since the last
 *   one; undefined when this line is to be left out as well
 */
export function createThinning(nowMs: () => number): (kind: string) => number | undefined {
  const tallies = new Map<string, Tally>();

  return (kind) => {
    const now = nowMs();
    const tally = tallies.get(kind);
    // A clock that was set back begins a new interval, too.
    if (tally !== undefined && Math.abs(now - tally.sinceMs) < INTERVAL_MS) {
      tally.lines += 1;
      if (tally.lines <= tally.linesMax) return 0;
      tally.leftOut += 1;
      return undefined;
    }
    if (tallies.size >= KINDS_MAX) tallies.clear();
    const leftOut = tally?.leftOut ?? 0;
    const linesMax = leftOut > 0 ? LINES_MAX_THEN : LINES_MAX;
    tallies.set(kind, { sinceMs: now, linesMax, lines: 1, leftOut: 0 });
    return leftOut;
  };
}
