import { afterEach, expect, it, vi } from 'vitest';
import { startCollector } from '../../test/collector.ts';
import type { Span } from './span.ts';
import { openSpanExport } from './span-export.ts';

afterEach(() => vi.useRealTimers());

const SERVICE = { name: 'run', instance: '1' };
const SPAN: Span = {
  ...{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'x', kind: 'client' },
  ...{ startMs: 0, endMs: 1, attributes: {} },
};

it('only so many spans wait for a collector that is slow, however long that is', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let goOn = () => {};
  const collector = await startCollector(
    new Promise<void>((resolve) => {
      goOn = resolve;
    }),
  );
  const limits = { waitingMax: 10, closeWithinMs: 60_000 };
  const spans = await openSpanExport(collector.url, SERVICE, limits);
  for (let round = 0; round < 4; round += 1) {
    for (let made = 0; made < 10; made += 1) spans.add(SPAN);
    vi.advanceTimersByTime(1_000);
  }
  goOn();
  // Ten were under way and ten waited.
  expect(await spans.close()).toMatch(/^20 spans did not reach .*: it is slower than/);
  expect(collector.spans).toHaveLength(20);
  collector.stop();
});

it('the end does not wait for a collector that never answers', async () => {
  const collector = await startCollector(new Promise<void>(() => {}));
  const spans = await openSpanExport(collector.url, SERVICE, { waitingMax: 10, closeWithinMs: 50 });
  spans.add(SPAN);
  expect(await spans.close()).toMatch(/^1 span did not reach .*: it did not take them in time$/);
  collector.stop();
});

it('a span that cannot be written is counted as lost, and ends nothing', async () => {
  const collector = await startCollector();
  const spans = await openSpanExport(collector.url, SERVICE);
  spans.add({ ...SPAN, startMs: Number.NaN });
  expect(await spans.close()).toMatch(/^1 span did not reach the collector/);
  collector.stop();
});
