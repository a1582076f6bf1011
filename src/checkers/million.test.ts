import { describe, expect, it } from 'vitest';
import { simulateSale } from '../../test/judge/simulated-sale/simulate-sale.ts';
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
      retryRate: 0.02,
      instances: 2,
    });
    expect(evidence.operations.length).toBeGreaterThan(1_000_000);
    const { status, checks } = judge(evidence);
    const rest = checks.filter((check) => check.status !== 'valid');
    expect(rest).toMatchObject([
      { name: 'voucher-capacity', status: 'skipped' },
      { name: 'single-redemption', status: 'skipped' },
    ]);
    expect(status).toBe('valid');
  });
});
