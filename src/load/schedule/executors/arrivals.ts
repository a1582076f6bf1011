import { z } from 'zod';
import type { Buyer } from '../../vu/vu-runner.ts';
import { type Pacer, sharePacer } from '../pacer.ts';
import type { ScenarioRun } from '../scenario-run.ts';
import { partOf } from '../share.ts';
import type { ExecutorPlan } from './executor.ts';

/** The fields that say how many buyers an open model may have. */
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
 * finds every buyer busy and no more to hire is dropped and counted, not put off.
 */
async function runArrivals(pacer: Pacer, vusMax: number, run: ScenarioRun): Promise<void> {
  const idle: Buyer[] = [...run.buyers];
  const turns = new Set<Promise<void>>();
  let hired = idle.length;

  function arrive(index: number): void {
    let buyer = idle.pop();
    if (!buyer && hired < vusMax) {
      hired += 1;
      buyer = run.hire();
    }
    if (!buyer) {
      run.drop();
      return;
    }
    const visitor = buyer;
    const turn = run.takeTurn(visitor, pacer.dueMs(index)).then(() => {
      turns.delete(turn);
      idle.push(visitor);
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
