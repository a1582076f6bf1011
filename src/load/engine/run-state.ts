import type { LoadResult } from '../result.ts';

export type StopReason = NonNullable<LoadResult['stoppedBy']>;

/** The times between which the scenarios run, and the reason for which they end early. */
export class RunState {
  private readonly now: () => number;
  private startedAtMs: number | undefined;
  private endedAtMs: number | undefined;
  private reason: StopReason | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Returns the moment at which the scenarios start, which is now. */
  start(): number {
    this.startedAtMs = this.now();
    return this.startedAtMs;
  }

  end(): void {
    this.endedAtMs = this.now();
  }

  /** The moment at which the scenarios started, in nanoseconds; undefined before. */
  startedAtNs(): number | undefined {
    return this.startedAtMs === undefined ? undefined : Math.round(this.startedAtMs * 1e6);
  }

  hasStarted(): boolean {
    return this.startedAtMs !== undefined;
  }

  isRunning(): boolean {
    return this.hasStarted() && this.endedAtMs === undefined;
  }

  /** Milliseconds since the scenarios started; 0 before, constant after their end. */
  elapsedMs(): number {
    if (this.startedAtMs === undefined) return 0;
    return (this.endedAtMs ?? this.now()) - this.startedAtMs;
  }

  /** Records the reason, unless there was one already. Returns false when the scenarios have ended before. */
  requestStop(reason: StopReason): boolean {
    if (this.endedAtMs !== undefined) return false;
    this.reason ??= reason;
    return true;
  }

  /** The first reason given; undefined while the run is to go on. */
  stoppedBy(): StopReason | undefined {
    return this.reason;
  }
}
