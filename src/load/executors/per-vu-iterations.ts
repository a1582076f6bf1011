import { z } from 'zod';
import { defineExecutor } from './executor.ts';
import { iterationLimits } from './iterations.ts';

/** Every VU takes the same fixed number of iterations. */
export const perVuIterations = defineExecutor({
  name: 'per-vu-iterations',
  fields: z.strictObject(iterationLimits),
  plan({ vus, iterations, maxDuration }) {
    return {
      vusStart: vus,
      vusMax: vus,
      durationMs: maxDuration,
      iterations: vus * iterations,
      async run(run) {
        await Promise.all(
          run.buyers.map(async (buyer) => {
            for (let left = iterations; left > 0; left -= 1) {
              if (!run.isOpen()) {
                if (run.elapsedMs() >= maxDuration) run.drop(left);
                return;
              }
              await run.takeTurn(buyer);
            }
          }),
        );
      },
    };
  },
});
