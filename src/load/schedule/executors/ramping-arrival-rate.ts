import * as z from 'zod';
import { formatRate } from '../../../kernel/format.ts';
import { positiveDurationMs } from '../duration.ts';
import { rampingPacer } from '../pacer.ts';
import { wholeNumber } from '../whole-number.ts';
import { planArrivals, vuLimits } from './arrivals.ts';
import { defineExecutor } from './executor.ts';
import { checkStages, stages } from './stages.ts';

/** Iterations begin at a rate that rises and falls in straight lines from stage to stage. */
export const rampingArrivalRate = defineExecutor({
  name: 'ramping-arrival-rate',
  fields: z.strictObject({
    startRate: wholeNumber((rate) => rate.min(0)).default(0),
    timeUnit: positiveDurationMs.default(1_000),
    stages,
    ...vuLimits,
  }),
  plan({ startRate, timeUnit, stages: written, ...limits }) {
    const checked = checkStages(written);
    const pacer = rampingPacer({
      startPerMs: startRate / timeUnit,
      stages: checked.map(({ target, durationMs }) => ({
        targetPerMs: target / timeUnit,
        durationMs,
      })),
    });
    const stages = checked.map(({ target, durationMs }) => ({
      aim: `to ${formatRate((target / timeUnit) * 1_000)}`,
      durationMs,
    }));
    return { ...planArrivals(pacer, limits), stages };
  },
});
