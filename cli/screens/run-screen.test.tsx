import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/run/events.ts';
import { createStyle, widthOf } from '../render/style.ts';
import { sparkline, stackedBar } from './run-lines.ts';
import { RunRemains, RunScreen } from './run-screen.tsx';
import { type RunView, reduceRunView, startRunView } from './run-view.ts';

const stockOf = (skus: number): RunEvent => ({
  type: 'stock',
  stock: Array.from({ length: skus }, (_, index) => ({
    skuId: `SKU-${index + 1}`,
    total: 500,
    sold: 250,
    held: 50,
    available: 200,
  })),
});

const tick: RunEvent = {
  type: 'tick',
  tick: {
    elapsedMs: 4_000,
    progress: 0.5,
    activeVus: 200,
    iterations: 4_000,
    droppedIterations: 12,
    outcomes: {
      sent: 20_000,
      ok: 1_000,
      soldOut: 18_969,
      refused: 28,
      limited: 0,
      error: 1,
      unclassified: 0,
      unknown: 2,
      notSent: 5,
    },
    requestRate: 2_431,
    offeredRate: 1_200,
    latencyMs: { p50: 3.2, p95: 41, p99: 120, max: 1_400 },
    eventLoopLagMsMax: 3,
  },
};

const viewOf = (...events: RunEvent[]): RunView =>
  [
    { type: 'phase', phase: 'stack', detail: 'bringing up the stack' },
    { type: 'phase_done', phase: 'stack', detail: 'bringing up the stack', tookMs: 912 },
    { type: 'targets', targets: ['http://127.0.0.1:4000', 'http://127.0.0.1:4001'] },
    { type: 'phase', phase: 'load', detail: 'the sale is on' },
    ...events,
  ].reduce(
    (view, event) => reduceRunView(view, event as RunEvent),
    startRunView({ scenario: 'rush', strategy: 'batched' }),
  );

const died: RunEvent = {
  type: 'stack',
  event: { type: 'died', name: 'server-2', url: 'http://127.0.0.1:4001', why: 'SIGKILL' },
};

function frame(view: RunView, columns: number, rows: number, color = false): string {
  const { lastFrame, unmount } = render(
    <RunScreen view={view} columns={columns} rows={rows} color={color} />,
  );
  const shown = lastFrame() ?? '';
  unmount();
  return shown;
}

