import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantPacer, type Pacer, rampingPacer } from './pacer.ts';

const perSecond = (rate: number): number => rate / 1_000;

const constant = fc
  .record({
    rate: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
    durationMs: fc.integer({ min: 1, max: 60_000 }),
  })
  .map(({ rate, durationMs }) => constantPacer({ ratePerMs: perSecond(rate), durationMs }));

const ramp = fc.record({
  start: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5_000, noNaN: true })),
  stages: fc.array(
    fc.record({
      target: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5_000, noNaN: true })),
      durationMs: fc.integer({ min: 0, max: 20_000 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const toPacer = ({ start, stages }: typeof ramp extends fc.Arbitrary<infer R> ? R : never): Pacer =>
  rampingPacer({
    startPerMs: perSecond(start),
    stages: stages.map(({ target, durationMs }) => ({
      targetPerMs: perSecond(target),
      durationMs,
    })),
  });

describe('constant pacer', () => {
  it('offers rate × duration arrivals, the first at once', () => {
    const pacer = constantPacer({ ratePerMs: perSecond(10), durationMs: 10_000 });
    expect(pacer.arrivals).toBe(100);
    expect(pacer.dueMs(0)).toBe(0);
    expect(pacer.dueMs(99)).toBeCloseTo(9_900, 6);
  });

  it('is not off by one where rate × duration is not exact in floating point', () => {
    for (const rate of [3, 7, 30, 70, 100, 333, 700, 1_000]) {
      const pacer = constantPacer({ ratePerMs: rate / 1_000, durationMs: 10_000 });
      expect(pacer.arrivals).toBe(rate * 10);
    }
  });

  it('counts by t exactly the arrivals that are due by t', () => {
    fc.assert(
      fc.property(constant, fc.double({ min: 0, max: 1, noNaN: true }), expectCountsToAgree),
    );
  });
});

describe('ramping pacer', () => {
  it('offers the area under the rate', () => {
    const pacer = toPacer({
      start: 0,
      stages: [
        { target: 100, durationMs: 10_000 },
        { target: 100, durationMs: 5_000 },
        { target: 0, durationMs: 10_000 },
      ],
    });
    expect(pacer.arrivals).toBe(500 + 500 + 500);
    expect(pacer.durationMs).toBe(25_000);
  });

  it('makes arrivals due in ascending order and within its duration', () => {
    fc.assert(
      fc.property(ramp, (spec) => {
        const pacer = toPacer(spec);
        const step = Math.max(1, Math.floor(pacer.arrivals / 500));
        let before = 0;
        for (let index = 0; index < pacer.arrivals; index += step) {
          const due = pacer.dueMs(index);
          expect(due).toBeGreaterThanOrEqual(before);
          expect(due).toBeLessThanOrEqual(pacer.durationMs);
          before = due;
        }
      }),
    );
  });

  it('makes arrival n due when the area under the rate is n', () => {
    fc.assert(
      fc.property(ramp, fc.double({ min: 0, max: 1, noNaN: true }), (spec, share) => {
        const pacer = toPacer(spec);
        fc.pre(pacer.arrivals > 0);
        const index = Math.min(pacer.arrivals - 1, Math.floor(share * pacer.arrivals));
        const area = integrate(spec, pacer.dueMs(index));
        // The tolerance is the precision of doubles at this size.
        expect(Math.abs(area - (index + 1))).toBeLessThan(1e-6 * (index + 1) + 1e-6);
      }),
    );
  });

  it('counts by t the whole part of the area under the rate, for random stages', () => {
    fc.assert(
      fc.property(ramp, fc.double({ min: 0, max: 1, noNaN: true }), (spec, share) => {
        const pacer = toPacer(spec);
        const area = integrate(spec, share * pacer.durationMs);
        // Close to a whole number, rounding may give the number on either side.
        const rounding = 1e-6 * (area + 1);
        const count = pacer.arrivalsBy(share * pacer.durationMs);
        expect(count).toBeGreaterThanOrEqual(Math.floor(area - rounding));
        expect(count).toBeLessThanOrEqual(Math.floor(area + rounding));
      }),
    );
  });

  it('counts by t exactly the arrivals that are due by t', () => {
    fc.assert(
      fc.property(
        ramp.map(toPacer),
        fc.double({ min: 0, max: 1, noNaN: true }),
        expectCountsToAgree,
      ),
    );
  });
});

function expectCountsToAgree(pacer: Pacer, share: number): void {
  const elapsedMs = share * pacer.durationMs;
  const count = pacer.arrivalsBy(elapsedMs);
  if (count > 0) expect(pacer.dueMs(count - 1)).toBeLessThanOrEqual(elapsedMs);
  if (count < pacer.arrivals) expect(pacer.dueMs(count)).toBeGreaterThan(elapsedMs);
  expect(pacer.arrivalsBy(pacer.durationMs)).toBe(pacer.arrivals);
  expect(pacer.arrivalsBy(-1)).toBe(0);
}

/** The area under the rate, calculated in another way: by trapezoids, stage by stage. */
function integrate(
  { start, stages }: { start: number; stages: { target: number; durationMs: number }[] },
  untilMs: number,
): number {
  let [area, from, leftMs] = [0, start, untilMs];
  for (const { target, durationMs } of stages) {
    const withinMs = Math.min(durationMs, leftMs);
    const rateAtEnd = durationMs === 0 ? target : from + ((target - from) * withinMs) / durationMs;
    area += ((from + rateAtEnd) / 2 / 1_000) * withinMs;
    from = target;
    leftMs -= withinMs;
    if (leftMs <= 0) break;
  }
  return area;
}
