import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IterationInterrupted } from '../schedule/iteration.ts';
import { PendingWork } from './pending-work.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is idle at once while nothing is pending', () => {
  const idle = vi.fn();
  new PendingWork().whenIdle(idle);
  expect(idle).toHaveBeenCalledOnce();
});

it('is idle when the last part has ended and began no other part', async () => {
  const work = new PendingWork();
  const idle = vi.fn();
  work.began();
  void work.pause(10).promise.then(() => work.pause(10));
  work.whenIdle(idle);
  work.ended();
  await vi.advanceTimersByTimeAsync(19);
  expect(idle).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(idle).toHaveBeenCalledOnce();
  expect(work.begun).toBe(3);
});

it('does not wait for a pause that was dropped', () => {
  const work = new PendingWork();
  const idle = vi.fn();
  const pause = work.pause(60_000);
  work.drop(pause);
  work.drop(pause);
  work.whenIdle(idle);
  expect(idle).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('ends every pause with IterationInterrupted', async () => {
  const work = new PendingWork();
  const [timed, open] = [work.pause(60_000), work.pause()];
  work.interruptPauses();
  await expect(timed.promise).rejects.toThrow(IterationInterrupted);
  await expect(open.promise).rejects.toThrow(IterationInterrupted);
  expect(vi.getTimerCount()).toBe(0);
});
