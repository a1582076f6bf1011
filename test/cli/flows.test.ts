import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { RunDocument } from '../../src/report/run-document.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

/**
 * Runs a scenario against the tests' own PostgreSQL. Answers with its verdict, the stock of all SKUs together, and the
 * names of the checks by status.
 */
async function run(scenario: string, ...flags: string[]) {
  const ended = await place.run(['run', scenario, '--json', ...flags], {
    DATABASE_URL: inject('postgresUrl'),
  });
  const { verdict, summary } = RunDocument.parse(JSON.parse(ended.stdout));
  const named = (status: string): string[] =>
    (verdict?.checks ?? []).filter((check) => check.status === status).map(({ name }) => name);
  const sum = (of: 'total' | 'available' | 'held' | 'sold'): number =>
    summary.stock.reduce((units, sku) => units + sku[of], 0);
  const stock = {
    ...{ total: sum('total'), available: sum('available') },
    ...{ held: sum('held'), sold: sum('sold') },
  };
  return { code: ended.code, verdict, stock, named };
}

const SMALL = ['--buyers', '400', '--stock', '20'];

describe('every way of selling ends valid on a correct server', () => {
  it('S0.2 S0.4 vouchers: the campaign is full, and no voucher is used twice', async () => {
    const { code, verdict, stock, named } = await run('vouchers', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ total: 20, available: 0, held: 0, sold: 20 });
    expect(named('valid')).toEqual(
      expect.arrayContaining(['voucher-capacity', 'single-redemption', 'never-oversold']),
    );
  });

  it('S4.3 S4.5 flash-attempts: as many orders as units, and every buyer gets a decision', async () => {
    const { code, verdict, stock, named } = await run('flash-attempts', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ available: 0, held: 0, sold: 20 });
    expect(named('valid')).toEqual(expect.arrayContaining(['no-lost-acknowledged', 'no-phantom']));
  });

  it('S3.3 tickets: several units each, payments that decline, and a ticket for each unit', async () => {
    const { code, verdict, stock, named } = await run(
      'tickets',
      '--stock',
      '100',
      '--buyers',
      '2000',
    );
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ available: 0, held: 0 });
    expect(named('valid')).toEqual(
      expect.arrayContaining(['tickets-match-sales', 'money-agreement', 'never-oversold']),
    );
  });

  it('S3.3 doors-open: every ticket is shown at two gates at once, and let in once', async () => {
    const { code, verdict, stock, named } = await run('doors-open', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ available: 0, held: 0, sold: 20 });
    expect(named('valid')).toEqual(
      expect.arrayContaining(['single-check-in', 'tickets-match-sales']),
    );
  });

  it('S1.4 cancel-race: checkout, cancellation and expiry race, and cancelled orders give their units back', async () => {
    const { code, verdict } = await run('cancel-race', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
  });

  it('S1.1 thieves: nobody uses what is somebody else’s, and the owners buy it', async () => {
    const { code, verdict, stock } = await run('thieves', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ total: 20, available: 0, sold: 20 });
  });

  it('C.3 bots: many clicks per account, one unit each', async () => {
    const { code, verdict, stock } = await run('bots', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(stock).toMatchObject({ available: 0, sold: 20 });
  });

  it('C.3 retry-storm: every request is sent again and again, and granted once', async () => {
    const { code, verdict, named } = await run('retry-storm', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(named('valid')).toContain('exactly-once');
  });

  it('S2.7 track-flood: every event that is accepted is stored and counted once', async () => {
    const { code, verdict, named } = await run('track-flood', ...SMALL);
    expect(verdict?.sentence).toMatch(/^Valid/);
    expect(code).toBe(0);
    expect(named('valid')).toContain('analytics-agreement');
  });
});

describe('a server with a bug is caught', () => {
  it('S3.3 tickets: more than there are seats', async () => {
    const { code, named } = await run('tickets', ...SMALL, '--strategy', 'naive', '--unsafe');
    expect(code).toBe(10);
    expect(named('invalid')).toContain('never-oversold');
  });

  it('S0.2 vouchers: a campaign beyond its capacity', async () => {
    const { code, named } = await run('vouchers', ...SMALL, '--strategy', 'naive', '--unsafe');
    expect(code).toBe(10);
    expect(named('invalid')).toEqual(
      expect.arrayContaining(['voucher-capacity', 'never-oversold']),
    );
  });
});
