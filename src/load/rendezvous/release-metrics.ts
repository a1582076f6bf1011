import { untagged } from '../metrics/metrics.ts';
import type { RunMetrics } from '../metrics/run-metrics.ts';
import type { ReleaseTimes } from './release.ts';

/** Measures, for each release, how close to one instant its requests were written, over all workers. */
export interface ReleaseMetrics {
  /** Adds the times of one worker; the release is measured when all its workers have reported. */
  add(times: ReleaseTimes): void;
  /** Measures the releases of which some workers have not reported. */
  close(): void;
}

export function createReleaseMetrics(
  metrics: Pick<RunMetrics, 'rendezvousSkew' | 'rendezvousInFlight'>,
): ReleaseMetrics {
  const unfinished = new Map<string, ReleaseTimes[]>();

  function measure(parts: ReleaseTimes[]): void {
    const writtenMs = parts.flatMap((part) => part.writtenMs);
    const endedMs = parts.flatMap((part) => part.endedMs);
    if (writtenMs.length === 0) return;
    metrics.rendezvousSkew.add(skewOf(writtenMs), untagged);
    metrics.rendezvousInFlight.add(peakInFlight(writtenMs, endedMs), untagged);
  }

  return {
    add(times) {
      const key = `${times.round} ${times.name}`;
      const parts = [...(unfinished.get(key) ?? []), times];
      unfinished.set(key, parts);
      if (parts.length < times.workers) return;
      unfinished.delete(key);
      measure(parts);
    },
    close() {
      for (const parts of unfinished.values()) measure(parts);
      unfinished.clear();
    },
  };
}

/** Milliseconds from the first request to the last. */
function skewOf(writtenMs: number[]): number {
  const sorted = Float64Array.from(writtenMs).sort();
  return (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
}

/** The largest number of requests that were written and not ended at one time. */
export function peakInFlight(writtenMs: number[], endedMs: number[]): number {
  const begins = Float64Array.from(writtenMs).sort();
  const ends = Float64Array.from(endedMs).sort();
  let [peak, ended] = [0, 0];
  for (const [begun, atMs] of begins.entries()) {
    while (ended < ends.length && (ends[ended] as number) < atMs) ended += 1;
    peak = Math.max(peak, begun + 1 - ended);
  }
  return peak;
}
