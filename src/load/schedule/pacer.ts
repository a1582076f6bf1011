import { assertRate } from './limits.ts';
import { numberOf, partOf, type Share } from './share.ts';

/**
 * A schedule of arrivals, as a pure function from an arrival's index to the moment it is due. So the schedule cannot
 * drift, and each of several workers can run every n-th index of one schedule.
 */
export interface Pacer {
  /** Total number of arrivals. */
  arrivals: number;
  durationMs: number;
  /** The moment at which the arrival of that index (from 0) is due, in milliseconds since the start; ascending. */
  dueMs(index: number): number;
  /** Number of arrivals due up to a moment and at it. */
  arrivalsBy(elapsedMs: number): number;
}

export interface RateStage {
  /** Arrivals per millisecond at the stage's end; the rate changes linearly from the stage before. */
  targetPerMs: number;
  durationMs: number;
}

/** Arrivals at a constant rate; the first is due at once, as in k6. */
export function constantPacer({
  ratePerMs,
  durationMs,
}: {
  ratePerMs: number;
  durationMs: number;
}): Pacer {
  assertRate(ratePerMs);
  // The product is made smaller by a few bits, so that 10/s for 10 s are 100 arrivals even when it is 100.00000000000001.
  const arrivals = Math.ceil(ratePerMs * durationMs * (1 - Number.EPSILON * 4));
  const dueMs = (index: number): number => index / ratePerMs;
  return {
    arrivals,
    durationMs,
    dueMs,
    arrivalsBy(elapsedMs) {
      if (elapsedMs < 0 || arrivals === 0) return 0;
      return matchDueTimes(Math.floor(elapsedMs * ratePerMs) + 1, elapsedMs, arrivals, dueMs);
    },
  };
}

/**
 * Arrivals at a rate that changes linearly from stage to stage. Arrival n (from 1) is due when the area under the rate
 * reaches n, as in k6. Within a stage that moment is the root of a quadratic, so rounding errors do not add up.
 */
export function rampingPacer({
  startPerMs,
  stages,
}: {
  startPerMs: number;
  stages: RateStage[];
}): Pacer {
  for (const rate of [startPerMs, ...stages.map(({ targetPerMs }) => targetPerMs)])
    assertRate(rate);
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
      return matchDueTimes(Math.floor(area), elapsedMs, arrivals, dueMs);
    },
  };
}

/** The arrivals of a schedule that one worker runs; over all workers there is each exactly once. */
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
  /** Number of arrivals in all earlier segments, with its fraction. */
  areaBefore: number;
}

function toSegments(startPerMs: number, stages: RateStage[]): Segment[] {
  const segments: Segment[] = [];
  let [startMs, fromPerMs, areaBefore] = [0, startPerMs, 0];
  for (const { targetPerMs, durationMs } of stages) {
    // A stage without duration has no area; it only sets the rate at which the next one starts.
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

/** The first segment at whose end the area is reached; the last one where rounding errors let none reach it. */
function segmentReaching(segments: Segment[], area: number): Segment {
  const found = segments.find(
    (segment) => segment.areaBefore + areaWithin(segment, segment.durationMs) >= area,
  );
  return found ?? (segments.at(-1) as Segment);
}

/** Solves from·t + (to − from)/(2·d)·t² = n for t, in the form that keeps its precision when the slope is small. */
function timeToArea(segment: Segment, area: number): number {
  const { fromPerMs, toPerMs, durationMs, areaBefore } = segment;
  const needed = area - areaBefore;
  const slope = (toPerMs - fromPerMs) / durationMs;
  const root = Math.sqrt(Math.max(0, fromPerMs * fromPerMs + 2 * slope * needed));
  return (2 * needed) / (fromPerMs + root);
}

/** Corrects a count that rounding has made differ from `dueMs`. */
function matchDueTimes(
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
