import { numberOf, partOf, type Share } from './share.ts';

/**
 * An arrival schedule as a pure function from the arrival's index to the moment it is due, so that it cannot drift and
 * several workers can each take every n-th index of one schedule.
 */
export interface Pacer {
  /** Arrivals in all. */
  arrivals: number;
  durationMs: number;
  /** When the arrival of that index (from 0) is due, in milliseconds since the start; ascending. */
  dueMs(index: number): number;
  /** Arrivals due up to and at a moment. */
  arrivalsBy(elapsedMs: number): number;
}

export interface RateStage {
  /** Arrivals per millisecond at the stage's end; the rate changes linearly from the stage before. */
  targetPerMs: number;
  durationMs: number;
}

/** The same number of arrivals in every stretch of time; the first at once (as in k6). */
export function constantPacer({
  ratePerMs,
  durationMs,
}: {
  ratePerMs: number;
  durationMs: number;
}): Pacer {
  // Nudged down so that 10/s for 10 s is 100 arrivals even when the product comes out as 100.00000000000001.
  const arrivals = Math.ceil(ratePerMs * durationMs * (1 - Number.EPSILON * 4));
  const dueMs = (index: number): number => index / ratePerMs;
  return {
    arrivals,
    durationMs,
    dueMs,
    arrivalsBy(elapsedMs) {
      if (elapsedMs < 0 || arrivals === 0) return 0;
      return settle(Math.floor(elapsedMs * ratePerMs) + 1, elapsedMs, arrivals, dueMs);
    },
  };
}

/**
 * Rates that change linearly from stage to stage. Arrival n (from 1) is due when the area under the rate reaches n, as
 * in k6; within a stage that is the root of a quadratic, so no sum of rounding errors builds up.
 */
export function rampingPacer({
  startPerMs,
  stages,
}: {
  startPerMs: number;
  stages: RateStage[];
}): Pacer {
  const segments = toSegments(startPerMs, stages);
  const last = segments.at(-1);
  const durationMs = last ? last.startMs + last.durationMs : 0;
  const total = last ? last.areaBefore + areaWithin(last, last.durationMs) : 0;
  const arrivals = Math.floor(total * (1 + Number.EPSILON * 4));

  const dueMs = (index: number): number => {
    const area = index + 1;
    const segment = segmentReaching(segments, area);
    return segment.startMs + Math.min(segment.durationMs, timeToArea(segment, area));
  };
  return {
    arrivals,
    durationMs,
    dueMs,
    arrivalsBy(elapsedMs) {
      if (elapsedMs < 0 || arrivals === 0) return 0;
      const segment = segments.findLast((candidate) => candidate.startMs <= elapsedMs);
      if (!segment) return 0;
      const withinMs = Math.min(segment.durationMs, elapsedMs - segment.startMs);
      const area = segment.areaBefore + areaWithin(segment, withinMs);
      return settle(Math.floor(area), elapsedMs, arrivals, dueMs);
    },
  };
}

/** Of the arrivals of a schedule, those of one worker; together the workers have each exactly once. */
export function sharePacer(pacer: Pacer, share: Share): Pacer {
  return {
    arrivals: partOf(pacer.arrivals, share),
    durationMs: pacer.durationMs,
    dueMs: (index) => pacer.dueMs(numberOf(index, share)),
    arrivalsBy: (elapsedMs) => partOf(pacer.arrivalsBy(elapsedMs), share),
  };
}

interface Segment {
  startMs: number;
  durationMs: number;
  fromPerMs: number;
  toPerMs: number;
  /** Arrivals of all segments before. */
  areaBefore: number;
}

function toSegments(startPerMs: number, stages: RateStage[]): Segment[] {
  const segments: Segment[] = [];
  let [startMs, fromPerMs, areaBefore] = [0, startPerMs, 0];
  for (const { targetPerMs, durationMs } of stages) {
    // A stage of no length is a jump: it has no area and only sets the rate the next one starts from.
    if (durationMs > 0) {
      const segment = { startMs, durationMs, fromPerMs, toPerMs: targetPerMs, areaBefore };
      segments.push(segment);
      startMs += durationMs;
      areaBefore += areaWithin(segment, durationMs);
    }
    fromPerMs = targetPerMs;
  }
  return segments;
}

function areaWithin(segment: Segment, withinMs: number): number {
  const { fromPerMs, toPerMs, durationMs } = segment;
  return fromPerMs * withinMs + ((toPerMs - fromPerMs) * withinMs * withinMs) / (2 * durationMs);
}

/** The first segment by whose end that many arrivals have happened; the last one for what rounding leaves over. */
function segmentReaching(segments: Segment[], area: number): Segment {
  const found = segments.find(
    (segment) => segment.areaBefore + areaWithin(segment, segment.durationMs) >= area,
  );
  return found ?? (segments.at(-1) as Segment);
}

/** Solves from·t + (to − from)/(2·d)·t² = n for t, in the form that loses no digits when the slope is small. */
function timeToArea(segment: Segment, area: number): number {
  const { fromPerMs, toPerMs, durationMs, areaBefore } = segment;
  const needed = area - areaBefore;
  const slope = (toPerMs - fromPerMs) / durationMs;
  const root = Math.sqrt(Math.max(0, fromPerMs * fromPerMs + 2 * slope * needed));
  return (2 * needed) / (fromPerMs + root);
}

/** Makes a count agree with `dueMs` to the last bit, where rounding put it one off. */
function settle(
  guess: number,
  elapsedMs: number,
  arrivals: number,
  dueMs: (index: number) => number,
): number {
  let count = Math.min(arrivals, Math.max(0, guess));
  while (count < arrivals && dueMs(count) <= elapsedMs) count += 1;
  while (count > 0 && dueMs(count - 1) > elapsedMs) count -= 1;
  return count;
}
