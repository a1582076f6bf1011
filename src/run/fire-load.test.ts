import { expect, it } from 'vitest';
import { noHistory } from '../history/recorder.ts';
import { systemClock } from '../kernel/clock.ts';
import type { LoadRun, LoadSpec } from '../load/engine/load-run.ts';
import { noOutcomes } from '../load/metrics/outcomes.ts';
import type { LoadResult, LoadTick } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import { defaultTarget } from '../target/registry.ts';
import type { ScriptRunOptions } from './context.ts';
import type { RunEvent } from './events.ts';
import { fireLoad } from './fire-load.ts';

const tickAt = (elapsedMs: number, outcomes: { notSent?: number } = {}) =>
  ({ elapsedMs, outcomes: { ...noOutcomes(), ...outcomes } }) as LoadTick;

it('starts the runner with the variables of options and run, and passes ticks and log lines on', async () => {
  const specs: LoadSpec[] = [];
  const loads: LoadRun[] = [];
  const events: RunEvent[] = [];
  const tick = tickAt(1);
  const result = { iterations: 3 } as LoadResult;
  async function* ticks() {
    yield tick;
  }
  const load: LoadRun = {
    ticks: ticks(),
    stop() {},
    abort() {},
    cut: () => false,
    result: Promise.resolve(result),
  };

  const fired = await fireLoad(
    {
      start(spec) {
        specs.push(spec);
        spec.log?.('hello');
        return load;
      },
    },
    { name: 'rush' } as LoadedScript,
    {
      env: { FLASHSALE_SALE: '/run/sale.json' },
      target: defaultTarget,
      history: noHistory,
      folder: '/run',
      observe: undefined,
    },
    { env: { PAGE: 'front', FLASHSALE_SALE: 'the user’s' } } as unknown as ScriptRunOptions,
    {
      clock: systemClock,
      onEvent: (event) => events.push(event),
      onLoad: (run) => loads.push(run),
    },
  );

  expect(fired).toBe(result);
  expect(loads).toEqual([load]);
  expect(specs[0]?.env).toEqual({ PAGE: 'front', FLASHSALE_SALE: '/run/sale.json' });
  expect(specs[0]?.crew).toBeUndefined();
  expect(events).toEqual([
    { type: 'log', line: 'hello' },
    { type: 'tick', tick },
  ]);
});

it.each([
  ['violation', true, ['violation']],
  ['never', false, []],
] as const)(
  'tells of a broken invariant, and with --stop-on %s ends the load: %s',
  async (stopOn, ends, stopped) => {
    const stops: string[] = [];
    const events: RunEvent[] = [];
    async function* ticks() {
      yield* [1, 2, 3].map((elapsedMs) => tickAt(elapsedMs));
    }
    const load: LoadRun = {
      ticks: ticks(),
      stop: (reason) => void stops.push(reason),
      abort() {},
      cut: () => false,
      result: Promise.resolve({} as LoadResult),
    };
    const violation = { check: 'never-oversold', summary: 'one too many', afterMs: 2 };
    await fireLoad(
      { start: () => load },
      { name: 'rush' } as LoadedScript,
      {
        ...{ env: {}, target: defaultTarget, history: noHistory, folder: '/run' },
        observe: undefined,
        watch: { hear() {}, look: ({ elapsedMs }) => (elapsedMs >= 2 ? [violation] : []) },
      },
      { env: {}, stopOn } as unknown as ScriptRunOptions,
      { clock: systemClock, onEvent: (event) => events.push(event), onLoad() {} },
    );
    expect(stops).toEqual(stopped);
    expect(events.filter(({ type }) => type === 'violation')).toEqual([
      { type: 'violation', violation, ends },
      { type: 'violation', violation, ends: false },
    ]);
  },
);

it.each([
  { endsWithoutTarget: true, stopped: ['target-gone'], told: 'so the load ends here' },
  { endsWithoutTarget: undefined, stopped: [], told: 'and the load goes on, as in k6' },
])(
  'says once that the target of a load is gone for good, $told',
  async ({ endsWithoutTarget, stopped, told }) => {
    const stops: string[] = [];
    const events: RunEvent[] = [];
    async function* ticks() {
      yield* [10, 16, 17].map((seconds) => tickAt(seconds * 1_000, { notSent: seconds * 10 }));
    }
    const load: LoadRun = {
      ticks: ticks(),
      stop: (reason) => void stops.push(reason),
      abort() {},
      cut: () => false,
      result: Promise.resolve({} as LoadResult),
    };
    await fireLoad(
      { start: () => load },
      { name: 'rush' } as LoadedScript,
      {
        ...{ env: {}, target: defaultTarget, history: noHistory, folder: '/run' },
        ...{ observe: undefined, endsWithoutTarget },
      },
      { env: {} } as unknown as ScriptRunOptions,
      { clock: systemClock, onEvent: (event) => events.push(event), onLoad() {} },
    );
    expect(stops).toEqual(stopped);
    const line = `no target takes connections any more: 160 requests in 16 s could not be sent, ${told}`;
    expect(events.filter(({ type }) => type === 'log')).toEqual([{ type: 'log', line }]);
  },
);
