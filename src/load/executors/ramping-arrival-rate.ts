import { z } from 'zod';
import { durationMs, positiveDurationMs } from '../duration.ts';
import { rampingPacer } from '../pacer.ts';
import { planArrivals, vuLimits } from './arrivals.ts';
import { defineExecutor } from './executor.ts';

/** Iterations begin at a rate that rises and falls in straight lines from stage to stage. */
export const rampingArrivalRate = defineExecutor({
  name: 'ramping-arrival-rate',
  fields: z.strictObject({
    startRate: z.number().min(0).default(0),
    timeUnit: positiveDurationMs.default(1_000),
    stages: z.array(z.strictObject({ target: z.number().min(0), duration: durationMs })).min(1),
    ...vuLimits,
  }),
  plan({ startRate, timeUnit, stages, ...limits }) {
    const pacer = rampingPacer({
      startPerMs: startRate / timeUnit,
      stages: stages.map(({ target, duration }) => ({
        targetPerMs: target / timeUnit,
        durationMs: duration,
      })),
    });
    return planArrivals(pacer, limits);
  },
});
