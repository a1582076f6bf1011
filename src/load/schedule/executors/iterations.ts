import * as z from 'zod';
import { positiveDurationMs } from '../duration.ts';

/** The number of VUs of a closed model. */
export const vuCount = z.int().min(1, 'the number of VUs should be more than 0').default(1);

/** The fields of executors that end after a number of iterations, or when their time is over. */
export const iterationLimits = {
  vus: vuCount,
  iterations: z.int().min(1, 'the number of iterations should be more than 0').default(1),
  maxDuration: positiveDurationMs.default(600_000),
};
