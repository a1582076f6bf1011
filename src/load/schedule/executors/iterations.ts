import { positiveDurationMs } from '../duration.ts';
import { TOO_MANY_VUS, VUS_MAX } from '../limits.ts';
import { wholeNumber } from '../whole-number.ts';

/** The number of VUs of a closed model. */
export const vuCount = wholeNumber((vus) =>
  vus.min(1, 'the number of VUs should be more than 0').max(VUS_MAX, TOO_MANY_VUS),
).default(1);

/** The fields of executors that end after a number of iterations, or when their time is over. */
export const iterationLimits = {
  vus: vuCount,
  iterations: wholeNumber((iterations) =>
    iterations.min(1, 'the number of iterations should be more than 0'),
  ).default(1),
  maxDuration: positiveDurationMs.default(600_000),
};
