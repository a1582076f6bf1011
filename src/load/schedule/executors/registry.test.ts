import { expect, it } from 'vitest';
import type { ExecutorPlan, ExecutorVu, ScenarioRun } from './executor.ts';
import { executors } from './registry.ts';

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

const planOf = (name: string, fields: object): ExecutorPlan =>
  executors.find((executor) => executor.name === name)?.plan(fields as never) as ExecutorPlan;

it.each([
  ['shared-iterations', { vus: 7, iterations: 100, maxDuration: 1_000 }],
  ['per-vu-iterations', { vus: 7, iterations: 3, maxDuration: 1_000 }],
  ['constant-vus', { vus: 7, duration: 1_000 }],
  ['ramping-vus', { startVUs: 2, stages: [{ target: 7, duration: 1_000 }], gracefulRampDown: 0 }],
  [
    'constant-arrival-rate',
    { rate: 50, timeUnit: 1_000, duration: 1_000, preAllocatedVUs: 5, maxVUs: 7 },
  ],
  [
    'ramping-arrival-rate',
    {
      startRate: 1,
      timeUnit: 1_000,
      stages: [{ target: 99, duration: 1_000 }],
      preAllocatedVUs: 7,
    },
  ],
])('the shares of a plan of %s add up to it', (name, fields) => {
  const whole = planOf(name, fields);
  for (const of of [1, 2, 3, 7]) {
    const parts = Array.from({ length: of }, (_, index) => whole.share({ index, of }));
    for (const count of ['vusStart', 'vusMax', 'iterations'] as const) {
      expect(sum(parts.map((part) => part[count] ?? 0))).toBe(whole[count] ?? 0);
    }
    expect(sum(parts.map((part) => part.offeredBy?.(500) ?? 0))).toBe(whole.offeredBy?.(500) ?? 0);
  }
});

/** A run that ends when its VUs have begun that many iterations. */
function createRun(vus: number, iterationsMax: number) {
  const begun: number[] = [];
  let dropped = 0;
  const elapsedMs = (): number => (sum(begun) < iterationsMax ? 0 : 1_000);
  const createVu = (index: number): ExecutorVu => {
    begun[index] = 0;
    return {
      async runIteration() {
        begun[index] = (begun[index] as number) + 1;
      },
      async runWhile(goesOn) {
        while (goesOn()) await this.runIteration();
      },
      discard() {},
    };
  };
  const run: ScenarioRun = {
    vus: Array.from({ length: vus }, (_, index) => createVu(index)),
    addVu: () => createVu(begun.length),
    elapsedMs,
    isOpen: () => elapsedMs() < 1_000,
    isStopped: () => false,
    wait: () => Promise.resolve(),
    drop(count = 1) {
      dropped += count;
    },
  };
  return { run, begun, dropped: () => dropped };
}

it.each([
  ['shared-iterations', { vus: 2, iterations: 6, maxDuration: 1_000 }, 3, 3],
  ['per-vu-iterations', { vus: 2, iterations: 4, maxDuration: 1_000 }, 3, 5],
])('%s drops the iterations for which its time did not suffice', async (...row) => {
  const [name, fields, iterationsMax, dropped] = row;
  const { run, begun, dropped: counted } = createRun(2, iterationsMax);
  await planOf(name, fields).run(run);
  expect([sum(begun), counted()]).toEqual([iterationsMax, dropped]);
});

it('per-vu-iterations gives each VU the same number', async () => {
  const { run, begun } = createRun(2, 100);
  await planOf('per-vu-iterations', { vus: 2, iterations: 4, maxDuration: 1_000 }).run(run);
  expect(begun).toEqual([4, 4]);
});

it('constant-vus runs iterations until its time is over', async () => {
  const { run, begun, dropped } = createRun(2, 7);
  await planOf('constant-vus', { vus: 2, duration: 1_000 }).run(run);
  expect([sum(begun), dropped()]).toEqual([7, 0]);
});
