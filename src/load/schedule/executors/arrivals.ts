import { TOO_MANY_VUS, VUS_MAX } from '../limits.ts';
import { type Pacer, sharePacer } from '../pacer.ts';
import { partOf } from '../share.ts';
import { wholeNumber } from '../whole-number.ts';
import type { ExecutorPlan, ExecutorVu, ScenarioRun } from './executor.ts';

/** The fields that limit the number of VUs of an open model. */
export const vuLimits = {
  preAllocatedVUs: wholeNumber((vus) => vus.min(0).max(VUS_MAX, TOO_MANY_VUS)),
  maxVUs: wholeNumber((vus) => vus.min(1).max(VUS_MAX, TOO_MANY_VUS)).optional(),
};

/** So many arrivals begin before answers and signals are heard again, however late they all are. */
const ARRIVALS_AT_ONCE = 10_000;

/** The plan of every executor with a schedule of arrivals; those executors differ in the schedule alone. */
export function planArrivals(
  pacer: Pacer,
  { preAllocatedVUs, maxVUs }: { preAllocatedVUs: number; maxVUs?: number },
): ExecutorPlan {
  const vusMax = maxVUs ?? preAllocatedVUs;
  if (vusMax < 1) throw new Error('preAllocatedVUs or maxVUs must be at least 1');
  if (vusMax < preAllocatedVUs) {
    throw new Error(`maxVUs (${vusMax}) cannot be less than preAllocatedVUs (${preAllocatedVUs})`);
  }
  return {
    vusStart: preAllocatedVUs,
    vusMax,
    durationMs: pacer.durationMs,
    iterations: pacer.arrivals,
    offeredBy: pacer.arrivalsBy,
    share: (share) =>
      planArrivals(sharePacer(pacer, share), {
        preAllocatedVUs: partOf(preAllocatedVUs, share),
        maxVUs: partOf(vusMax, share),
      }),
    run: (run) => runArrivals(pacer, vusMax, run),
  };
}

/**
 * Starts each arrival of the schedule at its due time, with one coarse timer on absolute times. Arrivals that fell due
 * while the process was busy start at once and their lateness is measured, so neither the number of arrivals nor their
 * due times ever drift. An arrival that finds every VU busy, and `vusMax` of them made, is dropped and counted.
 */
async function runArrivals(pacer: Pacer, vusMax: number, run: ScenarioRun): Promise<void> {
  const idle: ExecutorVu[] = [...run.vus];
  const running = new Set<Promise<void>>();
  let created = idle.length;

  function arrive(index: number): void {
    let vu = idle.pop();
    if (!vu && created < vusMax) {
      created += 1;
      vu = run.addVu();
    }
    if (!vu) {
      run.drop();
      return;
    }
    const busy = vu;
    const iteration = busy.runIteration(pacer.dueMs(index)).then(() => {
      running.delete(iteration);
      idle.push(busy);
    });
    running.add(iteration);
  }

  let next = 0;
  while (next < pacer.arrivals && !run.isStopped()) {
    const elapsedMs = run.elapsedMs();
    const last = Math.min(pacer.arrivals, next + ARRIVALS_AT_ONCE);
    while (next < last && pacer.dueMs(next) <= elapsedMs) {
      arrive(next);
      next += 1;
    }
    if (next < pacer.arrivals) await run.wait(pacer.dueMs(next) - run.elapsedMs());
  }
  await Promise.all(running);
}
