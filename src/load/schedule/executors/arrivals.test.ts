import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantPacer, rampingPacer } from '../pacer.ts';
import { planArrivals } from './arrivals.ts';
import type { ExecutorPlan, ExecutorVu, ScenarioRun } from './executor.ts';

/**
 * A scenario in virtual time: only waits move the clock, and an iteration ends at the first wait that reaches its
 * `iterationMs`. `stallMs` makes every wait last longer than asked, as on a busy machine.
 */
function createVirtualRun({
  vusStart,
  iterationMs,
  stallMs,
}: {
  vusStart: number;
  iterationMs: number;
  stallMs: number;
}) {
  let clockMs = 0;
  let stopped = false;
  const running: { endsAtMs: number; end: () => void }[] = [];
  const started: { dueMs: number; atMs: number }[] = [];
  let dropped = 0;
  let created = 0;
  const addVu = (): ExecutorVu => {
    created += 1;
    return {
      runIteration(dueMs) {
        started.push({ dueMs: dueMs as number, atMs: clockMs });
        return new Promise((end) => {
          running.push({ endsAtMs: clockMs + iterationMs, end });
        });
      },
      runWhile: () => Promise.reject(new Error('arrivals begin one by one')),
      discard() {},
    };
  };
  async function advance(toMs: number): Promise<void> {
    clockMs = toMs;
    for (const iteration of running.splice(0)) {
      if (iteration.endsAtMs <= clockMs) iteration.end();
      else running.push(iteration);
    }
    await new Promise(setImmediate);
  }
  const run: ScenarioRun = {
    vus: Array.from({ length: vusStart }, addVu),
    addVu,
    elapsedMs: () => clockMs,
    isOpen: () => !stopped,
    isStopped: () => stopped,
    wait: (durationMs) => advance(clockMs + Math.max(1, durationMs) + stallMs),
    drop() {
      dropped += 1;
    },
  };
  return {
    run,
    facts: () => ({ started, dropped, created }),
    stop() {
      stopped = true;
    },
    /** Runs a plan to its end: once every arrival was started or dropped, or the run is stopped, every iteration ends. */
    async finish(plan: ExecutorPlan): Promise<void> {
      let done = false;
      const work = plan.run(run).then(() => {
        done = true;
      });
      while (!done) {
        await new Promise(setImmediate);
        const allArrived = started.length + dropped === plan.iterations;
        if (allArrived || stopped) for (const iteration of running.splice(0)) iteration.end();
      }
      await work;
    },
  };
}

describe('arrivals', () => {
  it('begins every arrival of any schedule exactly once and never early, however late the machine is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 10, max: 2_000 }),
        fc.integer({ min: 0, max: 300 }),
        async (rate, durationMs, stallMs) => {
          const pacer = constantPacer({ ratePerMs: rate / 1_000, durationMs });
          const plan = planArrivals(pacer, { preAllocatedVUs: 0, maxVUs: 100_000 });
          const virtual = createVirtualRun({ vusStart: 0, iterationMs: 5, stallMs });
          await virtual.finish(plan);
          const { started, dropped } = virtual.facts();
          expect(dropped).toBe(0);
          expect(started.map(({ dueMs }) => dueMs)).toEqual(
            Array.from({ length: pacer.arrivals }, (_, index) => pacer.dueMs(index)),
          );
          for (const { dueMs, atMs } of started) expect(atMs).toBeGreaterThanOrEqual(dueMs);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('begins every arrival of a ramp', async () => {
    const pacer = rampingPacer({
      startPerMs: 0,
      stages: [
        { targetPerMs: 0.2, durationMs: 1_000 },
        { targetPerMs: 0, durationMs: 1_000 },
      ],
    });
    const virtual = createVirtualRun({ vusStart: 5, iterationMs: 5, stallMs: 0 });
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 5, maxVUs: 50 }));
    expect(virtual.facts().started).toHaveLength(200);
  });

  it('makes up to maxVUs VUs and drops the arrivals that find all of them busy', async () => {
    const pacer = constantPacer({ ratePerMs: 0.1, durationMs: 1_000 });
    const virtual = createVirtualRun({ vusStart: 2, iterationMs: 1e9, stallMs: 0 });
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 2, maxVUs: 7 }));
    const { started, dropped, created } = virtual.facts();
    expect([started.length, dropped, created]).toEqual([7, 93, 7]);
  });

  it('begins nothing more once the run is stopped', async () => {
    const pacer = constantPacer({ ratePerMs: 1, durationMs: 10_000 });
    const virtual = createVirtualRun({ vusStart: 1, iterationMs: 1, stallMs: 0 });
    const { wait } = virtual.run;
    virtual.run.wait = async (durationMs) => {
      await wait(durationMs);
      if (virtual.facts().started.length >= 50) virtual.stop();
    };
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 1, maxVUs: 10 }));
    expect(virtual.facts().started.length).toBeLessThan(60);
  });
});
