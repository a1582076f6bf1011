import { z } from 'zod';
import type { VuRunner } from '../../vu/vu-runner.ts';
import { type Pacer, sharePacer } from '../pacer.ts';
import type { ScenarioRun } from '../scenario-run.ts';
import { partOf } from '../share.ts';
import type { ExecutorPlan } from './executor.ts';

/** The fields that say how many vus an open model may have. */
export const vuLimits = {
  preAllocatedVUs: z.int().min(0),
  maxVUs: z.int().min(1).optional(),
};

/** What every executor with a schedule of arrivals does; they differ in the schedule alone. */
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
 * Walks the schedule by one coarse timer on absolute times: what has fallen due while the process was busy starts at
 * once, with its lateness on record, so neither the number of arrivals nor their due times ever drift. An arrival that
 * finds every vu busy and no more to hire is dropped and counted, not put off.
 */
async function runArrivals(pacer: Pacer, vusMax: number, run: ScenarioRun): Promise<void> {
  const idle: VuRunner[] = [...run.vus];
  const turns = new Set<Promise<void>>();
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
    const free = vu;
    const turn = run.runIteration(free, pacer.dueMs(index)).then(() => {
      turns.delete(turn);
      idle.push(free);
    });
    turns.add(turn);
  }

  let next = 0;
  while (next < pacer.arrivals && !run.isStopped()) {
    const elapsedMs = run.elapsedMs();
    while (next < pacer.arrivals && pacer.dueMs(next) <= elapsedMs) {
      arrive(next);
      next += 1;
    }
    if (next < pacer.arrivals) await run.wait(pacer.dueMs(next) - run.elapsedMs());
  }
  await Promise.all(turns);
}
