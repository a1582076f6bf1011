import { expect, it, vi } from 'vitest';
import { clockSince, originOf } from './clock.ts';

it('a clock with the origin of another shows the same monotonic time', () => {
  const machine = vi.spyOn(process.hrtime, 'bigint').mockReturnValue(5_000_000_000n);
  const thread = vi.spyOn(performance, 'now').mockReturnValue(100);
  const originNs = originOf({ nowMs: () => 0, monotonicNs: () => 2_000_000_000 });
  expect(originNs).toBe(3_000_000_000n);

  machine.mockReturnValue(6_000_000_000n);
  thread.mockReturnValue(40);
  const clock = clockSince(originNs);
  expect(clock.monotonicNs()).toBe(3_000_000_000);
  thread.mockReturnValue(45);
  expect(clock.monotonicNs()).toBe(3_005_000_000);
  vi.restoreAllMocks();
});
