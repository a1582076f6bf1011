import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/protocol/events.ts';
import { openTestDatabase, type TestDatabase } from '../../test/database.ts';
import { silentLog } from '../../test/silent-log.ts';
import { until } from '../../test/until.ts';
import { requestReplay } from './dead-letters.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import type { Consumer, DomainEvent } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { eventQueries } from './evidence.ts';
import { createMovementLog } from './stock-log/movement-log.ts';
import { createStockDelivery, type StockDelivery } from './stock-log/stock-delivery.ts';
import { createUpkeep } from './upkeep.ts';

/** Tests the promises of every event transport. `create` makes one over a database. */
export function describeEventTransport(
  name: string,
  create: (deps: {
    pool: Pool;
    consumers: Consumer[];
    delivery: Delivery;
    stockDelivery: StockDelivery;
  }) => EventTransport,
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
      await pool.query(
        'CREATE TABLE effects (id bigserial, consumer_group text, topic text, type text, sku_id text, sequence bigint)',
      );
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((each) => each.stop()));
      await database.close();
    });

    function start(...consumers: Consumer[]): EventTransport {
      const deps = {
        ...{ pool, log: silentLog, attemptsMax: 3, backoffMs: 1 },
        observer: { underWay() {}, handled() {}, retried() {}, deadLettered() {} },
      };
      const delivery = createDelivery(deps);
      const stockDelivery = createStockDelivery({ ...deps, movements: createMovementLog() });
      const upkeep = createUpkeep({
        ...{ pool, consumers, delivery, retentionMs: 60_000 },
        ...{ nowMs: () => Date.now(), log: silentLog },
      });
      const transport = create({ pool, consumers, delivery, stockDelivery });
      for (const part of [upkeep, transport]) {
        part.start();
        running.push(part);
      }
      return transport;
    }

    /** Writes the movements `first` to `last` of a SKU, as a sale does; those of one kind, and with orders if any are given. */
    async function sell(
      skuId: string,
      first: number,
      last: number,
      {
        seller = pool,
        kind = 'RESERVED',
        orderId = null,
      }: { seller?: Pool | PoolClient; kind?: string; orderId?: string | null } = {},
    ): Promise<void> {
      await seller.query(
        `WITH product AS (
           INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
           VALUES ($1, 'Lamp', 9, 5, 9) ON CONFLICT DO NOTHING
         ), moved AS (
           INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
           SELECT $1, n, $4, 1, $5, $5, $6, now() FROM generate_series($2::int, $3::int) n
         )
         INSERT INTO inventory (sku_id, total_count, available_count, sequence) VALUES ($1, 9, 9, $3)
         ON CONFLICT (sku_id) DO UPDATE SET sequence = excluded.sequence`,
        [skuId, first, last, kind, randomUUID(), orderId],
      );
    }

    /** Writes an event to the outbox, as fulfilling an order does. */
    const fulfil = (skuId: string, orderId: string, payload: object = {}) =>
      pool.query(
        `INSERT INTO outbox (topic, key, type, payload, created_at)
         VALUES ($1, $2, 'ORDER_FULFILLED', $3, now())`,
        [TOPICS.orders, skuId, { skuId, orderId, userId: randomUUID(), ...payload }],
      );

    const recording = (
      group: string,
      fail?: (event: DomainEvent) => void,
      topics: string[] = [TOPICS.inventory],
    ): Consumer => ({
      group,
      topics,
      async handle(events, tx) {
        await tx.query(
          `INSERT INTO effects (consumer_group, topic, type, sku_id, sequence)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])`,
          [
            group,
            events.map(({ topic }) => topic),
            events.map(({ type }) => type),
            events.map(({ key }) => key),
            events.map(({ payload }) => (payload as { sequence?: number }).sequence ?? null),
          ],
        );
        for (const event of events) fail?.(event);
      },
    });

    /** The numbers of the events of a SKU that a group has handled, in the order in which it handled them. */
    async function handledBy(group: string, skuId: string): Promise<number[]> {
      const { rows } = await pool.query<{ sequence: number }>(
        'SELECT sequence FROM effects WHERE consumer_group = $1 AND sku_id = $2 ORDER BY id',
        [group, skuId],
      );
      return rows.map(({ sequence }) => sequence);
    }

    /** The types of all events that a group has handled, in the order in which it handled them. */
    async function typesHandledBy(group: string): Promise<string[]> {
      const { rows } = await pool.query<{ type: string }>(
        'SELECT type FROM effects WHERE consumer_group = $1 ORDER BY id',
        [group],
      );
      return rows.map(({ type }) => type);
    }

    /** The evidence in the ledger, in the order of groups, SKUs and movements: it must be what was handled. */
    const evidence = async (consumers: Consumer[] = []) => {
      const queries = eventQueries(consumers);
      const read = async (query: string) =>
        (await pool.query<{ line: string }>(query, [null])).rows.map(({ line }) =>
          JSON.parse(line),
        );
      return { deliveries: await read(queries.delivery), backlog: await read(queries.backlog) };
    };

    async function expectEvidenceOfEffects(): Promise<void> {
      const { deliveries } = await evidence();
      const noted = deliveries.map(
        (row) => `${row.group} ${row.topic} ${row.type} ${row.skuId} ${row.sequence}`,
      );
      const { rows } = await pool.query<{ effect: string }>(
        `SELECT concat_ws(' ', consumer_group, topic, type, sku_id, coalesce(sequence::text, 'null')) AS effect FROM effects`,
      );
      expect(noted.toSorted()).toEqual(rows.map(({ effect }) => effect).toSorted());
    }

    const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

    const isDelivered = async () => {
      const isSubscribed = await pool.query('SELECT FROM event_subscriptions LIMIT 1');
      if (isSubscribed.rowCount === 0) return false;
      const { backlog } = await evidence();
      return (await leftInOutbox()) === 0 && backlog.every(({ pending }) => pending === 0);
    };

    const leftInOutbox = async () =>
      (await pool.query('SELECT FROM outbox UNION ALL SELECT FROM published_events')).rowCount;

    it('S1.9 delivers every event once to each group, in the order of its SKU', async () => {
      start(recording('one'), recording('other'));
      await Promise.all([sell('SHOE', 1, 700), sell('HAT', 1, 700)]);
      await sell('SHOE', 701, 1200);
      await until(isDelivered);
      for (const group of ['one', 'other']) {
        expect(await handledBy(group, 'SHOE')).toEqual(oneTo(1200));
        expect(await handledBy(group, 'HAT')).toEqual(oneTo(700));
      }
      await expectEvidenceOfEffects();
    });

    it('S1.9 delivers a backlog of one SKU that is larger than a broker takes at once', async () => {
      await sell('SHOE', 1, 6000);
      start(recording('one'));
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(6000));
    });

    it('S1.9 delivers thousands of movements of several SKUs while selling goes on', async () => {
      const skuIds = ['SHOE', 'HAT', 'SOCK', 'BELT', 'RING'];
      start(recording('one'), recording('other'));
      for (let first = 1; first <= 2000; first += 100) {
        await Promise.all(skuIds.map((skuId) => sell(skuId, first, first + 99)));
      }
      await until(isDelivered);
      for (const group of ['one', 'other']) {
        for (const skuId of skuIds) expect(await handledBy(group, skuId)).toEqual(oneTo(2000));
      }
      await expectEvidenceOfEffects();
    });

    it('S1.8 tells of each movement on its topics', async () => {
      const group = recording('one', undefined, [
        ...[TOPICS.reservations, TOPICS.inventory, TOPICS.orders],
      ]);
      const orderId = randomUUID();
      await sell('SHOE', 1, 1);
      await sell('SHOE', 2, 2, { kind: 'SOLD', orderId });
      await sell('SHOE', 3, 3, { kind: 'RETURNED', orderId });
      await sell('SHOE', 4, 4, { kind: 'RELEASED' });
      await sell('SHOE', 5, 5, { kind: 'RELEASED', orderId });
      await sell('SHOE', 6, 6, { kind: 'EXPIRED' });
      start(group);
      await until(isDelivered);
      const { deliveries } = await evidence();
      expect(
        deliveries.map(({ sequence, topic, type }) => `${sequence} ${topic} ${type}`).toSorted(),
      ).toEqual([
        '1 flash-sale-inventory-updates RESERVED',
        '1 flash-sale-reservations CREATED',
        '2 flash-sale-inventory-updates SOLD',
        '2 flash-sale-orders ORDER_CREATED',
        '2 flash-sale-reservations CONFIRMED',
        '3 flash-sale-inventory-updates RELEASED',
        '3 flash-sale-orders ORDER_CANCELLED',
        '3 flash-sale-reservations CANCELLED',
        '4 flash-sale-inventory-updates RELEASED',
        '4 flash-sale-reservations CANCELLED',
        '5 flash-sale-inventory-updates RELEASED',
        '5 flash-sale-orders ORDER_CANCELLED',
        '5 flash-sale-reservations CANCELLED',
        '6 flash-sale-inventory-updates RELEASED',
        '6 flash-sale-reservations EXPIRED',
      ]);
      await expectEvidenceOfEffects();
    });

    it('S1.9 tells that an order was made before it tells that it is fulfilled', async () => {
      start(recording('one', undefined, [TOPICS.orders]));
      const orders = Array.from({ length: 40 }, () => randomUUID());
      for (const [place, orderId] of orders.entries()) {
        await sell('SHOE', place + 1, place + 1, { kind: 'SOLD', orderId });
        await fulfil('SHOE', orderId, { sequence: place + 1 });
      }
      await until(isDelivered);
      const { rows } = await pool.query<{ sequence: number; types: string[] }>(
        `SELECT sequence, array_agg(type ORDER BY id) AS types FROM effects GROUP BY sequence ORDER BY sequence`,
      );
      expect(rows).toEqual(
        orders.map((_, place) => ({
          sequence: place + 1,
          types: ['ORDER_CREATED', 'ORDER_FULFILLED'],
        })),
      );
    });

    it('S1.9 counts as pending what one of two groups has not handled, each event once', async () => {
      const groups = [recording('one'), recording('other')];
      await sell('SHOE', 1, 7);
      expect((await evidence(groups)).backlog).toMatchObject([{ skuId: 'SHOE', pending: 7 }]);
      start(...groups);
      await until(isDelivered);
      await pool.query("UPDATE stock_cursors SET sequence = 5 WHERE consumer_group = 'other'");
      expect((await evidence()).backlog).toMatchObject([{ skuId: 'SHOE', pending: 2 }]);
    });

    it('S1.9 lets a group that is new beside others begin with what changes from then on', async () => {
      const first = start(recording('one'));
      await sell('SHOE', 1, 5);
      await until(isDelivered);
      await first.stop();
      start(recording('one'), recording('late'));
      await until(async () => {
        const { rowCount } = await pool.query(
          "SELECT FROM event_subscriptions WHERE consumer_group = 'late'",
        );
        return rowCount === 1;
      });
      await sell('SHOE', 6, 8);
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(8));
      expect(await handledBy('late', 'SHOE')).toEqual([6, 7, 8]);
    });

    it('S1.9 passes movements of an earlier version, whose events are in the outbox', async () => {
      await sell('SHOE', 1, 2);
      await pool.query('ALTER TABLE stock_movements DISABLE TRIGGER ALL');
      await pool.query('UPDATE stock_movements SET user_id = NULL');
      await sell('SHOE', 3, 3);
      start(recording('one'));
      await until(isDelivered);
      expect(await handledBy('one', 'SHOE')).toEqual([3]);
    });

    it('S1.9 keeps the order of a SKU whose events commit while events of another SKU are read', async () => {
      const seller = await pool.connect();
      await seller.query('BEGIN');
      await sell('SHOE', 1, 3, { seller });
      // A whole read of hats, so that the other shoes come behind the events that are read first.
      await sell('HAT', 1, 500);
      await sell('SHOE', 4, 6, { seller });
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
          event_id: `${TOPICS.inventory}/SHOE/5`,
          topic: TOPICS.inventory,
          key: 'SHOE',
          payload: { sequence: 5 },
          error: 'five cannot be handled',
          attempts: 3,
        },
      ]);
      await expectEvidenceOfEffects();
    });

    it('S2.5 does not let an event that one group cannot handle keep it from the other', async () => {
      const poisoned = recording('one', ({ key, payload }) => {
        if (key === 'HAT' && (payload as { sequence: number }).sequence === 3)
          throw new Error('three cannot be handled');
      });
      await Promise.all([sell('SHOE', 1, 30), sell('HAT', 1, 30)]);
      start(poisoned, recording('other'));
      await until(isDelivered);
      expect(await handledBy('one', 'HAT')).toEqual(oneTo(30).filter((number) => number !== 3));
      expect(await handledBy('one', 'SHOE')).toEqual(oneTo(30));
      expect(await handledBy('other', 'HAT')).toEqual(oneTo(30));
      await expectEvidenceOfEffects();
    });

    it('S2.5 hands a dead letter of a movement to its group again, and notes it then', async () => {
      let isMended = false;
      start(
        recording('one', ({ payload }) => {
          if (!isMended && (payload as { sequence: number }).sequence === 2)
            throw new Error('not before it is mended');
        }),
      );
      await sell('SHOE', 1, 3);
      await until(async () => (await pool.query('SELECT FROM dead_letters')).rowCount === 1);
      await until(isDelivered);
      isMended = true;
      await requestReplay(pool, { ids: [`${TOPICS.inventory}/SHOE/2`] });
      await until(async () => (await pool.query('SELECT FROM dead_letters')).rowCount === 0);
      expect(await handledBy('one', 'SHOE')).toEqual([1, 3, 2]);
      await expectEvidenceOfEffects();
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
      start(recording('one', undefined, [TOPICS.inventory, TOPICS.orders]));
      await sell('SHOE', 1, 20);
      await fulfil('SHOE', randomUUID());
      await until(isDelivered);
      await pool.query(
        `INSERT INTO outbox (id, topic, key, type, payload, created_at) OVERRIDING SYSTEM VALUE
         SELECT event_id, topic, sku_id, type,
           jsonb_build_object('skuId', sku_id, 'orderId', $1::uuid, 'userId', $1::uuid), now()
         FROM handled_events`,
        [randomUUID()],
      );
      // Over Kafka, all movements are published again.
      await pool.query("DELETE FROM stock_cursors WHERE consumer_group = 'kafka relay'");
      await sell('SHOE', 21, 25);
      await fulfil('SHOE', randomUUID());
      await until(isDelivered);
      const types = await typesHandledBy('one');
      expect(types.filter((type) => type === 'ORDER_FULFILLED')).toHaveLength(2);
      expect((await handledBy('one', 'SHOE')).filter((number) => number !== null)).toEqual(
        oneTo(25),
      );
      await expectEvidenceOfEffects();
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
