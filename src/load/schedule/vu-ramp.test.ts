import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVuRamp, type VuRamp, type VuStage } from './vu-ramp.ts';

const spec = fc.record({
  startVus: fc.integer({ min: 0, max: 200 }),
  stages: fc.array(
    fc.record({
      target: fc.integer({ min: 0, max: 200 }),
      durationMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const vusAt = (ramp: VuRamp, elapsedMs: number): number =>
  ramp.steps.findLast(({ atMs }) => atMs <= elapsedMs)?.vus ?? 0;

describe('a ramp of VUs', () => {
  it('has at any moment the line between the targets, rounded down while it rises and up while it falls', () => {
    fc.assert(
      fc.property(spec, fc.double({ min: 0, max: 1, noNaN: true }), ({ startVus, stages }, at) => {
        const ramp = createVuRamp({ startVus, stages });
        const elapsedMs = at * ramp.durationMs;
        const { line, isRising } = lineAt(startVus, stages, elapsedMs);
        // Close to a whole number, rounding may give the number on either side.
        const whole = isRising ? Math.floor : Math.ceil;
        expect([whole(line - 1e-6), whole(line + 1e-6)]).toContain(vusAt(ramp, elapsedMs));
      }),
    );
  });

  it('changes by one VU at a time, in ascending order, except in a stage without duration', () => {
    fc.assert(
      fc.property(spec, ({ startVus, stages }) => {
        const { steps, vusMax, durationMs } = createVuRamp({ startVus, stages });
        const jumps = new Set(
          stages.flatMap((stage, i) => (stage.durationMs === 0 ? [endOf(stages, i)] : [])),
        );
        for (const [index, step] of steps.entries()) {
          expect(step.vus).toBeGreaterThanOrEqual(0);
          expect(step.vus).toBeLessThanOrEqual(vusMax);
          expect(step.atMs).toBeLessThanOrEqual(durationMs);
          const before = steps[index - 1];
          if (!before) continue;
          expect(step.atMs).toBeGreaterThanOrEqual(before.atMs);
          if (!jumps.has(step.atMs)) expect(Math.abs(step.vus - before.vus)).toBe(1);
        }
        expect(steps.at(-1)?.vus).toBe(stages.at(-1)?.target);
      }),
    );
  });

  it('begins and ends a VU when k6 does', () => {
    const { steps, vusMax, durationMs } = createVuRamp({
      startVus: 4,
      stages: [
        { target: 6, durationMs: 2_000 },
        { target: 1, durationMs: 5_000 },
        { target: 5, durationMs: 0 },
        { target: 5, durationMs: 1_000 },
      ],
    });
    expect([vusMax, durationMs]).toEqual([6, 8_000]);
    expect(steps.map(({ atMs, vus }) => [atMs, vus])).toEqual([
      [0, 4],
      [1_000, 5],
      [2_000, 6],
      [3_000, 5],
      [4_000, 4],
      [5_000, 3],
      [6_000, 2],
      [7_000, 1],
      [7_000, 5],
    ]);
  });
});

const endOf = (stages: VuStage[], index: number): number =>
  stages.slice(0, index + 1).reduce((sum, { durationMs }) => sum + durationMs, 0);

/** The same line, calculated in another way: from the stage of a moment, and the moment's place in the stage. */
function lineAt(
  startVus: number,
  stages: VuStage[],
  elapsedMs: number,
): { line: number; isRising: boolean } {
  let [from, startMs] = [startVus, 0];
  for (const { target, durationMs } of stages) {
    if (durationMs > 0 && elapsedMs < startMs + durationMs) {
      const line = from + ((target - from) * (elapsedMs - startMs)) / durationMs;
      return { line, isRising: target > from };
    }
    from = target;
    startMs += durationMs;
  }
  return { line: from, isRising: true };
}
