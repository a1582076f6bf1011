import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { serve } from '../testing/servers.ts';
import { openRemoteWrite } from './remote-write.ts';

// Without the timer, only `flush` and `close` push.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('a push repeats everything that the failed push before it contained', async () => {
  const received: string[] = [];
  const answers = [503, 200, 200];
  const server = await serve(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    received.push(Buffer.concat(parts).toString('latin1'));
    response.writeHead(answers.shift() ?? 200).end();
  });
  const output = await openRemoteWrite(server.origin, {
    options: { thresholds: [], summaryTrendStats: ['avg'] },
    clock: systemClock,
  });
  const metrics = createMetrics();
  const [first, second] = [metrics.define('first', 'counter'), metrics.define('second', 'counter')];
  const add = (metric: typeof first) => output.add({ metric, value: 1, timeMs: 0, tags: {} });

  add(first);
  await output.flush?.();
  add(second);
  await output.flush?.();
  add(second);
  await output.close();
  await server.close();

  const names = received.map((message) => message.match(/k6_\w+?_total/g));
  expect(names).toEqual([
    ['k6_first_total'],
    ['k6_first_total', 'k6_second_total'],
    ['k6_second_total'],
  ]);
});
