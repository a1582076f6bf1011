import * as z from 'zod';
import { partOf } from '../share.ts';
import { defineExecutor, type ExecutorPlan } from './executor.ts';
import { iterationLimits } from './iterations.ts';

/** Every VU runs the same fixed number of iterations. */
export const perVuIterations = defineExecutor({
  name: 'per-vu-iterations',
  fields: z.strictObject(iterationLimits),
  plan: ({ vus, iterations, maxDuration }) => planEach(vus, iterations, maxDuration),
});

function planEach(vus: number, iterations: number, durationMs: number): ExecutorPlan {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs,
    iterations: vus * iterations,
    share: (share) => planEach(partOf(vus, share), iterations, durationMs),
    async run(run) {
      await Promise.all(
        run.vus.map(async (vu) => {
          let left = iterations;
          await vu.runWhile(() => {
            if (left === 0 || !run.isOpen()) return false;
            left -= 1;
            return true;
          });
          if (left > 0 && run.elapsedMs() >= durationMs) run.drop(left);
        }),
      );
    },
  };
}
