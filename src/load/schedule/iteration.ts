import type { ScenarioOptions } from './scenario-options.ts';

/** One run of the script's function by a VU. */
export interface Iteration {
  scenario: ScenarioOptions;
  /** Start of the scenario, wall time in milliseconds. */
  scenarioStartedAtMs: number;
  /** 0…1 of the scenario's plan. */
  progress(): number;
  /** Unique in its scenario, from 0, over the VUs of all workers. */
  number: number;
  /**
   * Milliseconds between the moment the schedule asked for the iteration and its start; 0 for closed models. The first
   * request of the iteration adds it to its latency and sets it to 0.
   */
  latenessMs: number;
}

/**
 * Thrown into a script whose iteration is interrupted, because its gracefulStop is over or the run is aborted, and into code
 * that an iteration which threw has left behind. It is not an exception of the script.
 */
export class IterationInterrupted extends Error {
  constructor() {
    super('the iteration was interrupted, because the run ended or because it threw');
    this.name = 'IterationInterrupted';
  }
}
