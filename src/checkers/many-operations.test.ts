import { describe, expect, it } from 'vitest';
import { simulateSale } from '../simulation/simulate-sale.ts';
import { judge } from './verdict.ts';

const saleWith = (buyers: number) =>
  simulateSale({
    seed: 5,
    buyers,
    total: 2_000,
    arrivalRate: 50_000,
    lossRate: 0.005,
    retryRate: 0.02,
    instances: 2,
  }).evidence;

describe('half a million operations', () => {
  // A check of quadratic cost would not end within the timeout.
  it('are judged by every check that judges a small sale', { timeout: 300_000 }, () => {
    const evidence = saleWith(360_000);
    expect(evidence.operations.length).toBeGreaterThan(500_000);
    const { status, checks } = judge(evidence);
    const named = (result: typeof checks) => result.map((check) => [check.name, check.status]);
    expect(named(checks)).toEqual(named(judge(saleWith(8_000)).checks));
    expect(checks.filter((check) => check.status === 'skipped')).not.toHaveLength(checks.length);
    expect(status).toBe('valid');
  });
});
