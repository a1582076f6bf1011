import * as z from 'zod';
import { partOf } from '../share.ts';
import { defineExecutor, type ExecutorPlan } from './executor.ts';
import { iterationLimits } from './iterations.ts';

/** A fixed number of iterations in all; each VU that is free runs the next one. */
export const sharedIterations = defineExecutor({
  name: 'shared-iterations',
  fields: z.strictObject(iterationLimits),
  plan({ vus, iterations, maxDuration }) {
    if (vus > iterations) {
      throw new Error(
        `the number of iterations (${iterations}) shouldn't be less than the number of VUs (${vus})`,
      );
    }
    return planShared(vus, iterations, maxDuration);
  },
});

function planShared(vus: number, iterations: number, durationMs: number): ExecutorPlan {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs,
    iterations,
    share: (share) => planShared(partOf(vus, share), partOf(iterations, share), durationMs),
    async run(run) {
      let begun = 0;
      function takesNext(): boolean {
        if (begun === iterations || !run.isOpen()) return false;
        begun += 1;
        return true;
      }
      await Promise.all(run.vus.map((vu) => vu.runWhile(takesNext)));
      if (begun < iterations && run.elapsedMs() >= durationMs) run.drop(iterations - begun);
    },
  };
}
