import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { defineRunMetrics } from '../metrics/run-metrics.ts';
import type { ReleaseTimes } from './release.ts';
import { createReleaseMetrics, peakInFlight } from './release-metrics.ts';

describe('release metrics', () => {
  it('measure a release over the reports of all its workers', () => {
    const metrics = defineRunMetrics(createMetrics());
    const releases = createReleaseMetrics(metrics);
    const report = (writtenMs: number[], endedMs: number[]): ReleaseTimes => ({
      name: 'door',
      round: 0,
      workers: 2,
      writtenMs,
      endedMs,
    });
    releases.add(report([10, 12], [30, 31]));
    expect(metrics.rendezvousSkew.sink.samples).toBe(0);
    releases.add(report([11, 25], [14, 40]));
    expect(metrics.rendezvousSkew.sink.figure('max', 0)).toBe(15);
    expect(metrics.rendezvousInFlight.sink.figure('max', 0)).toBe(3);
  });

  it('find the largest number in flight at one time, for random requests', () => {
    const request = fc.record({
      atMs: fc.integer({ min: 0, max: 50 }),
      tookMs: fc.option(fc.integer({ min: 0, max: 30 })),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
        const written = requests.map(({ atMs }) => atMs);
        const ended = requests.flatMap(({ atMs, tookMs }) =>
          tookMs === null ? [] : [atMs + tookMs],
        );
        const inFlightAt = (ms: number): number =>
          requests.filter(
            ({ atMs, tookMs }) => atMs <= ms && (tookMs === null || atMs + tookMs >= ms),
          ).length;
        expect(peakInFlight(written, ended)).toBe(Math.max(0, ...written.map(inFlightAt)));
      }),
    );
  });
});
