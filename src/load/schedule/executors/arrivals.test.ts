import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VuRunner } from '../../vu/vu-runner.ts';
import { constantPacer, rampingPacer } from '../pacer.ts';
import type { ScenarioRun } from '../scenario-run.ts';
import { planArrivals } from './arrivals.ts';
import type { ExecutorPlan } from './executor.ts';

/**
 * A scenario in virtual time: waiting moves the clock, turns end after so many virtual milliseconds, and nothing else
 * passes. `stallMs` makes every wait last longer than asked, as on a busy machine.
 */
function createVirtualRun({
  vusStart,
  turnMs,
  stallMs,
}: {
  vusStart: number;
  turnMs: number;
  stallMs: number;
}) {
  let clockMs = 0;
  let stopped = false;
  const running: { endsAtMs: number; end: () => void }[] = [];
  const started: { dueMs: number; atMs: number }[] = [];
  let dropped = 0;
  let created = 0;
  const addVu = (): VuRunner => {
    created += 1;
    return {} as VuRunner;
  };
  async function advance(toMs: number): Promise<void> {
    clockMs = toMs;
    for (const turn of running.splice(0)) {
      if (turn.endsAtMs <= clockMs) turn.end();
      else running.push(turn);
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
    runIteration(_buyer, dueMs) {
      started.push({ dueMs: dueMs as number, atMs: clockMs });
      return new Promise((end) => {
        running.push({ endsAtMs: clockMs + turnMs, end });
      });
    },
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
    /** Runs a plan to its end: once all arrivals are through, or nothing more begins, every turn ends. */
    async finish(plan: ExecutorPlan): Promise<void> {
      let done = false;
      const work = plan.run(run).then(() => {
        done = true;
      });
      while (!done) {
        await new Promise(setImmediate);
        const through = started.length + dropped === plan.iterations;
        if (through || stopped) for (const turn of running.splice(0)) turn.end();
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
          const virtual = createVirtualRun({ vusStart: 0, turnMs: 5, stallMs });
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

  it('does the same for ramps', async () => {
    const pacer = rampingPacer({
      startPerMs: 0,
      stages: [
        { targetPerMs: 0.2, durationMs: 1_000 },
        { targetPerMs: 0, durationMs: 1_000 },
      ],
    });
    const virtual = createVirtualRun({ vusStart: 5, turnMs: 5, stallMs: 0 });
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 5, maxVUs: 50 }));
    expect(virtual.facts().started).toHaveLength(200);
  });

  it('hires up to maxVUs and drops what finds everybody busy', async () => {
    const pacer = constantPacer({ ratePerMs: 0.1, durationMs: 1_000 });
    const virtual = createVirtualRun({ vusStart: 2, turnMs: 1e9, stallMs: 0 });
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 2, maxVUs: 7 }));
    const { started, dropped, created } = virtual.facts();
    expect([started.length, dropped, created]).toEqual([7, 93, 7]);
  });

  it('begins nothing more once the run is stopped', async () => {
    const pacer = constantPacer({ ratePerMs: 1, durationMs: 10_000 });
    const virtual = createVirtualRun({ vusStart: 1, turnMs: 1, stallMs: 0 });
    const { wait } = virtual.run;
    virtual.run.wait = async (durationMs) => {
      await wait(durationMs);
      if (virtual.facts().started.length >= 50) virtual.stop();
    };
    await virtual.finish(planArrivals(pacer, { preAllocatedVUs: 1, maxVUs: 10 }));
    expect(virtual.facts().started.length).toBeLessThan(60);
  });
});
