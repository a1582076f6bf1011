import type { z } from 'zod';
import type { ScenarioRun } from '../scenario-run.ts';
import type { Share } from '../share.ts';

/**
 * A way of giving out iterations to vus. One file each; a new one is a file and a line in `registry.ts`.
 * `fields` are k6's own beside the ones every scenario has, so that what a file checks and what it does stand together.
 */
export interface Executor {
  name: string;
  fields: z.ZodObject;
  /** Turns checked fields into a plan; throws an Error that says which fields contradict each other. */
  plan(fields: never): ExecutorPlan;
}

/** Pairs an executor's fields with a plan made of exactly those. */
export function defineExecutor<Fields extends z.ZodObject>(executor: {
  name: string;
  fields: Fields;
  plan(fields: z.output<Fields>): ExecutorPlan;
}): Executor {
  return executor;
}

/** One scenario's executor with its fields filled in. */
export interface ExecutorPlan {
  /** VUs made before the start, and the most there will ever be. */
  vusStart: number;
  vusMax: number;
  /** When no new iteration begins any more, in milliseconds since the scenario's start. */
  durationMs: number;
  /** Iterations planned in all; absent where only the time is fixed. */
  iterations?: number;
  /** Iterations the schedule asks for by a moment since the scenario's start; absent for closed models. */
  offeredBy?(elapsedMs: number): number;
  /** A worker's share of this plan. Never asked for more shares than there are VUs. */
  share(share: Share): ExecutorPlan;
  /** Gives out iterations until there are none left or the run closes; resolves when the last one has ended. */
  run(run: ScenarioRun): Promise<void>;
}