describe('the screen of a run', () => {
  it('shows phases, load, stock, instances and notices at 80×24', () => {
    const lines = frame(viewOf(tick, stockOf(1), died), 80, 24).split('\n');
    expect(lines.map((line) => line.trimEnd())).toEqual([
      'flashsale-cli  rush  strategy batched',
      '✓ stack      912 ms  bringing up the stack',
      '▸ load     the sale is on …',
      '',
      '✓ no invariant is broken so far',
      '',
      `progress  ${'█'.repeat(28)}${'░'.repeat(28)}  50%  4.00 s`,
      'VUs       200 active  4,000 iterations  12 dropped',
      'rate      2,431/s requests  1,000/s iterations of 1,200/s offered',
      'latency   p50 3.2 ms  p95 41 ms  p99 120 ms  max 1.40 s',
      'p95       █ up to 41 ms',
      'answers   1,000 ok  18,969 sold out  28 refused  1 error  2 unknown  5 not sent',
      '',
      'Stock  █ sold  ▓ held  ░ available',
      `SKU-1 ${'█'.repeat(26)}${'▓'.repeat(5)}${'░'.repeat(22)} 250  50  200  of 500`,
      '',
      '● server-1 :4000   ○ server-2 :4001 down',
      '',
      '! server-2 (http://127.0.0.1:4001) died: SIGKILL',
    ]);
  });

  const crowded = viewOf(
    { type: 'phase', phase: 'settle', detail: 'x'.repeat(300) },
    { type: 'phase', phase: 'verdict', detail: 'judging' },
    tick,
    stockOf(9),
    died,
    ...Array.from({ length: 5 }, (): RunEvent => ({ type: 'log', line: 'y'.repeat(300) })),
    {
      type: 'targets',
      targets: Array.from({ length: 32 }, (_, index) => `http://127.0.0.1:${4_000 + index}`),
    },
  );

  it.each([
    [80, 24],
    [200, 50],
    [40, 10],
    [20, 2],
  ])('is never wider than %d columns nor as high as %d rows', (columns, rows) => {
    for (const color of [false, true]) {
      const lines = frame(crowded, columns, rows, color).split('\n');
      expect(lines.length).toBeLessThanOrEqual(rows - 1);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('uses the width there is', () => {
    const widest = Math.max(...frame(crowded, 200, 50).split('\n').map(widthOf));
    expect(widest).toBeGreaterThan(100);
  });

  it('gives the answers a second line rather than cutting one of them off', () => {
    const lines = frame(viewOf(tick), 60, 24).split('\n');
    const first = lines.findIndex((line) => line.startsWith('answers'));
    expect(lines.slice(first, first + 2).map((line) => line.trimEnd())).toEqual([
      'answers   1,000 ok  18,969 sold out  28 refused  1 error',
      '          2 unknown  5 not sent',
    ]);
  });

  it('shows four SKUs and counts the others', () => {
    const shown = frame(viewOf(tick, stockOf(9)), 200, 50);
    expect(shown).toContain('SKU-4');
    expect(shown).not.toContain('SKU-5');
    expect(shown).toContain('… and 5 more');
  });

  it('lets the least important go first where there is no room', () => {
    const shown = frame(crowded, 80, 12);
    expect(shown).toContain('answers');
    expect(shown).not.toContain('server-1 :4000');
  });

  const broken: RunEvent = {
    type: 'violation',
    violation: {
      check: 'never-oversold',
      summary: 'SKU-1 has 500 units, and 501 were held at 12:00:03.412 UTC',
      afterMs: 3_412,
    },
    ends: true,
  };

  it('says that no invariant is broken so far, and with which sentence one is', () => {
    expect(frame(viewOf(), 80, 24)).not.toContain('invariant');
    expect(frame(viewOf(tick), 80, 24)).toContain('✓ no invariant is broken so far');
    const lines = frame(viewOf(tick, broken), 80, 24).split('\n');
    const first = lines.findIndex((line) => line.startsWith('✗'));
    expect(lines.slice(first, first + 2).map((line) => line.trimEnd())).toEqual([
      '✗ never-oversold is broken: SKU-1 has 500 units, and 501 were held at',
      '  12:00:03.412 UTC',
    ]);
    expect(lines.at(-1)).toBe('! the load ends here, because an invariant is broken');
    expect(frame(viewOf(tick, broken), 80, 24, true)).toContain('\u001B[31m✗ never-oversold');
    // The next round has a load of its own.
    const next = viewOf(tick, broken, { type: 'phase', phase: 'load', detail: 'again' });
    expect(frame(next, 80, 24)).toContain('✓ no invariant is broken so far');
  });

  it('shows the whole sentence on the smallest screen, and leaves it behind', () => {
    const words = (text = '') => text.replace(/\s+/g, ' ');
    const sentence = 'never-oversold is broken: SKU-1 has 500 units, and 501 were held at';
    expect(words(frame(viewOf(tick, broken), 40, 10))).toContain(sentence);
    const { lastFrame, unmount } = render(
      <RunRemains view={viewOf(tick, broken)} columns={40} color={false} />,
    );
    expect(words(lastFrame())).toContain(sentence);
    unmount();
  });

  it('has escape codes only when asked to color', () => {
    expect(frame(crowded, 80, 24)).not.toContain('\u001B');
    expect(frame(crowded, 80, 24, true)).toContain('\u001B[32m');
  });

  it('leaves the phases behind, a broken one marked as such', () => {
    const { lastFrame, unmount } = render(
      <RunRemains view={viewOf(tick, died)} columns={80} color={false} />,
    );
    expect(lastFrame()?.split('\n')).toEqual([
      '✓ stack      912 ms  bringing up the stack',
      '✗ load     the sale is on: not finished',
      '! server-2 (http://127.0.0.1:4001) died: SIGKILL',
    ]);
    unmount();
  });
});

describe('bars', () => {
  it('are exactly as wide as asked, and show even the last unit', () => {
    const parts: [number, string][] = [
      [1, 's'],
      [1, 'h'],
    ];
    expect(stackedBar(parts, 1_000_000, 10, '.')).toBe('sh........');
    expect(stackedBar(parts, 2, 10, '.')).toBe('ssssshhhhh');
    expect(stackedBar([[5, 's']], 2, 4, '.')).toBe('ssss');
    expect(stackedBar([[0, 's']], 0, 4, '.')).toBe('....');
  });

  it('of a history have the highest at full height and keep the newest', () => {
    expect(sparkline([100, 0, 5, 10], 3, createStyle(false))).toBe('▁▅█ up to 10 ms');
    expect(sparkline([0, 0], 8, createStyle(false))).toBe('▁▁ up to 0.00 ms');
  });
});
