import { untagged } from '../metrics/metrics.ts';
import type { RunMetrics } from '../metrics/run-metrics.ts';
import type { ReleaseTimes } from './rendezvous.ts';

/** Puts together what workers saw of a release, and takes down how near to one instant it was. */
export interface RendezvousScore {
  add(times: ReleaseTimes): void;
  /** Takes down the releases of which not every worker reported. */
  conclude(): void;
}

export function createRendezvousScore(
  metrics: Pick<RunMetrics, 'rendezvousSkew' | 'rendezvousInFlight'>,
): RendezvousScore {
  const unfinished = new Map<string, ReleaseTimes[]>();

  function takeDown(parts: ReleaseTimes[]): void {
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
      takeDown(parts);
    },
    conclude() {
      for (const parts of unfinished.values()) takeDown(parts);
      unfinished.clear();
    },
  };
}

function skewOf(writtenMs: number[]): number {
  const sorted = Float64Array.from(writtenMs).sort();
  return (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
}

/** The most that were written and not ended at one time. */
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
