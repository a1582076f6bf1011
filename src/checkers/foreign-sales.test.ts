import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disguises, namings, smallSales } from '../../test/judge/disguise/arbitrary.ts';
import { type Disguise, plainShop } from '../../test/judge/disguise/described-shop.ts';
import { disguise } from '../../test/judge/disguise/disguise.ts';
import { giveNamesAgain, namingIn } from '../../test/judge/disguise/names-again.ts';
import { simulateSale } from '../simulation/simulate-sale.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

const alarms = (evidence: Evidence) =>
  judge(evidence)
    .checks.filter(({ status, summary }) => status === 'invalid' || /failed/.test(summary))
    .map(({ name, summary, witness }) => ({ name, summary, prose: witness?.prose }));

describe('a correct sale by a shop that nobody has seen before', () => {
  it('makes no check invalid, whatever its answers and its books leave out', () => {
    fc.assert(
      fc.property(smallSales, disguises, (options, as) => {
        expect(alarms(disguise(simulateSale(options).evidence, as))).toEqual([]);
      }),
      // Fixed, so that a run of the tests proves the same on every machine.
      { numRuns: 500, seed: 20_260_101 },
    );
  }, 240_000);
});

describe('a correct sale by a shop that gives names again', () => {
  it('makes no check invalid, whatever has a name and however often', () => {
    fc.assert(
      fc.property(smallSales, disguises, namings, (options, as, naming) => {
        const possible = namingIn(naming, as, options.flow);
        const named = giveNamesAgain(simulateSale(options).evidence, possible);
        expect(alarms(disguise(named, as))).toEqual([]);
      }),
      { numRuns: 300, seed: 20_260_102 },
    );
  }, 240_000);
});

const SALES = 15;

describe('a shop with a bug', () => {
  const buys = { flow: 'buy' as const, buyers: 200, total: 30, arrivalRate: 4_000 };

  /** The results of a check in the sales in which the bug did harm. */
  const caught = (
    check: string,
    options: Omit<Parameters<typeof simulateSale>[0], 'seed'>,
    as: Partial<Disguise>,
  ): string[] => {
    const results: string[] = [];
    for (let seed = 1; seed <= SALES; seed++) {
      const { evidence, harm } = simulateSale({ ...options, seed });
      if (harm === 0) continue;
      const { checks } = judge(disguise(evidence, { ...plainShop, ...as }));
      results.push(checks.find(({ name }) => name === check)?.status ?? 'no such check');
    }
    return [...new Set(results)];
  };

  it('is caught overselling by its answers alone, by its orders, and by nameless orders', () => {
    const oversells = { ...buys, bug: 'lost-update' as const };
    expect(caught('never-oversold', oversells, {})).toEqual(['invalid']);
    expect(caught('never-oversold', oversells, { rows: ['order'] })).toEqual(['invalid']);
    const nameless = ['order.orderId', 'order.userId', 'order.reservationId'] as const;
    expect(caught('never-oversold', oversells, { rows: ['order'], hidden: [...nameless] })).toEqual(
      ['invalid'],
    );
    expect(caught('never-oversold', oversells, { strangersRate: 0.1, rows: ['order'] })).toEqual([
      'invalid',
    ]);
  });

  it('is caught losing an order, by orders of any kind', () => {
    const loses = { ...buys, bug: 'lost-acknowledgement' as const };
    expect(caught('no-lost-acknowledged', loses, { rows: ['order'] })).toEqual(['invalid']);
    expect(
      caught('no-lost-acknowledged', loses, { rows: ['order'], renamed: ['order', 'reservation'] }),
    ).toEqual(['invalid']);
  });

  it('is caught selling a buyer a second unit, by its answers alone and by its orders', () => {
    const doubles = { ...buys, bug: 'duplicate-buyer' as const };
    expect(caught('one-per-buyer', doubles, {})).toEqual(['invalid']);
    expect(caught('one-per-buyer', doubles, { rows: ['order'], tellsOrders: false })).toEqual([
      'invalid',
    ]);
  });

  it('is caught with an order that nobody made, if nobody else buys', () => {
    const phantoms = { ...buys, bug: 'phantom' as const };
    expect(caught('no-phantom', phantoms, { rows: ['order'] })).toEqual(['invalid']);
    expect(caught('no-phantom', phantoms, { rows: ['order'], strangersRate: 0.1 })).toEqual([
      'valid',
    ]);
  });

  it('is caught refusing units that are free, by its answers alone, if nobody else buys', () => {
    const lies = { ...buys, total: 60, buyers: 60, bug: 'false-sold-out' as const };
    const known = { knowsTtl: true };
    expect(caught('no-false-sold-out', { ...lies, buyers: 400 }, known)).toEqual(['invalid']);
    expect(caught('no-false-sold-out', lies, { strangersRate: 0.2 })).not.toContain('invalid');
  });
});
