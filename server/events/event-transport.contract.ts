import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/protocol/events.ts';
import { createTestDatabase } from '../../test/database.ts';
import { until } from '../../test/until.ts';
import { createLogger } from '../platform/logging.ts';
import { migrate } from '../platform/migrate.ts';
import { createPool } from '../platform/postgres.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import type { Consumer, DomainEvent } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { createUpkeep } from './upkeep.ts';

export const silent = createLogger({ level: 'silent', instance: 'test' });

/** What every way of delivering promises. `create` makes a log over a database and its outbox. */
export function describeEventTransport(
  name: string,
  create: (deps: { pool: Pool; consumers: Consumer[]; delivery: Delivery }) => EventTransport,
  /** Takes away what the log stands on, and brings it back. */
  outage?: { begin(): Promise<void>; end(): Promise<void> },
): void {
  describe(`${name} as event log`, () => {
    let database: Awaited<ReturnType<typeof createTestDatabase>>;
    let pool: Pool;
    const running: { stop(): Promise<void> }[] = [];

    beforeEach(async () => {
      database = await createTestDatabase();
      await migrate(database.url);
      pool = createPool({ connectionString: database.url, max: 8 });
      await pool.query('CREATE TABLE effects (id bigserial, consumer_group text, event_id bigint)');
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((each) => each.stop()));
      await pool.end();
      await database.drop();
    });

    function start(...consumers: Consumer[]): EventTransport {
      const observer = { handled() {}, retried() {}, buried() {} };
      const delivery = createDelivery({
        pool,
        log: silent,
        observer,
        attemptsMax: 3,
        backoffMs: 1,
      });
      const upkeep = createUpkeep({
        ...{ pool, consumers, delivery, retentionMs: 60_000 },
        ...{ nowMs: () => Date.now(), log: silent },
      });
      const log = create({ pool, consumers, delivery });
      for (const part of [upkeep, log]) {
        part.start();
        running.push(part);
      }
      return log;
    }

    /** Writes events of a SKU into the outbox as a sale does; the first of them has this number. */
    async function sell(
      skuId: string,
      first: number,
      last: number,
      seller: Pool | PoolClient = pool,
    ): Promise<void> {
      await seller.query(
        `INSERT INTO outbox (topic, key, type, payload, created_at)
         SELECT $1, $2::text, 'RESERVED', jsonb_build_object('skuId', $2::text, 'reservationId', $3::uuid,
           'userId', $3::uuid, 'quantity', 1, 'sequence', n), now()
         FROM generate_series($4::int, $5::int) n`,
        [TOPICS.inventory, skuId, randomUUID(), first, last],
      );
    }

    const recording = (group: string, fail?: (event: DomainEvent) => void): Consumer => ({
      group,
      topics: [TOPICS.inventory],
      async handle(events, tx) {
        await tx.query(
          'INSERT INTO effects (consumer_group, event_id) SELECT $1, unnest($2::bigint[])',
          [group, events.map(({ eventId }) => eventId)],
        );
        for (const event of events) fail?.(event);
      },
    });

    /** The numbers a group has heard of a SKU, in the order in which it did. */
    async function heard(group: string, skuId: string): Promise<number[]> {
      const { rows } = await pool.query<{ sequence: number }>(
        `SELECT sequence FROM effects JOIN handled_events USING (consumer_group, event_id)
         WHERE consumer_group = $1 AND sku_id = $2 ORDER BY id`,
        [group, skuId],
      );
      return rows.map(({ sequence }) => sequence);
    }

    const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

    const isDelivered = async () => {
      const { rows } = await pool.query<{ pending: number }>(
        `SELECT ((SELECT count(*) FROM outbox) + (SELECT count(*) FROM published_events))::int AS pending`,
      );
      return rows[0]?.pending === 0;
    };

    it('S1.9 delivers every event once to each group, in the order of its SKU', async () => {
      start(recording('one'), recording('other'));
      await Promise.all([sell('SHOE', 1, 700), sell('HAT', 1, 700)]);
      await sell('SHOE', 701, 1200);
      await until(isDelivered);
      for (const group of ['one', 'other']) {
        expect(await heard(group, 'SHOE')).toEqual(oneTo(1200));
        expect(await heard(group, 'HAT')).toEqual(oneTo(700));
      }
    });

    it('S1.9 keeps the order of a SKU whose events are committed while those of another are read', async () => {
      const seller = await pool.connect();
      await seller.query('BEGIN');
      await sell('SHOE', 1, 3, seller);
      // As many as are read at once, so that the rest of the shoes stands behind what was read.
      await sell('HAT', 1, 500);
      await sell('SHOE', 4, 6, seller);
      const consumer = recording('one');
      let committed = false;
      start({
        ...consumer,
        async handle(events, tx) {
          if (!committed) await seller.query('COMMIT');
          committed = true;
          await consumer.handle(events, tx);
        },
      });
      await until(isDelivered);
      seller.release();
      expect(await heard('one', 'SHOE')).toEqual(oneTo(6));
      expect(await heard('one', 'HAT')).toEqual(oneTo(500));
    });

    it('S1.9 delivers what was written before anybody listened', async () => {
      await sell('SHOE', 1, 20);
      start(recording('one'));
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual(oneTo(20));
    });

    it('S1.9 keeps no group waiting for one that hangs', async () => {
      let goOn = () => {};
      const hanging: Consumer = {
        group: 'hanging',
        topics: [TOPICS.inventory],
        handle: () => new Promise((resolve) => (goOn = resolve)),
      };
      start(hanging, recording('quick'));
      await sell('SHOE', 1, 3);
      await until(async () => (await heard('quick', 'SHOE')).length === 3);
      await sell('SHOE', 4, 6);
      await until(async () => (await heard('quick', 'SHOE')).length === 6);
      expect(await isDelivered()).toBe(false);
      await until(async () => {
        goOn();
        return isDelivered();
      });
    });

    it('S2.5 isolates an event that cannot be handled, and handles its neighbours in order', async () => {
      const poisoned = recording('one', ({ payload }) => {
        if ((payload as { sequence: number }).sequence === 5) throw new Error('I choke on five');
      });
      start(poisoned);
      await sell('SHOE', 1, 10);
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
      const { rows } = await pool.query('SELECT * FROM dead_letters');
      expect(rows).toMatchObject([
        {
          consumer_group: 'one',
          topic: TOPICS.inventory,
          key: 'SHOE',
          payload: { sequence: 5 },
          error: 'I choke on five',
          attempts: 3,
        },
      ]);
    });

    it('S2.5 tries an event again that fails at first', async () => {
      let failures = 2;
      start(
        recording('one', () => {
          if (failures-- > 0) throw new Error('not yet');
        }),
      );
      await sell('SHOE', 1, 3);
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual([1, 2, 3]);
      expect((await pool.query('SELECT FROM dead_letters')).rowCount).toBe(0);
    });

    it('S2.5 puts aside at once what its topic does not carry', async () => {
      await pool.query(
        `INSERT INTO outbox (topic, key, type, payload, created_at) VALUES
           ($1, 'SHOE', 'RESERVED', '{"skuId": "SHOE", "quantity": "many"}', now()),
           ($1, 'SHOE', 'STOLEN', '{"skuId": "SHOE"}', now())`,
        [TOPICS.inventory],
      );
      await sell('SHOE', 1, 2);
      start(recording('one'));
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual([1, 2]);
      const { rows } = await pool.query('SELECT * FROM dead_letters ORDER BY event_id');
      expect(rows).toMatchObject([
        { type: 'RESERVED', attempts: 1, error: expect.stringContaining('quantity') },
        { type: 'STOLEN', attempts: 1, error: `${TOPICS.inventory} carries no STOLEN` },
      ]);
    });

    it('S1.9 delivers once when several instances deliver, and goes on when one stops', async () => {
      const first = start(recording('one'));
      start(recording('one'));
      await sell('SHOE', 1, 2000);
      await until(async () => (await heard('one', 'SHOE')).length > 0);
      await first.stop();
      await sell('SHOE', 2001, 2500);
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual(oneTo(2500));
    });

    it('S1.9 loses nothing when it is stopped in the middle and started again', async () => {
      await sell('SHOE', 1, 1500);
      const log = start(recording('one'));
      await until(async () => (await heard('one', 'SHOE')).length > 0);
      await log.stop();
      start(recording('one'));
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual(oneTo(1500));
    });

    it('S1.9 delivers again what was handled by one who died before the commit', async () => {
      let deaths = 0;
      const mortal = recording('one');
      start({
        ...mortal,
        async handle(events, tx) {
          await mortal.handle(events, tx);
          // What a process leaves behind that is killed here: a connection that breaks in mid-transaction.
          if (deaths++ < 2) await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
        },
      });
      await sell('SHOE', 1, 20);
      await until(isDelivered);
      expect(deaths).toBeGreaterThan(2);
      expect(await heard('one', 'SHOE')).toEqual(oneTo(20));
      expect((await pool.query('SELECT FROM dead_letters')).rowCount).toBe(0);
    });

    it('S1.9 handles an event once that is sent twice', async () => {
      start(recording('one'));
      await sell('SHOE', 1, 20);
      await until(async () => (await heard('one', 'SHOE')).length === 20);
      await pool.query(
        `INSERT INTO outbox (id, topic, key, type, payload, created_at) OVERRIDING SYSTEM VALUE
         SELECT event_id, topic, sku_id, type, jsonb_build_object('skuId', sku_id, 'reservationId', $1::uuid,
           'userId', $1::uuid, 'quantity', 1, 'sequence', sequence), now()
         FROM handled_events ON CONFLICT DO NOTHING`,
        [randomUUID()],
      );
      await sell('SHOE', 21, 25);
      await until(isDelivered);
      expect(await heard('one', 'SHOE')).toEqual(oneTo(25));
    });

    it.skipIf(outage === undefined)(
      'S4.8 delivers once, later, what was written before and while its broker was away',
      async () => {
        start(recording('one'));
        await sell('SHOE', 1, 100);
        await until(async () => (await heard('one', 'SHOE')).length > 0);
        const selling = sell('SHOE', 101, 2000);
        await outage?.begin();
        await selling;
        await sell('SHOE', 2001, 2100);
        expect(await isDelivered()).toBe(false);
        await outage?.end();
        await until(isDelivered);
        expect(await heard('one', 'SHOE')).toEqual(oneTo(2100));
      },
    );
  });
}
