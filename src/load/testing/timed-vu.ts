import type { Iteration } from '../schedule/iteration.ts';
import type { ScenarioVu } from '../schedule/scenario-run.ts';

/** A VU whose iterations take a fixed time (of fake timers), with a log of what happened to it. */
export class TimedVu implements ScenarioVu {
  readonly events: string[] = [];
  readonly iterations: Iteration[] = [];
  private readonly durationMs: number;
  private end: (() => void) | undefined;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  runIteration(iteration: Iteration, onEnd: () => void): void {
    this.iterations.push(iteration);
    const timer = setTimeout(() => this.end?.(), this.durationMs);
    this.end = () => {
      clearTimeout(timer);
      this.end = undefined;
      onEnd();
    };
  }

  interrupt(): void {
    this.events.push('interrupted');
    this.end?.();
  }

  retire(): void {
    this.events.push('retired');
  }
}
