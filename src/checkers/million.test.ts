import { describe, expect, it } from 'vitest';
import { simulateSale } from '../../test/judge/simulated-sale.ts';
import { judge } from './verdict.ts';

describe('a million operations', () => {
  // Anything quadratic would still be at it tomorrow.
  it('are judged by every check', { timeout: 300_000 }, () => {
    const { evidence } = simulateSale({
      seed: 5,
      buyers: 720_000,
      total: 2_000,
      arrivalRate: 50_000,
      lossRate: 0.005,
      instances: 2,
    });
    expect(evidence.operations.length).toBeGreaterThan(1_000_000);
    const { status, checks } = judge(evidence);
    expect(checks.filter((check) => check.status !== 'valid')).toEqual([]);
    expect(status).toBe('valid');
  });
});
