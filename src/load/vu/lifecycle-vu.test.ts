import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestScript } from '../testing/script.ts';
import { createTestVus } from '../testing/vus.ts';
import type { LifecycleVu } from './lifecycle-vu.ts';
import type { Vu } from './vu.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const createVu = (setup: (vu: Vu, argument: unknown) => unknown): LifecycleVu =>
  createTestVus(
    createTestScript((vu) => ({ setup: (argument) => setup(vu, argument) })),
  ).vus.createForLifecycle();

it('resolves with the result when everything that the function began has ended', async () => {
  const vu = createVu((vu, argument) => {
    void vu.pause(50);
    return [vu.id, vu.group, argument];
  });
  const result = vu.call('setup', 'data', 1_000, '::setup');
  await vi.advanceTimersByTimeAsync(51);
  expect(await result).toEqual([0, '::setup', 'data']);
  expect(vi.getTimerCount()).toBe(0);
});

it('rejects with what the function throws, and when there is no such function', async () => {
  const vu = createVu(() => {
    throw new Error('no shelf');
  });
  await expect(vu.call('setup', undefined, 1_000)).rejects.toThrow('no shelf');
  await expect(vu.call('teardown', undefined, 1_000)).rejects.toThrow(
    'the script exports no function "teardown"',
  );
});

it('rejects when the function takes too long', async () => {
  const vu = createVu((vu) => vu.pause(60_000));
  const result = expect(vu.call('setup', undefined, 1_500)).rejects.toThrow(
    'setup() did not end within 1.5 s',
  );
  await vi.advanceTimersByTimeAsync(1_500);
  await result;
  vu.retire();
});

it.each([
  ['a pause', (vu: Vu) => vu.pause(60_000)],
  ['a promise of its own', () => new Promise(() => {})],
])('rejects at once when it is interrupted in %s', async (_where, setup) => {
  const vu = createVu(setup);
  const result = expect(vu.call('setup', undefined, 120_000)).rejects.toMatchObject({
    name: 'IterationInterrupted',
  });
  vu.interrupt();
  await result;
  expect(vi.getTimerCount()).toBe(0);
});
