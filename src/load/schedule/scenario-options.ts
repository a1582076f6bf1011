import type { ExecutorPlan } from './executors/executor.ts';

/** The checked options of one scenario, durations in milliseconds. */
export interface ScenarioOptions {
  name: string;
  executor: string;
  /** Result of the executor's own fields: the number of VUs, the duration, and the way to run. */
  plan: ExecutorPlan;
  /** Name of the exported function that each iteration calls. */
  exec: string;
  startTimeMs: number;
  gracefulStopMs: number;
  env: Record<string, string>;
  tags: Record<string, string>;
}
