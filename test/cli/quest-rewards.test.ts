import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

/** Runs `quest-rewards` against the server. */
async function run() {
  const { stdout, stderr } = await place.run(
    ['run', 'quest-rewards', '--json', '--buyers', '200', '--stock', '20', '--target', server.url],
    { FLASHSALE_ADMIN_TOKEN: server.tokenFor({ userId: newId(), role: 'admin' }, DAY_MS) },
  );
  if (stdout === '') throw new Error(stderr);
  const { verdict } = RunDocument.parse(JSON.parse(stdout));
  return (status: string) =>
    verdict?.checks.filter((check) => check.status === status).map(({ name }) => name);
}

/** Makes the server write something else, for about half of the players, when a voucher is given. */
const insteadOfGiving = (columns: string) =>
  server.pool.query(`
    CREATE FUNCTION err() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.voucher_outcome = 'GIVEN' AND hashtext(NEW.user_id::text) % 2 = 0 THEN ${columns} END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER errs BEFORE UPDATE ON quest_progress FOR EACH ROW EXECUTE FUNCTION err()`);

describe('quest-rewards', () => {
  it('S2.4 is valid on a server that rewards whoever completes a quest', async () => {
    const named = await run();
    expect(named('invalid')).toEqual([]);
    expect(named('valid')).toEqual(expect.arrayContaining(['reward-capacity', 'voucher-capacity']));
  }, 120_000);

  it('S2.4 finds a server that gives a voucher and tells its player that none is left', async () => {
    await insteadOfGiving(`NEW.voucher_outcome := 'GONE'; NEW.gone_because := 'CAMPAIGN_FULL';`);
    expect((await run())('invalid')).toContain('reward-capacity');
  }, 120_000);

  it('S2.4 finds a server that forgets what it owes', async () => {
    await insteadOfGiving(`NEW.voucher_outcome := 'OWED'; NEW.give_after := 'infinity';`);
    expect((await run())('invalid')).toEqual(['reward-capacity']);
  }, 120_000);
});
