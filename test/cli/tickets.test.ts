import { describe, expect, it } from 'vitest';
import { useServer } from './on-server.ts';

const shop = useServer();

const invalidChecks = async () =>
  (await shop.judge('doors-open', '--buyers', '60', '--stock', '20')).named('invalid');

describe('doors-open', { timeout: 120_000 }, () => {
  it('S3.3 finds nothing on a server that lets each ticket in once', async () => {
    expect(await invalidChecks()).toEqual([]);
  });

  it('S3.3 finds a gate that forgets whom it let in', async () => {
    await shop.server().pool.query(`
      CREATE FUNCTION forget_check_in() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE tickets SET checked_in_at = NULL, checked_in_by = NULL WHERE ticket_id = NEW.ticket_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER forgets AFTER UPDATE ON tickets FOR EACH ROW WHEN (NEW.checked_in_at IS NOT NULL)
      EXECUTE FUNCTION forget_check_in()`);
    expect(await invalidChecks()).toContain('single-check-in');
  });

  it('S3.3 finds a server that issues one ticket for an order of several', async () => {
    await shop.server().pool.query(`
      CREATE FUNCTION lose_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.number > 1 THEN RETURN NULL; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER loses BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION lose_ticket()`);
    expect(await invalidChecks()).toContain('tickets-match-sales');
  });
});

describe('tickets', { timeout: 120_000 }, () => {
  it('S3.3 finds a ledger that holds the lines of a basket one by one', async () => {
    await shop.server().pool.query(`
      CREATE OR REPLACE FUNCTION hold_basket(
        basket_id uuid, sku_ids text[], hold_ids uuid[], user_id uuid, quantities int[], call_ids text[], ttl_ms int,
        way way_of_selling
      )
      RETURNS TABLE (held_at timestamptz, expires_at timestamptz, sequences text, others json)
      LANGUAGE plpgsql
      AS $$
      BEGIN
        RETURN QUERY SELECT * FROM hold_units(
          $2, ARRAY(SELECT generate_series(1, cardinality($2))), $3, array_fill($4, ARRAY[cardinality($2)]), $5, $6, $7, $8, NULL);
        UPDATE reservations r SET basket_id = $1 WHERE r.reservation_id = ANY($3);
      END $$`);
    const { named } = await shop.judge('tickets', '--buyers', '300', '--stock', '60');
    expect(named('invalid')).toContain('all-or-nothing');
  });
});

describe('seed --sells tickets', () => {
  it('C.2 puts an event up with tickets to sell, and changes nothing when it is repeated', async () => {
    const args = ['seed', '--sku', 'gala', '--sells', 'tickets', '--stock', '30', '--buyers', '2'];
    const seed = async () => {
      const { stdout, stderr } = await shop.run([...args, '--json']);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    };
    const first = await seed();
    expect(first).toMatchObject({
      skus: [{ total: 30, unitPrice: '49.00', soldBy: 'tickets' }],
      buyers: 2,
    });
    const again = await seed();
    expect(again.skus).toEqual([{ skuId: first.skus[0].skuId, total: 30 }]);
    const { body } = await shop.server().call('GET', '/events?text=gala');
    expect(body.events).toHaveLength(1);
    const { eventId } = body.events[0];
    const types = await shop.server().call('GET', `/events/${eventId}/ticket-types`);
    expect(types.body.ticketTypes).toMatchObject([{ name: 'Block 1', capacity: 30 }]);
  });
});
