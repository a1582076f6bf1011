import { describe, expect, it } from 'vitest';
import type { LoadTick } from '../../src/load/result.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { plainLine } from './plain.ts';
import { type RunView, reduceRunView, startRunView } from './run-view.ts';

const start = startRunView({ scenario: 'rush', strategy: 'batched' });
const after = (...events: RunEvent[]): RunView => events.reduce(reduceRunView, start);

const tick = (over: Partial<LoadTick> = {}): LoadTick => ({
  elapsedMs: 3_000,
  progress: 0.25,
  activeVus: 200,
  iterations: 1_000,
  droppedIterations: 0,
  outcomes: {
    sent: 1_100,
    ok: 100,
    soldOut: 999,
    refused: 1,
    limited: 0,
    error: 0,
    unclassified: 0,
    unknown: 0,
    notSent: 0,
  },
  requestRate: 2_000,
  latencyMs: { p50: 2, p95: 20, p99: 40, max: 90 },
  eventLoopLagMsMax: 1,
  ...over,
});

/** The lines that a pipe gets for these events. */
function linesOf(...events: RunEvent[]): string[] {
  let view = start;
  return events.flatMap((event) => {
    view = reduceRunView(view, event);
    return plainLine(view, event) ?? [];
  });
}

const died: RunEvent = {
  type: 'stack',
  event: { type: 'died', name: 'server-2', url: 'http://127.0.0.1:4001', why: 'SIGKILL' },
};
const targets: RunEvent = {
  type: 'targets',
  targets: ['http://127.0.0.1:4000', 'http://127.0.0.1:4001'],
};

describe('the view of a run', () => {
  it('knows which phase runs and how long the others took', () => {
    const view = after(
      { type: 'phase', phase: 'stack', detail: 'bringing up' },
      { type: 'phase_done', phase: 'stack', detail: 'up', tookMs: 900 },
      { type: 'phase', phase: 'seed', detail: '500 units' },
    );
    expect(view.phases).toEqual([
      { phase: 'stack', status: 'done', detail: 'up', tookMs: 900 },
      { phase: 'seed', status: 'running', detail: '500 units' },
    ]);
  });

  it('knows which instances are down, and when they are back', () => {
    const states = (view: RunView) => view.targets.map(({ name, state }) => `${name} ${state}`);
    expect(states(after(targets))).toEqual(['server-1 up', 'server-2 up']);
    expect(states(after(targets, died))).toEqual(['server-1 up', 'server-2 down']);
    const back: RunEvent = {
      type: 'stack',
      event: { type: 'restarted', name: 'server-2', url: 'http://127.0.0.1:4001' },
    };
    expect(states(after(targets, died, back))).toEqual(['server-1 up', 'server-2 up']);
    expect(states(after(died, targets))).toEqual(['server-1 up', 'server-2 down']);
  });

  it('keeps the last 120 latencies and the last 20 notices, each on one line', () => {
    const ticks = Array.from(
      { length: 130 },
      (_, index): RunEvent => ({
        type: 'tick',
        tick: tick({ latencyMs: { p50: 0, p95: index, p99: 0, max: 0 } }),
      }),
    );
    const logs = Array.from({ length: 30 }, (_, n): RunEvent => ({ type: 'log', line: `n\n${n}` }));
    const view = after(...ticks, ...logs);
    expect(view.p95Ms).toHaveLength(120);
    expect(view.p95Ms[0]).toBe(10);
    expect(view.notices).toHaveLength(20);
    expect(view.notices.at(-1)).toBe('n 29');
  });

  it('is a new value after every event', () => {
    after(targets, died, { type: 'tick', tick: tick() });
    expect(start).toEqual(startRunView({ scenario: 'rush', strategy: 'batched' }));
  });
});

describe('plain lines', () => {
  it('tell when a phase begins and ends', () => {
    expect(
      linesOf(
        { type: 'phase', phase: 'seed', detail: '500 units, 20000 buyers' },
        { type: 'phase_done', phase: 'seed', detail: '500 units, 20000 buyers', tookMs: 612 },
      ),
    ).toEqual(['seed: 500 units, 20000 buyers', 'seed: done in 612 ms']);
  });

  it('tell of the load every three seconds of its own time', () => {
    const ticks = [250, 2_900, 3_100, 5_900, 9_200, 9_400].map(
      (elapsedMs): RunEvent => ({ type: 'tick', tick: tick({ elapsedMs }) }),
    );
    expect(linesOf(...ticks).map((line) => /after ([\d.]+) s/.exec(line)?.[1])).toEqual([
      '3.10',
      '9.20',
    ]);
  });

  it('tell of the load in one line', () => {
    const stock = [{ skuId: 'LAMP', total: 500, sold: 80, held: 20, available: 400 }];
    expect(linesOf({ type: 'stock', stock }, { type: 'tick', tick: tick() })).toEqual([
      'load: 25% after 3.00 s, 200 VUs, 2,000/s, p95 20 ms, 100 ok, 999 sold out, 1 refused, stock 80 sold and 20 held of 500',
    ]);
    const outcomes = {
      ...tick().outcomes,
      ...{ limited: 5, error: 1, unclassified: 4, unknown: 2, notSent: 3 },
    };
    expect(linesOf({ type: 'tick', tick: tick({ outcomes }) })[0]).toMatch(
      /1 refused, 5 limited, 1 error, 4 unclassified, 2 unknown, 3 not sent$/,
    );
  });

  it('tell what happens to instances', () => {
    expect(linesOf(targets, died)).toEqual([
      'targets: http://127.0.0.1:4000, http://127.0.0.1:4001',
      'server-2 (http://127.0.0.1:4001) died: SIGKILL',
    ]);
  });

  it('tell of a broken invariant, once, and if the load ends', () => {
    const violation = { check: 'never-oversold', summary: 'SKU-1 has 1 unit', afterMs: 9 };
    const end = 'violation: never-oversold is broken: SKU-1 has 1 unit; the load ends here';
    expect(linesOf({ type: 'violation', violation, ends: true })).toEqual([end]);
    expect(
      linesOf({ type: 'violation', violation, ends: false }, { type: 'tick', tick: tick() })[0],
    ).toBe('violation: never-oversold is broken: SKU-1 has 1 unit');
  });

  it('never have escape codes or line breaks, whatever a script prints', () => {
    expect(linesOf({ type: 'log', line: '\u001B[31mred\u001B[0m\r\nnext\u0007' })).toEqual([
      'red next',
    ]);
  });
});
