import { expect, it } from 'vitest';
import { createTally } from '../metrics/tally.ts';
import { createTickReader } from './tick-reader.ts';

function createReader({ open = true } = {}) {
  const tally = createTally(
    { thresholds: [] },
    { describeError: String, log: () => {}, observe: undefined },
  );
  const state = { elapsedMs: 0, offered: 0 };
  const reader = createTickReader(
    {
      elapsedMs: () => state.elapsedMs,
      crew: {
        progress: () => 0.5,
        offered: () => (open ? state.offered : undefined),
        takeLagMsMax: () => 12,
      },
    },
    tally,
  );
  return { tally, state, reader };
}

it('calculates rates and latencies since the tick before', () => {
  const { tally, state, reader } = createReader();
  Object.assign(state, { elapsedMs: 500, offered: 20 });
  Object.assign(tally.outcomes, { sent: 9, ok: 9, notSent: 1 });
  for (const latencyMs of [5, 5, 40]) tally.latency.add(latencyMs);
  Object.assign(tally.counts, { vusActive: 3, vusMade: 4, iterations: 8, dropped: 2 });
  const first = reader.read();
  expect(first).toMatchObject({
    elapsedMs: 500,
    progress: 0.5,
    activeVus: 3,
    iterations: 8,
    droppedIterations: 2,
    outcomes: { sent: 9, ok: 9, notSent: 1 },
    requestRate: 20,
    offeredRate: 40,
    eventLoopLagMsMax: 12,
  });
  expect(first.latencyMs.max).toBe(40);

  Object.assign(state, { elapsedMs: 1_500, offered: 25 });
  tally.outcomes.sent += 3;
  expect(reader.read()).toMatchObject({ requestRate: 3, offeredRate: 5, latencyMs: { max: 0 } });
  expect(first.outcomes.sent).toBe(9);
});

it('samples the numbers of VUs', () => {
  const { tally, reader } = createReader();
  Object.assign(tally.counts, { vusActive: 3, vusMade: 4 });
  reader.read();
  expect(tally.metrics.get('vus')?.sink.figure('max', 0)).toBe(3);
  expect(tally.metrics.get('vus_max')?.sink.figure('max', 0)).toBe(4);
});

it('has no offered rate in closed models, and divides by no time of zero', () => {
  const { tally, reader } = createReader({ open: false });
  tally.outcomes.sent = 1;
  const tick = reader.read();
  expect(tick).not.toHaveProperty('offeredRate');
  expect(tick.requestRate).toBe(1_000);
});
