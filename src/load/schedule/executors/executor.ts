import type * as z from 'zod';
import type { Share } from '../share.ts';

/**
 * A way of distributing iterations to VUs. Each executor is one file and one line in `registry.ts`; the file contains
 * the check of the executor's fields, its plan, and the share of the plan that one worker runs. `fields` are k6's own,
 * without the ones that every scenario has.
 */
export interface Executor {
  name: string;
  fields: z.ZodObject;
  /** Makes a plan of checked fields; throws an Error that names the fields which contradict each other. */
  plan(fields: never): ExecutorPlan;
}

/** Types a plan by the executor's own fields. */
export function defineExecutor<Fields extends z.ZodObject>(executor: {
  name: string;
  fields: Fields;
  plan(fields: z.output<Fields>): ExecutorPlan;
}): Executor {
  return executor;
}

/** A stage of a plan as people read it. */
export interface PlannedStage {
  /** `to 50 VUs`, `to 200/s` */
  aim: string;
  durationMs: number;
}

/** One scenario's executor with its fields filled in. */
export interface ExecutorPlan {
  /** VUs made before the start. */
  vusStart: number;
  /** The most VUs at any time. */
  vusMax: number;
  /** No iteration begins later than this many milliseconds after the scenario's start. */
  durationMs: number;
  /** Iterations planned in all; absent where only the time is fixed. */
  iterations?: number;
  /** The stages of a whole plan, in their order; absent where there are none, and in a worker's share. */
  stages?: PlannedStage[];
  /** Iterations the schedule asks for by a moment since the scenario's start; absent for closed models. */
  offeredBy?(elapsedMs: number): number;
  /** The part of this plan that one worker runs. Never called for more shares than there are VUs. */
  share(share: Share): ExecutorPlan;
  /** Starts iterations until the plan is done or the run closes; resolves when the last iteration has ended. */
  run(run: ScenarioRun): Promise<void>;
}

/** The running scenario as its executor uses it. */
export interface ScenarioRun {
  /** The VUs made before the start (`vusStart` of them). */
  readonly vus: readonly ExecutorVu[];
  /** Makes one more VU. */
  addVu(): ExecutorVu;
  /** Milliseconds since this scenario began. */
  elapsedMs(): number;
  /** True while new iterations may begin: the scenario's time is not over and the run is not stopped. */
  isOpen(): boolean;
  /** True once the run was stopped before its time. */
  isStopped(): boolean;
  /** Resolves after that many milliseconds (at least one); at once when the run is stopped. */
  wait(durationMs: number): Promise<void>;
  /** Counts iterations that found every VU busy, or for which the time did not suffice; one by default. */
  drop(count?: number): void;
}

/** A VU as an executor uses it. */
export interface ExecutorVu {
  /**
   * Runs one iteration; `dueMs` is the moment the schedule asked for it, in milliseconds since the scenario's start.
   * Resolves when the iteration has ended, also after an exception or an interruption; never rejects.
   */
  runIteration(dueMs?: number): Promise<void>;
  /** Runs one iteration after another; `goesOn` is asked before each. Resolves when the last one has ended. */
  runWhile(goesOn: () => boolean): Promise<void>;
  /** Interrupts the current iteration and closes the connections; the VU runs no further iteration. */
  discard(): void;
}
