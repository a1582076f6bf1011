import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assetPath } from '../../src/kernel/assets.ts';
import { newId } from '../../src/kernel/ids.ts';
import { RunDocument } from '../../src/report/run-document.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.stop());

const DAY_MS = 86_400_000;

/** Runs `side-door` against the server. */
async function run() {
  const { stdout, stderr } = await place.run(
    ['run', 'side-door', '--json', '--buyers', '300', '--stock', '20', '--target', server.url],
    { FLASHSALE_ADMIN_TOKEN: server.tokenFor({ userId: newId(), role: 'admin' }, DAY_MS) },
  );
  if (stdout === '') throw new Error(stderr);
  const { verdict } = RunDocument.parse(JSON.parse(stdout));
  const named = (status: string) =>
    verdict?.checks.filter((check) => check.status === status).map(({ name }) => name);
  return { verdict, named };
}

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
    await server.pool.query(withoutRules);

    const { named } = await run();
    expect(named('invalid')).toEqual(expect.arrayContaining(['offer-agreement', 'one-per-buyer']));
  }, 120_000);

  it('S0.2 finds a server that forgets the hours of a campaign', async () => {
    await server.pool.query(`
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
