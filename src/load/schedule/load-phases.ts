import type { ScenarioOptions } from './scenario-options.ts';

/** A part of a load's plan: a stage of a scenario, or a scenario that has none. */
export interface LoadPhase {
  scenario: string;
  /** The aim of the stage: `to 50 VUs`, `to 200/s`; absent for a scenario without stages. */
  stage?: string | undefined;
  /** Milliseconds since the load began. */
  fromMs: number;
  /** The moment from which on no iteration of it began; absent where only the iterations themselves would tell. */
  untilMs?: number | undefined;
}

/**
 * Says which parts of the plan ran, and when: as planned, up to the moment at which the load ended.
 *
 * @param elapsedMs how long the load took
 */
export function phasesOf(scenarios: ScenarioOptions[], elapsedMs: number): LoadPhase[] {
  const isAlone = scenarios.length === 1;
  const cut = (ms: number): number => Math.min(ms, elapsedMs);
  return scenarios
    .flatMap(({ name, startTimeMs, plan }): LoadPhase[] => {
      if (plan.stages === undefined) {
        // Iterations may be done long before their time is over; the load that they are alone in ends with them.
        const isTimed = plan.iterations === undefined || plan.offeredBy !== undefined;
        const untilMs = isTimed || isAlone ? cut(startTimeMs + plan.durationMs) : undefined;
        return [{ scenario: name, fromMs: startTimeMs, untilMs }];
      }
      let fromMs = startTimeMs;
      return plan.stages.map(({ aim, durationMs }) => {
        const phase = { scenario: name, stage: aim, fromMs, untilMs: cut(fromMs + durationMs) };
        fromMs += durationMs;
        return phase;
      });
    })
    .filter(({ fromMs, untilMs = elapsedMs }) => fromMs < elapsedMs && untilMs > fromMs);
}
