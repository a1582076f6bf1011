import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scenarioOptions } from '../../testing/script.ts';
import { TimedVu } from '../../testing/timed-vu.ts';
import { RunningScenario } from '../scenario-run.ts';
import { WHOLE } from '../share.ts';
import { rampingVus } from './ramping-vus.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function run(iterationMs: number, fields: object) {
  const plan = rampingVus.plan({ startVUs: 1, gracefulRampDown: 100, ...fields } as never);
  const vus: TimedVu[] = [];
  const scenario = new RunningScenario(scenarioOptions({ plan }), {
    createVu() {
      const vu = new TimedVu(iterationMs);
      vus.push(vu);
      return vu;
    },
    share: WHOLE,
    now: () => Date.now(),
    nowMs: () => Date.now(),
    onStart: () => {},
    onDrop: () => {},
  });
  return { vus, ended: scenario.run(0) };
}

const begun = (vus: TimedVu[]): number[] => vus.map(({ iterations }) => iterations.length);

it('lets a VU run while the line is above it', async () => {
  const { vus, ended } = run(100, { stages: [{ target: 3, duration: 1_000 }] });
  await vi.advanceTimersByTimeAsync(499);
  expect(begun(vus)).toEqual([5, 0, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun(vus)).toEqual([6, 1, 0]);
  await vi.advanceTimersByTimeAsync(600);
  await ended;
  expect(begun(vus)).toEqual([10, 5, 0]);
});

it('interrupts a ramped-down VU after gracefulRampDown, and puts a new one in its position', async () => {
  const stages = [
    { target: 0, duration: 0 },
    { target: 0, duration: 500 },
    { target: 1, duration: 0 },
    { target: 1, duration: 500 },
  ];
  const { vus, ended } = run(10_000, { stages });
  await vi.advanceTimersByTimeAsync(99);
  expect(vus[0]?.events).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(vus[0]?.events).toEqual(['interrupted', 'retired']);
  await vi.advanceTimersByTimeAsync(400);
  expect(begun(vus)).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(31_000);
  await ended;
});

it('keeps a VU whose position is wanted again before gracefulRampDown is over', async () => {
  const stages = [
    { target: 0, duration: 0 },
    { target: 0, duration: 50 },
    { target: 1, duration: 0 },
    { target: 1, duration: 500 },
  ];
  const { vus, ended } = run(300, { stages });
  await vi.advanceTimersByTimeAsync(550);
  expect(vus).toHaveLength(1);
  expect(begun(vus)).toEqual([2]);
  await vi.advanceTimersByTimeAsync(1_000);
  await ended;
  expect(vus[0]?.events).toEqual(['retired']);
});

it.each([
  [{ stages: [{ target: 1e6, duration: 1 }] }, 'at most 100,000 VUs'],
  [{ startVUs: 0, stages: [{ target: 0, duration: 1 }] }, 'must be greater than 0'],
])('refuses %j', (fields, message) => {
  expect(() => rampingVus.plan({ startVUs: 1, gracefulRampDown: 0, ...fields } as never)).toThrow(
    message,
  );
});
