import { expect, it } from 'vitest';
import { scenarioOptions } from '../testing/script.ts';
import { constantVus } from './executors/constant-vus.ts';
import { rampingArrivalRate } from './executors/ramping-arrival-rate.ts';
import { rampingVus } from './executors/ramping-vus.ts';
import { sharedIterations } from './executors/shared-iterations.ts';
import { phasesOf } from './load-phases.ts';

const ramp = scenarioOptions({
  name: 'ramp',
  plan: rampingVus.plan({
    startVUs: 1,
    stages: [
      { target: 50, duration: 4_000 },
      { target: 0, duration: 0 },
      { target: 1, duration: 6_000 },
    ],
    gracefulRampDown: 0,
  } as never),
});
const visitors = scenarioOptions({
  name: 'visitors',
  startTimeMs: 2_000,
  plan: constantVus.plan({ vus: 2, duration: 5_000 } as never),
});
const crowd = scenarioOptions({
  name: 'crowd',
  plan: sharedIterations.plan({ vus: 2, iterations: 9, maxDuration: 600_000 } as never),
});

it('stages follow one another, and those without duration are none', () => {
  expect(phasesOf([ramp], 10_100)).toEqual([
    { scenario: 'ramp', stage: 'to 50 VUs', fromMs: 0, untilMs: 4_000 },
    { scenario: 'ramp', stage: 'to 1 VU', fromMs: 4_000, untilMs: 10_000 },
  ]);
});

it('rates are told per second, whatever their unit is', () => {
  const plan = rampingArrivalRate.plan({
    ...{ startRate: 0, timeUnit: 60_000, preAllocatedVUs: 1 },
    stages: [
      { target: 30, duration: 1_000 },
      { target: 6_000, duration: 1_000 },
    ],
  } as never);
  const stages = phasesOf([scenarioOptions({ plan })], 2_000).map(({ stage }) => stage);
  expect(stages).toEqual(['to 0.5/s', 'to 100/s']);
});

it('a load that was ended early has no later phase, and cuts the one that it was in', () => {
  expect(phasesOf([ramp, visitors], 3_000)).toEqual([
    { scenario: 'ramp', stage: 'to 50 VUs', fromMs: 0, untilMs: 3_000 },
    { scenario: 'visitors', fromMs: 2_000, untilMs: 3_000 },
  ]);
  expect(phasesOf([visitors], 1_000)).toEqual([]);
});

it('iterations that are alone end with the load; beside others nobody knows when they ended', () => {
  expect(phasesOf([crowd], 3_000)).toEqual([{ scenario: 'crowd', fromMs: 0, untilMs: 3_000 }]);
  expect(phasesOf([crowd, visitors], 8_000)).toEqual([
    { scenario: 'crowd', fromMs: 0 },
    { scenario: 'visitors', fromMs: 2_000, untilMs: 7_000 },
  ]);
});
