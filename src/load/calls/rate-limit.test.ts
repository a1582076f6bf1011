import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('createRateLimit', () => {
  it('spaces requests evenly, and lets no burst follow a quiet time', () => {
    let nowMs = 1_000;
    const waitMs = createRateLimit(4, () => nowMs);
    expect([waitMs(), waitMs(), waitMs()]).toEqual([0, 250, 500]);
    nowMs += 600;
    expect(waitMs()).toBe(150);
    nowMs += 10_000;
    expect([waitMs(), waitMs()]).toEqual([0, 250]);
  });
});
