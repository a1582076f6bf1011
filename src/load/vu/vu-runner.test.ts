import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoadOptions } from '../options.ts';
import type { Iteration } from '../schedule/iteration.ts';
import type { ScenarioVu } from '../schedule/scenario-run.ts';
import { WHOLE } from '../schedule/share.ts';
import { createTestScript, loadOptions, scenarioOptions } from '../testing/script.ts';
import { createTestVus } from '../testing/vus.ts';
import type { Vu } from './vu.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const SCENARIO = scenarioOptions({ name: 'rush', env: { SKU: 'LAMP' }, tags: { team: 'red' } });

const iteration = (number = 0): Iteration => ({
  scenario: SCENARIO,
  scenarioStartedAtMs: 0,
  progress: () => 0,
  number,
  latenessMs: 0,
});

/** Runs an iteration to its end. */
const run = (runner: ScenarioVu, number = 0): Promise<void> =>
  new Promise((resolve) => runner.runIteration(iteration(number), resolve));

/** One VU whose script runs that function. */
function createVu(
  run: (vu: Vu, data: unknown) => unknown,
  { options = {} as Partial<LoadOptions>, setupData = undefined as unknown } = {},
) {
  let vu: Vu | undefined;
  const script = createTestScript((made) => {
    vu = made;
    return { default: (data) => run(made, data) };
  }, options);
  const { vus, tally } = createTestVus(script, { setupData });
  const runner = vus.createForScenario(SCENARIO, WHOLE);
  return { runner, vu: vu as Vu, tally };
}

/** True once the promise is settled, after everything that is due now has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

it('makes VUs with numbers from 1 and the environment of run and scenario', () => {
  const { vu, tally } = createVu(() => {});
  expect(vu.id).toBe(1);
  expect(vu.env).toEqual({ BASE: 'http://one', SKU: 'LAMP' });
  expect([vu.tag('scenario'), vu.tag('team'), vu.tag('vu')]).toEqual(['rush', 'red', '1']);
  expect(tally.counts.vusMade).toBe(1);
});

it('calls the function of the scenario with a copy of the data of setup', async () => {
  const seen: unknown[] = [];
  const { runner, vu, tally } = createVu((_vu, data) => seen.push(data), {
    setupData: { sku: 'A' },
  });
  await settled(run(runner));
  await settled(run(runner, 1));
  expect(seen).toEqual([{ sku: 'A' }, { sku: 'A' }]);
  expect(vu.iterationCount).toBe(2);
  expect(tally.counts.iterations).toBe(2);
});

it('ends an iteration with the last of what it began, awaited or not', async () => {
  const { runner, tally } = createVu((vu) => {
    void vu.pause(50);
    return vu.pause(10);
  });
  const ended = run(runner);
  await vi.advanceTimersByTimeAsync(49);
  expect(await settled(ended)).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(await settled(ended)).toBe(true);
  expect(tally.metrics.get('iteration_duration')?.sink.figure('max', 0)).toBeCloseTo(50, -1);
});

it('counts an exception, and goes on', async () => {
  const { runner, tally } = createVu(() => {
    throw new Error('odd');
  });
  await settled(run(runner));
  expect(tally.exceptions.result()).toMatchObject({ count: 1, first: ['odd'] });
  expect(tally.counts.iterations).toBe(1);
});

it('lets it run after an iteration that waited for what is there already', async () => {
  const { runner } = createVu((vu) => vu.awaiting(Promise.resolve()));
  const ended = run(runner);
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  await new Promise(process.nextTick);
  expect(isEnded).toBe(false);
  expect(await settled(ended)).toBe(true);
});

it('ends with an exception what its iteration has begun, and lets the event loop run', async () => {
  const caught: string[] = [];
  const { runner, vu, tally } = createVu((vu) => {
    vu.pause(60_000)?.catch(({ name }) => caught.push(name));
    throw new Error('odd');
  });
  let ended = false;
  void run(runner).then(() => {
    ended = true;
  });
  await new Promise(process.nextTick);
  expect(caught).toEqual(['IterationInterrupted']);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  expect(vu.interrupted).toBe(false);
  expect(tally.counts).toMatchObject({ interrupted: 0, iterations: 1 });
});

it('interrupts an iteration at once, and counts it as interrupted', async () => {
  const caught: string[] = [];
  const { runner, vu, tally } = createVu(async (vu) => {
    try {
      await vu.pause(60_000);
    } catch (error) {
      caught.push((error as Error).name);
      await vu.pause(1);
    }
  });
  const ended = run(runner);
  await Promise.resolve();
  runner.interrupt();
  expect(await settled(ended)).toBe(true);
  expect(caught).toEqual(['IterationInterrupted']);
  expect(vu.interrupted).toBe(true);
  expect(tally.counts).toMatchObject({ interrupted: 1, iterations: 0 });
  expect(tally.exceptions.result().count).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('pauses after an iteration that was shorter than minIterationDuration', async () => {
  const { runner } = createVu((vu) => vu.pause(10), { options: { minIterationMs: 100 } });
  const ended = run(runner);
  await vi.advanceTimersByTimeAsync(98);
  expect(await settled(ended)).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(await settled(ended)).toBe(true);
});

it('lets the event loop run after an iteration that waited for nothing', async () => {
  const { runner } = createVu(() => {});
  let ended = false;
  void run(runner).then(() => {
    ended = true;
  });
  await Promise.resolve();
  await Promise.resolve();
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toBe(true);
});

it.each([
  [false, undefined],
  [true, ['1']],
])('keeps the cookies of the iteration before: %s', async (keepCookies, cookies) => {
  const seen: (string[] | undefined)[] = [];
  const { http } = loadOptions();
  const { runner } = createVu(
    (vu) => {
      seen.push(vu.cookies.cookiesFor('http://one', '/').a);
      vu.cookies.store('a=1', 'http://one', '/');
    },
    { options: { http: { ...http, keepCookies } } },
  );
  await settled(run(runner));
  await settled(run(runner));
  expect(seen).toEqual([undefined, cookies]);
});

it('cancels a callback, which the iteration then does not wait for', async () => {
  const called = vi.fn();
  const { runner } = createVu((vu) => vu.after(60_000, called)());
  expect(await settled(run(runner))).toBe(true);
  expect(called).not.toHaveBeenCalled();
});
