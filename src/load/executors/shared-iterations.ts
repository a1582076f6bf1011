import { z } from 'zod';
import { positiveDurationMs } from '../duration.ts';
import { defineExecutor } from './executor.ts';

/** A fixed number of iterations; whichever VU is free takes the next one. */
export const sharedIterations = defineExecutor({
  name: 'shared-iterations',
  fields: z.strictObject({
    vus: z.int().min(1).default(1),
    iterations: z.int().min(1).default(1),
    maxDuration: positiveDurationMs.default(600_000),
  }),
  plan({ vus, iterations, maxDuration }) {
    if (vus > iterations) {
      throw new Error(`iterations (${iterations}) cannot be fewer than vus (${vus})`);
    }
    return {
      vusStart: vus,
      vusMax: vus,
      durationMs: maxDuration,
      iterations,
      async run(run) {
        let given = 0;
        await Promise.all(
          run.buyers.map(async (buyer) => {
            while (given < iterations && run.isOpen()) {
              given += 1;
              await run.takeTurn(buyer);
            }
          }),
        );
      },
    };
  },
});
