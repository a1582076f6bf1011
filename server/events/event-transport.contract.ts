import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/protocol/events.ts';
import { openTestDatabase, type TestDatabase } from '../../test/database.ts';
import { silentLog } from '../../test/silent-log.ts';
import { until } from '../../test/until.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import type { Consumer, DomainEvent } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { createUpkeep } from './upkeep.ts';

/** Tests the promises of every event transport. `create` makes one over a database and its outbox. */
export function describeEventTransport(
  name: string,
  create: (deps: { pool: Pool; consumers: Consumer[]; delivery: Delivery }) => EventTransport,
  /** Stops the broker that the transport needs, and starts it again. */
  outage?: { begin(): Promise<void>; end(): Promise<void> },
): void {
  describe(`${name} as event transport`, () => {
    let database: TestDatabase;
    let pool: Pool;
    const running: { stop(): Promise<void> }[] = [];

    beforeEach(async () => {
      database = await openTestDatabase(8);
      ({ pool } = database);
      await pool.query('CREATE TABLE effects (id bigserial, consumer_group text, event_id bigint)');
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((each) => each.stop()));
      await database.close();
    });

    function start(...consumers: Consumer[]): EventTransport {
      const observer = { handled() {}, retried() {}, deadLettered() {} };
      const delivery = createDelivery({
        pool,
        log: silentLog,
        observer,
        attemptsMax: 3,
        backoffMs: 1,
      });
      const upkeep = createUpkeep({
        ...{ pool, consumers, delivery, retentionMs: 60_000 },
        ...{ nowMs: () => Date.now(), log: silentLog },
      });
      const transport = create({ pool, consumers, delivery });
      for (const part of [upkeep, transport]) {
        part.start();
        running.push(part);
      }
      return transport;
    }

    /** Writes the events `first` to `last` of a SKU to the outbox, as a sale does. */
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

    /** The numbers of the events of a SKU that a group has handled, in the order in which it handled them. */
    async function handledBy(group: string, skuId: string): Promise<number[]> {
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
        expect(await handledBy(group, 'SHOE')).toEqual(oneTo(1200));
        expect(await handledBy(group, 'HAT')).toEqual(oneTo(700));
      }
    });

    it('S1.9 keeps the order of a SKU whose events commit while events of another SKU are read', async () => {
      const seller = await pool.connect();
      await seller.query('BEGIN');
      await sell('SHOE', 1, 3, seller);
      // A whole read of hats, so that the other shoes come behind the events that are read first.
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
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(6));
      expect(await handledBy('one', 'HAT')).toEqual(oneTo(500));
    });

    it('S1.9 delivers events that were written before the transport started', async () => {
      await sell('SHOE', 1, 20);
      start(recording('one'));
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(20));
    });

    it('S1.9 does not let a group that hangs delay the others', async () => {
      let goOn = () => {};
      const hanging: Consumer = {
        group: 'hanging',
        topics: [TOPICS.inventory],
        handle: () => new Promise((resolve) => (goOn = resolve)),
      };
      start(hanging, recording('quick'));
      await sell('SHOE', 1, 3);
      await until(async () => (await handledBy('quick', 'SHOE')).length === 3);
      await sell('SHOE', 4, 6);
      await until(async () => (await handledBy('quick', 'SHOE')).length === 6);
      expect(await isDelivered()).toBe(false);
      await until(async () => {
        goOn();
        return isDelivered();
      });
    });

    it('S2.5 isolates an event that cannot be handled, and handles its neighbours in order', async () => {
      const poisoned = recording('one', ({ payload }) => {
        if ((payload as { sequence: number }).sequence === 5)
          throw new Error('five cannot be handled');
      });
      start(poisoned);
      await sell('SHOE', 1, 10);
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
      const { rows } = await pool.query('SELECT * FROM dead_letters');
      expect(rows).toMatchObject([
        {
          consumer_group: 'one',
          topic: TOPICS.inventory,
          key: 'SHOE',
          payload: { sequence: 5 },
          error: 'five cannot be handled',
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
      expect(await handledBy('one', 'SHOE')).toEqual([1, 2, 3]);
      expect((await pool.query('SELECT FROM dead_letters')).rowCount).toBe(0);
    });

    it('S2.5 makes a dead letter at once of an event that its topic does not carry', async () => {
      await pool.query(
        `INSERT INTO outbox (topic, key, type, payload, created_at) VALUES
           ($1, 'SHOE', 'RESERVED', '{"skuId": "SHOE", "quantity": "many"}', now()),
           ($1, 'SHOE', 'STOLEN', '{"skuId": "SHOE"}', now())`,
        [TOPICS.inventory],
      );
      await sell('SHOE', 1, 2);
      start(recording('one'));
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual([1, 2]);
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
      await until(async () => (await handledBy('one', 'SHOE')).length > 0);
      await first.stop();
      await sell('SHOE', 2001, 2500);
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(2500));
    });

    it('S1.9 loses nothing when it is stopped in the middle and started again', async () => {
      await sell('SHOE', 1, 1500);
      const transport = start(recording('one'));
      await until(async () => (await handledBy('one', 'SHOE')).length > 0);
      await transport.stop();
      start(recording('one'));
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(1500));
    });

    it('S1.9 delivers events again whose worker died before the commit', async () => {
      let deaths = 0;
      const mortal = recording('one');
      start({
        ...mortal,
        async handle(events, tx) {
          await mortal.handle(events, tx);
          // A process that is killed leaves this: a connection that breaks inside the transaction.
          if (deaths++ < 2) await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
        },
      });
      await sell('SHOE', 1, 20);
      await until(isDelivered);
      expect(deaths).toBeGreaterThan(2);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(20));
      expect((await pool.query('SELECT FROM dead_letters')).rowCount).toBe(0);
    });

    it('S1.9 handles an event once that is sent twice', async () => {
      start(recording('one'));
      await sell('SHOE', 1, 20);
      await until(async () => (await handledBy('one', 'SHOE')).length === 20);
      await pool.query(
        `INSERT INTO outbox (id, topic, key, type, payload, created_at) OVERRIDING SYSTEM VALUE
         SELECT event_id, topic, sku_id, type, jsonb_build_object('skuId', sku_id, 'reservationId', $1::uuid,
           'userId', $1::uuid, 'quantity', 1, 'sequence', sequence), now()
         FROM handled_events ON CONFLICT DO NOTHING`,
        [randomUUID()],
      );
      await sell('SHOE', 21, 25);
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(25));
    });

    it.skipIf(outage === undefined)(
      'S4.8 delivers once, later, the events written before and while its broker was away',
      async () => {
        start(recording('one'));
        await sell('SHOE', 1, 100);
        await until(async () => (await handledBy('one', 'SHOE')).length > 0);
        const selling = sell('SHOE', 101, 2000);
        await outage?.begin();
        await selling;
        await sell('SHOE', 2001, 2100);
        expect(await isDelivered()).toBe(false);
        await outage?.end();
        await until(isDelivered);
        expect(await handledBy('one', 'SHOE')).toEqual(oneTo(2100));
      },
    );
  });
}
