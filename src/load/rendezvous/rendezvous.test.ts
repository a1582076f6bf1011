import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { defineRunMetrics } from '../metrics/run-metrics.ts';
import { WHOLE } from '../schedule/share.ts';
import type { Release, ReleaseTimes } from './release.ts';
import { createReleaseMetrics, peakInFlight } from './release-metrics.ts';
import { createRendezvous, type Place } from './rendezvous.ts';

const door = (size: number): Place => ({ name: 'door', size, timeoutMs: 60_000, share: WHOLE });

function createDoor() {
  const released: ReleaseTimes[] = [];
  const free: Release[] = [];
  let atMs = 0;
  const rendezvous = createRendezvous({
    now: () => atMs++,
    log: () => {},
    onReleased: (times) => released.push(times),
  });
  return {
    rendezvous,
    released,
    free,
    come: (size: number) => rendezvous.join(door(size), (release) => free.push(release)),
  };
}

describe('a rendezvous', () => {
  it('holds everybody until the last has come, and then begins anew', () => {
    const { rendezvous, free, come } = createDoor();
    come(3);
    come(3);
    expect(free).toHaveLength(0);
    come(3);
    expect(free).toHaveLength(3);
    come(3);
    expect(free).toHaveLength(3);
    expect(() => come(2)).toThrow('waits for 3 VUs and cannot also be one of 2');
    rendezvous.close();
  });

  it('reports once nobody is left of whom a request is to be expected', () => {
    const { released, free, come } = createDoor();
    for (let guests = 0; guests < 3; guests += 1) come(3);
    const [one, other, third] = free as [Release, Release, Release];
    const asked = one.written();
    third.passed();
    const askedToo = other.written();
    asked.ended();
    expect(released).toEqual([]);
    askedToo.ended();
    expect(released).toEqual([
      { name: 'door', round: 0, workers: 1, writtenMs: [0, 1], endedMs: [2, 3] },
    ]);
  });

  it('reports what there was when the run ends first', () => {
    const { rendezvous, released, free, come } = createDoor();
    come(1);
    free[0]?.written();
    rendezvous.close();
    expect(released).toMatchObject([{ writtenMs: [0], endedMs: [] }]);
  });
});

describe('its score', () => {
  it('takes the reports of all workers together', () => {
    const metrics = defineRunMetrics(createMetrics());
    const score = createReleaseMetrics(metrics);
    const report = (writtenMs: number[], endedMs: number[]): ReleaseTimes => ({
      name: 'door',
      round: 0,
      workers: 2,
      writtenMs,
      endedMs,
    });
    score.add(report([10, 12], [30, 31]));
    expect(metrics.rendezvousSkew.sink.samples).toBe(0);
    score.add(report([11, 25], [14, 40]));
    expect(metrics.rendezvousSkew.sink.figure('max', 0)).toBe(15);
    expect(metrics.rendezvousInFlight.sink.figure('max', 0)).toBe(3);
  });

  it('finds as many in flight at once as there ever were, for random requests', () => {
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
