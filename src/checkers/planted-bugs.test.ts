import { describe, expect, it } from 'vitest';
import {
  type Bug,
  type SimulationOptions,
  simulateSale,
} from '../../test/judge/simulated-sale/simulate-sale.ts';
import type { Checker } from './checker.ts';
import { checkers } from './checks/registry.ts';
import { judge } from './verdict.ts';

/** What must be noticed, by which checks. Others may be alarmed as well. */
const CAUGHT_BY: Record<Bug, string[]> = {
  'lost-update': ['never-oversold', 'conservation'],
  'double-release': ['legal-transitions', 'conservation'],
  'lost-acknowledgement': ['no-lost-acknowledged', 'conservation'],
  phantom: ['no-phantom'],
  'refused-but-done': ['no-phantom'],
  'late-confirm': ['legal-transitions'],
  'duplicate-buyer': ['one-per-buyer'],
  'early-expiry': ['legal-transitions'],
  'false-sold-out': ['no-false-sold-out'],
  'dead-sweeper': ['no-stranded-stock'],
  'repeated-number': ['sequence-order'],
  uncounted: ['metrics-agreement'],
  'overfull-campaign': ['voucher-capacity', 'never-oversold'],
  'double-redemption': ['single-redemption'],
  'ignored-key': ['exactly-once'],
  'kept-money': ['money-agreement'],
  'undecided-attempt': ['no-lost-acknowledged'],
  'lost-event': ['event-log-agreement'],
  'stale-cache': ['cache-agreement'],
};

/** The way of selling in which a bug can show, where it is not reserving and checking out. */
const SHOWS_IN: Partial<Record<Bug, Partial<SimulationOptions>>> = {
  'overfull-campaign': { flow: 'register' },
  'double-redemption': { flow: 'register' },
  'ignored-key': { retryRate: 0.3, unitsPerBuyerMax: 2, buyers: 100 },
  'undecided-attempt': { flow: 'attempt' },
};

const bugs = Object.keys(CAUGHT_BY) as Bug[];

const SALES = 40;

const brokenSale = (bug: Bug, seed: number) =>
  simulateSale({
    seed,
    buyers: 400,
    total: 30,
    arrivalRate: 4_000,
    holdTtlMs: 60,
    ...SHOWS_IN[bug],
    bug,
  });

describe('a sale by a ledger with a bug', () => {
  // Fixed sales, because not every harm can be proven: two holds of one buyer that nearly overlap may not have.
  it.each(bugs)('is caught when it does harm: %s', (bug) => {
    let harmed = 0;
    for (let seed = 1; seed <= SALES; seed += 1) {
      const { evidence, harm } = brokenSale(bug, seed);
      if (harm === 0 && bug !== 'dead-sweeper') continue;
      harmed++;
      const broken = judge(evidence)
        .checks.filter(({ status }) => status === 'invalid')
        .map(({ name }) => name);
      expect(broken, `sale ${seed}`).toEqual(expect.arrayContaining(CAUGHT_BY[bug]));
    }
    expect(harmed).toBeGreaterThan(0);
  });

  it.each(['lost-update', 'double-release', 'early-expiry'] as const)(
    'is caught from the answers alone, when it sells a unit twice: %s',
    (bug) => {
      const { sale, operations } = brokenSale(bug, 7).evidence;
      const blackBox = operations.map((call) => ({
        ...call,
        sequence: undefined,
        callId: undefined,
      }));
      const { checks } = judge({ sale, operations: blackBox });
      expect(checks.find(({ name }) => name === 'never-oversold')?.status).toBe('invalid');
    },
  );

  it('is told with a witness of at most ten operations of that history', () => {
    for (const bug of bugs) {
      const { evidence } = brokenSale(bug, 3);
      for (const { status, witness } of judge(evidence).checks) {
        if (status !== 'invalid') continue;
        expect(witness?.prose).toBeTruthy();
        expect(witness?.operations.length).toBeLessThanOrEqual(10);
        for (const operation of witness?.operations ?? []) {
          expect(evidence.operations[operation.id - 1]).toBe(operation);
        }
      }
    }
  });
});

describe('a check that was broken itself', () => {
  const alwaysValid = ({ name }: Checker): Checker => ({
    name,
    check: () => ({ status: 'valid', summary: 'looks fine' }),
  });

  it.each(checkers.map(({ name }) => name))('is noticed: %s always says valid', (name) => {
    const mutated = checkers.map((checker) =>
      checker.name === name ? alwaysValid(checker) : checker,
    );
    const survived = bugs.every((bug) => {
      const broken = judge(brokenSale(bug, 3).evidence, mutated)
        .checks.filter(({ status }) => status === 'invalid')
        .map((check) => check.name);
      return CAUGHT_BY[bug].every((expected) => broken.includes(expected));
    });
    expect(survived).toBe(false);
  });
});
