import { constantArrivalRate } from './constant-arrival-rate.ts';
import { constantVus } from './constant-vus.ts';
import type { Executor } from './executor.ts';
import { rampingArrivalRate } from './ramping-arrival-rate.ts';
import { sharedIterations } from './shared-iterations.ts';

/** Every executor a scenario can name. */
export const executors: Executor[] = [
  sharedIterations,
  constantVus,
  constantArrivalRate,
  rampingArrivalRate,
];
