import type { Phase } from './events.ts';
import type { RunDeps } from './run.ts';

/** Tells when each part of the run begins and ends; a run that was given up begins no other. */
export function createPhases({ clock, onEvent, signal }: RunDeps) {
  return async <T>(phase: Phase, detail: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const startedNs = clock.monotonicNs();
    onEvent({ type: 'phase', phase, detail });
    const result = await work();
    const tookMs = (clock.monotonicNs() - startedNs) / 1e6;
    onEvent({ type: 'phase_done', phase, detail, tookMs });
    return result;
  };
}
