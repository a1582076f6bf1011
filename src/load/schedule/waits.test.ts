import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWaits } from './waits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ends a wait after its time', async () => {
  const ended: string[] = [];
  const waits = createWaits();
  void waits.wait(20).then(() => ended.push('long'));
  void waits.wait(10).then(() => ended.push('short'));
  await vi.advanceTimersByTimeAsync(10);
  expect(ended).toEqual(['short']);
  await vi.advanceTimersByTimeAsync(10);
  expect(ended).toEqual(['short', 'long']);
});

it('ends every wait early on request, and later ones at once', async () => {
  const waits = createWaits();
  const waiting = waits.wait(60_000);
  waits.endAll();
  await waiting;
  await waits.wait(60_000);
  expect(vi.getTimerCount()).toBe(0);
});
