import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { constantArrivalRate } from '../schedule/executors/constant-arrival-rate.ts';
import { constantVus } from '../schedule/executors/constant-vus.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import { type Share, WHOLE } from '../schedule/share.ts';
import { createTestScript, scenarioOptions } from '../testing/script.ts';
import { createTestVus } from '../testing/vus.ts';
import { createThreadCrew } from './thread-crew.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function createCrew(scenarios: ScenarioOptions[], share: Share = WHOLE) {
  const begun: string[] = [];
  const script = createTestScript((vu) => ({
    default() {
      begun.push(`${vu.currentIteration?.scenario.name} at ${Date.now()}`);
      return vu.pause(100);
    },
  }));
  const { vus, tally } = createTestVus(script);
  const [now, nowMs] = [() => Date.now(), () => Date.now()];
  return { crew: createThreadCrew({ scenarios, share, vus, tally, now, nowMs }), tally, begun };
}

const never = (): Promise<void> => new Promise(() => {});

const looping = (name: string, vus: number, options: Partial<ScenarioOptions> = {}) =>
  scenarioOptions({ name, plan: constantVus.plan({ vus, duration: 150 } as never), ...options });

it('runs each scenario from its start time on', async () => {
  const { crew, tally, begun } = createCrew([
    looping('late', 1, { startTimeMs: 400 }),
    looping('early', 1),
  ]);
  await crew.prepare();
  expect(tally.counts.vusMade).toBe(2);
  const ended = crew.run(0);
  await vi.advanceTimersByTimeAsync(1_000);
  await ended;
  expect(begun).toEqual(['early at 0', 'early at 100', 'late at 400', 'late at 500']);
  expect(tally.counts).toMatchObject({ iterations: 4, vusActive: 0 });
  expect([crew.progress(), crew.offered(), crew.threads]).toEqual([1, undefined, 1]);
});

it('does not start a scenario after a stop', async () => {
  const { crew, begun } = createCrew([looping('late', 1, { startTimeMs: 400 }), looping('now', 1)]);
  await crew.prepare();
  const ended = crew.run(0);
  await vi.advanceTimersByTimeAsync(50);
  crew.stop();
  await vi.advanceTimersByTimeAsync(50);
  await ended;
  expect(begun).toEqual(['now at 0']);
});

it('runs nothing when it was stopped before its VUs were made', async () => {
  const { crew, begun } = createCrew([looping('one', 1)]);
  crew.stop();
  await crew.prepare();
  await crew.run(0);
  expect(begun).toEqual([]);
});

it('interrupts everything on an abort', async () => {
  const { crew, tally } = createCrew([looping('one', 2)]);
  await crew.prepare();
  const ended = crew.run(0);
  await vi.advanceTimersByTimeAsync(50);
  crew.abort();
  await ended;
  expect(tally.counts).toMatchObject({ interrupted: 2, iterations: 0 });
});

it('ends after an abort, although nobody is left who notices the end of an iteration', async () => {
  const lost = { plan: { ...constantVus.plan({ vus: 1, duration: 60_000 } as never), run: never } };
  const { crew } = createCrew([scenarioOptions(lost)]);
  await crew.prepare();
  const ended = crew.run(0);
  crew.abort();
  await vi.advanceTimersByTimeAsync(2_000);
  await ended;
  expect(crew.progress()).toBeLessThan(1);
});

it('runs its share alone, and no scenario that has fewer VUs than there are threads', async () => {
  const { crew, tally } = createCrew([looping('many', 5), looping('one', 1)], { index: 1, of: 2 });
  await crew.prepare();
  expect(tally.counts.vusMade).toBe(2);
});

it('counts offered, dropped and late arrivals of open models', async () => {
  const fields = { rate: 100, timeUnit: 1_000, duration: 100, preAllocatedVUs: 1 };
  const { crew, tally } = createCrew([
    scenarioOptions({ plan: constantArrivalRate.plan(fields as never) }),
  ]);
  await crew.prepare();
  const ended = crew.run(0);
  await vi.advanceTimersByTimeAsync(200);
  await ended;
  expect(crew.offered()).toBe(10);
  expect(tally.counts).toMatchObject({ iterations: 1, dropped: 9 });
  expect(tally.metrics.get('dropped_iterations')?.sink.figure('count', 0)).toBe(9);
  expect(tally.runMetrics.iterationLateness.sink.samples).toBe(1);
});
