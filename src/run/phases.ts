import type { RunDeps } from './context.ts';
import type { Phase } from './events.ts';

/** Reports begin and end of each phase of a run. No phase begins once the run is abandoned. */
export function createPhases({
  clock,
  onEvent,
  signal,
}: Pick<RunDeps, 'clock' | 'onEvent' | 'signal'>) {
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
