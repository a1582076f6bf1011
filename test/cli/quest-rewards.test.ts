import { describe, expect, it } from 'vitest';
import { useServer } from './on-server.ts';

const shop = useServer();

const run = async () =>
  (await shop.judge('quest-rewards', '--buyers', '200', '--stock', '20')).named;

/** Makes the server write something else, for about half of the players, when a voucher is given. */
const insteadOfGiving = (columns: string) =>
  shop.server().pool.query(`
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
