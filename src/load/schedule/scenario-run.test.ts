import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scenarioOptions } from '../testing/script.ts';
import { TimedVu } from '../testing/timed-vu.ts';
import { constantVus } from './executors/constant-vus.ts';
import type { ExecutorPlan } from './executors/executor.ts';
import { RunningScenario } from './scenario-run.ts';
import { type Share, WHOLE } from './share.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const looping = (vus: number, durationMs: number): ExecutorPlan =>
  constantVus.plan({ vus, duration: durationMs } as never);

function createScenario(plan: ExecutorPlan, { iterationMs = 10, share = WHOLE as Share } = {}) {
  const vus: TimedVu[] = [];
  const latenesses: (number | undefined)[] = [];
  const dropped: number[] = [];
  const scenario = new RunningScenario(scenarioOptions({ plan, gracefulStopMs: 500 }), {
    createVu() {
      const vu = new TimedVu(iterationMs);
      vus.push(vu);
      return vu;
    },
    share,
    now: () => Date.now(),
    nowMs: () => Date.now() + 1e9,
    onStart: (latenessMs) => latenesses.push(latenessMs),
    onDrop: (count) => dropped.push(count),
  });
  return { scenario, vus, latenesses, dropped };
}

it('makes the VUs of the start, and retires them after their last iterations', async () => {
  const { scenario, vus } = createScenario(looping(2, 25));
  expect(vus).toHaveLength(2);
  const ended = scenario.run(0);
  await vi.advanceTimersByTimeAsync(25);
  expect(scenario.progress()).toBe(1);
  expect(vus[0]?.events).toEqual([]);
  await vi.advanceTimersByTimeAsync(5);
  await ended;
  expect(vus.map(({ events }) => events)).toEqual([['retired'], ['retired']]);
  expect(vi.getTimerCount()).toBe(0);
});

it('numbers iterations over all workers, and gives each the scenario and its start', async () => {
  const { scenario, vus, latenesses } = createScenario(looping(1, 25), {
    share: { index: 1, of: 3 },
  });
  const ended = scenario.run(0);
  await vi.advanceTimersByTimeAsync(30);
  await ended;
  expect(vus[0]?.iterations.map(({ number }) => number)).toEqual([1, 4, 7]);
  expect(vus[0]?.iterations[0]).toMatchObject({ scenarioStartedAtMs: 1e9, latenessMs: 0 });
  expect(vus[0]?.iterations[0]?.scenario.name).toBe('default');
  expect(latenesses).toEqual([undefined, undefined, undefined]);
});

it('measures the lateness of an iteration against the moment the schedule asked for it', async () => {
  const { scenario, vus, latenesses } = createScenario({
    ...looping(1, 1_000),
    async run(run) {
      await run.wait(30);
      await run.vus[0]?.runIteration(20);
      run.drop();
      run.drop(4);
    },
  });
  const ended = scenario.run(0);
  await vi.advanceTimersByTimeAsync(40);
  await ended;
  expect(latenesses).toEqual([10]);
  expect(vus[0]?.iterations[0]?.latenessMs).toBe(10);
});

it('interrupts iterations that go on for gracefulStop after the end of its time', async () => {
  const { scenario, vus } = createScenario(looping(1, 100), { iterationMs: 10_000 });
  const ended = scenario.run(0);
  await vi.advanceTimersByTimeAsync(599);
  expect(vus[0]?.events).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await ended;
  expect(vus[0]?.events).toEqual(['interrupted', 'retired']);
});

it('begins nothing more after a stop, and gives gracefulStop to running iterations', async () => {
  const { scenario, vus } = createScenario(looping(1, 60_000), { iterationMs: 100 });
  const ended = scenario.run(0);
  await vi.advanceTimersByTimeAsync(50);
  scenario.stop();
  await vi.advanceTimersByTimeAsync(50);
  await ended;
  expect(vus[0]?.iterations).toHaveLength(1);
  expect(vus[0]?.events).toEqual(['retired']);
  expect(scenario.progress()).toBeLessThan(0.01);
});

it('interrupts everything on an abort, also VUs that are made after it', async () => {
  const { scenario, vus } = createScenario(looping(1, 60_000), { iterationMs: 100 });
  const ended = scenario.run(0);
  scenario.abort();
  scenario.addVu();
  await ended;
  expect(vus.map(({ events }) => events[0])).toEqual(['interrupted', 'interrupted']);
});
