import { z } from 'zod';
import { positiveDurationMs } from '../duration.ts';
import { defineExecutor } from './executor.ts';
import { vuCount } from './iterations.ts';

/** A fixed number of VUs, each taking one turn after another until the time is over. */
export const constantVus = defineExecutor({
  name: 'constant-vus',
  fields: z.strictObject({
    vus: vuCount,
    duration: positiveDurationMs,
  }),
  plan({ vus, duration }) {
    return {
      vusStart: vus,
      vusMax: vus,
      durationMs: duration,
      async run(run) {
        await Promise.all(
          run.buyers.map(async (buyer) => {
            while (run.isOpen()) await run.takeTurn(buyer);
          }),
        );
      },
    };
  },
});
