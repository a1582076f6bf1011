import * as z from 'zod';
import { positiveDurationMs } from '../duration.ts';
import { constantPacer } from '../pacer.ts';
import { wholeNumber } from '../whole-number.ts';
import { planArrivals, vuLimits } from './arrivals.ts';
import { defineExecutor } from './executor.ts';

/** A fixed number of iterations begins in every unit of time, no matter how long they take. */
export const constantArrivalRate = defineExecutor({
  name: 'constant-arrival-rate',
  fields: z.strictObject({
    rate: wholeNumber((rate) => rate.positive()),
    timeUnit: positiveDurationMs.default(1_000),
    duration: positiveDurationMs,
    ...vuLimits,
  }),
  plan({ rate, timeUnit, duration, ...limits }) {
    return planArrivals(
      constantPacer({ ratePerMs: rate / timeUnit, durationMs: duration }),
      limits,
    );
  },
});
