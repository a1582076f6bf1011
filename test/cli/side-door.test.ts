import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { assetPath } from '../../src/kernel/assets.ts';
import { useServer } from './on-server.ts';

const shop = useServer();

const run = () => shop.judge('side-door', '--buyers', '300', '--stock', '20');

describe('side-door', () => {
  it('S0.2 is valid on a server whose ledger keeps the rules of a sale', async () => {
    const { verdict, named } = await run();
    expect(named('invalid')).toEqual([]);
    expect(named('valid')).toContain('offer-agreement');
    expect(verdict?.inconclusiveBecause.join('; ')).not.toMatch(/nobody asked for units/);
  }, 120_000);

  it('S0.2 finds a server that sells a campaign’s units by reservation as well', async () => {
    const hold = await readFile(assetPath('server', 'stock', 'sql', 'hold.sql'), 'utf8');
    const lenient = `
      sold_in := array_fill($8, ARRAY[cardinality($1)]);
      opens := array_fill('-infinity'::timestamptz, ARRAY[cardinality($1)]);
      closes := array_fill('infinity'::timestamptz, ARRAY[cardinality($1)]);
      most := array_fill(1000000, ARRAY[cardinality($1)]);`;
    const withoutRules = hold.replace(/decided_at := .*\n/, (line) => line + lenient);
    expect(withoutRules).not.toBe(hold);
    await shop.server().pool.query(withoutRules);

    const { named } = await run();
    expect(named('invalid')).toEqual(expect.arrayContaining(['offer-agreement', 'one-per-buyer']));
  }, 120_000);

  it('S0.2 finds a server that forgets the hours of a campaign', async () => {
    await shop.server().pool.query(`
      CREATE FUNCTION forget_hours() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.starts_at := now() - interval '1 day';
        NEW.ends_at := now() + interval '1 day';
        RETURN NEW;
      END $$;
      CREATE TRIGGER forgets BEFORE INSERT ON campaigns FOR EACH ROW EXECUTE FUNCTION forget_hours()`);

    const { named } = await run();
    expect(named('invalid')).toEqual(['offer-agreement']);
  }, 120_000);
});
