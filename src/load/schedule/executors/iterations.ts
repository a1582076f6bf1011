import { z } from 'zod';
import { positiveDurationMs } from '../duration.ts';

/** How many VUs a closed model has. */
export const vuCount = z.int().min(1, 'the number of VUs should be more than 0').default(1);

/** The fields of executors that end with their iterations, or with their time if that is over first. */
export const iterationLimits = {
  vus: vuCount,
  iterations: z.int().min(1, 'the number of iterations should be more than 0').default(1),
  maxDuration: positiveDurationMs.default(600_000),
};
