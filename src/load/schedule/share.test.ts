import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantPacer, rampingPacer, sharePacer } from './pacer.ts';
import {
  numberOf,
  partOf,
  shareOfProcess,
  shareOfWorker,
  shareWithin,
  workersBeside,
} from './share.ts';
import { createVuRamp, shareRamp } from './vu-ramp.ts';

const workers = fc.integer({ min: 1, max: 9 });
const sharesOf = (of: number) => Array.from({ length: of }, (_, index) => ({ index, of }));
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('shares', () => {
  it('contain every number exactly once, together', () => {
    fc.assert(
      fc.property(workers, fc.integer({ min: 0, max: 500 }), (of, count) => {
        const numbers = sharesOf(of).flatMap((share) =>
          Array.from({ length: partOf(count, share) }, (_, n) => numberOf(n, share)),
        );
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
      }),
    );
  });

  it('of the workers of several processes contain every number exactly once, and know how many take part', () => {
    fc.assert(
      fc.property(
        workers,
        workers,
        fc.integer({ min: 0, max: 200 }),
        (processes, threads, count) => {
          const ofProcess = sharesOf(processes).map(({ index, of }) =>
            sharesOf(threads).map((worker) =>
              shareOfWorker(shareOfProcess(index, of), worker.index, worker.of),
            ),
          );
          const numbers = ofProcess
            .flat()
            .flatMap((share) =>
              Array.from({ length: partOf(count, share) }, (_, n) => numberOf(n, share)),
            );
          expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
          for (const shares of ofProcess) {
            const taking = shares.filter((share) => partOf(count, share) > 0);
            for (const share of taking) expect(workersBeside(share, count)).toBe(taking.length);
          }
        },
      ),
    );
  });

  it('are no more than can take part', () => {
    expect(sharesOf(4).map((share) => shareWithin(share, 3))).toEqual([...sharesOf(3), undefined]);
  });

  it('of a schedule contain each of its arrivals exactly once, when it is due', () => {
    const rate = fc.double({ min: 0, max: 2, noNaN: true });
    const schedule = fc.oneof(
      fc
        .tuple(fc.double({ min: 0.001, max: 2, noNaN: true }), fc.integer({ min: 1, max: 300 }))
        .map(([ratePerMs, durationMs]) => constantPacer({ ratePerMs, durationMs })),
      fc
        .record({
          startPerMs: rate,
          stages: fc.array(
            fc.record({ targetPerMs: rate, durationMs: fc.integer({ min: 0, max: 300 }) }),
            { minLength: 1, maxLength: 4 },
          ),
        })
        .map(rampingPacer),
    );
    fc.assert(
      fc.property(
        workers,
        schedule,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, whole, at) => {
          const parts = sharesOf(of).map((share) => sharePacer(whole, share));
          const due = parts.flatMap(({ arrivals, dueMs }) =>
            Array.from({ length: arrivals }, (_, index) => dueMs(index)),
          );
          expect(due.sort((a, b) => a - b)).toEqual(
            Array.from({ length: whole.arrivals }, (_, index) => whole.dueMs(index)),
          );
          const elapsedMs = at * whole.durationMs;
          expect(sum(parts.map((part) => part.arrivalsBy(elapsedMs)))).toBe(
            whole.arrivalsBy(elapsedMs),
          );
        },
      ),
    );
  });

  it('of a ramp add up to its VUs, at any moment', () => {
    const spec = fc.record({
      startVus: fc.integer({ min: 0, max: 60 }),
      stages: fc.array(
        fc.record({
          target: fc.integer({ min: 0, max: 60 }),
          durationMs: fc.integer({ min: 0, max: 1_000 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    });
    fc.assert(
      fc.property(workers, spec, (of, stages) => {
        const whole = createVuRamp(stages);
        const parts = sharesOf(of).map((share) => shareRamp(whole, share));
        for (const { atMs } of whole.steps) {
          const vusAt = ({ steps }: typeof whole) =>
            steps.findLast((s) => s.atMs <= atMs)?.vus ?? 0;
          expect(sum(parts.map(vusAt))).toBe(vusAt(whole));
        }
      }),
    );
  });
});
