import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/database.ts';
import { until } from '../../test/until.ts';
import { migrate } from './migrate.ts';
import { createPool } from './postgres.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 1 });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

const USER = '00000000-0000-4000-8000-000000000001';
const HOLD = '00000000-0000-4000-8000-000000000002';

const BEFORE_BASKETS = (await readdir('server/migrations')).filter((file) => file < '0027').length;
const RESERVE = `INSERT INTO reservations
  (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, call_id)
  VALUES ($1, '${USER}', $2, 1, 'RESERVED', now(), now(), 'call')`;

/** Applies the first `count` migrations that the database lacks, but for the one of the number `without`. */
async function migrateTo(count: number, without = 'none'): Promise<void> {
  const client = await pool.connect();
  try {
    await runner({
      ...{ dbClient: client, dir: 'server/migrations', migrationsTable: 'migrations' },
      ...{ direction: 'up', count, noLock: true, ignorePattern: `${without}.*`, log: () => {} },
    });
  } finally {
    client.release();
  }
}

it('S1.14 lets several instances migrate an empty database at the same time', async () => {
  await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));

  const { rows } = await pool.query('SELECT name FROM migrations ORDER BY name');
  const files = await readdir('server/migrations');
  expect(rows.map((row) => `${row.name}.sql`)).toEqual(files.toSorted());
});

it('S1.11 keeps the tables and columns of the data model', async () => {
  await migrate(database.url);

  const { rows } = await pool.query<{ table_name: string; columns: string[] }>(
    `SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
     FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name`,
  );
  const columnsOf = Object.fromEntries(rows.map((row) => [row.table_name, row.columns]));
  expect(columnsOf).toMatchObject({
    products: expect.arrayContaining(
      'sku_id name base_price flash_sale_price total_inventory is_active category'.split(' '),
    ),
    inventory: expect.arrayContaining(
      'inventory_id sku_id total_count reserved_count sold_count available_count version'.split(
        ' ',
      ),
    ),
    reservations: expect.arrayContaining(
      'reservation_id user_id sku_id quantity status created_at expires_at confirmed_at'.split(' '),
    ),
    orders: expect.arrayContaining(
      'order_id reservation_id user_id sku_id quantity total_price status payment_method transaction_id'.split(
        ' ',
      ),
    ),
  });
});

it('S1.11 refuses counts that do not add up, or that are negative', async () => {
  await migrate(database.url);
  await pool.query(
    `INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
     VALUES ('LAMP', 'Lamp', 9, 5, 10)`,
  );
  const stock = (available: number, reserved: number, sold: number) =>
    pool.query(
      `INSERT INTO inventory (sku_id, total_count, available_count, reserved_count, sold_count)
       VALUES ('LAMP', 10, $1, $2, $3)`,
      [available, reserved, sold],
    );

  await expect(stock(9, 0, 0)).rejects.toThrow(/inventory_adds_up/);
  await expect(stock(-1, 11, 0)).rejects.toThrow(/available_count_check/);
  await expect(stock(11, -1, 0)).rejects.toThrow(/reserved_count_check/);
  await expect(stock(11, 0, -1)).rejects.toThrow(/sold_count_check/);
  await stock(7, 2, 1);
});

it('S1.11 keeps the rows of the inventory, so that no reservation loses its product', async () => {
  await migrate(database.url);
  await pool.query(
    `INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
     VALUES ('LAMP', 'Lamp', 9, 5, 10);
     INSERT INTO inventory (sku_id, total_count, available_count) VALUES ('LAMP', 10, 10)`,
  );

  for (const change of [
    'DELETE FROM inventory',
    "UPDATE inventory SET sku_id = 'SHOE'",
    'TRUNCATE inventory',
  ]) {
    await expect(pool.query(change)).rejects.toThrow('the rows of inventory are kept');
  }
  await expect(pool.query('DELETE FROM products')).rejects.toThrow(/inventory/);
});

it('S1.11 keeps what orders and payments refer to', async () => {
  await migrate(database.url);
  await pool.query(
    `INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at)
     VALUES ('${HOLD}', '${USER}', 'LAMP', 1, 'RESERVED', now(), now());
     INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                         transaction_id, created_at)
     VALUES ('${HOLD}', '${HOLD}', '${USER}', 'LAMP', 1, 5, 'PENDING', 'card', 't1', now());
     INSERT INTO payments (order_id, status, amount, created_at) VALUES ('${HOLD}', 'PENDING', 5, now())`,
  );

  for (const change of [
    'DELETE FROM reservations',
    'TRUNCATE reservations',
    "UPDATE reservations SET sku_id = 'SHOE'",
  ]) {
    await expect(pool.query(change)).rejects.toThrow('the rows of reservations are kept');
  }
  await expect(pool.query('DELETE FROM orders')).rejects.toThrow('orders with a payment are kept');
  await expect(pool.query(`UPDATE orders SET order_id = '${USER}'`)).rejects.toThrow(
    'the rows of orders are kept',
  );
  await pool.query('WITH gone AS (DELETE FROM payments) DELETE FROM orders');
});

it('S1.3 lets one order of a reservation stand, and any number fail', async () => {
  await migrate(database.url);
  const order = (id: string, status: string) =>
    pool.query(
      `INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                           transaction_id, created_at)
       VALUES ('${id}', '${HOLD}', '${USER}', 'LAMP', 1, 5, '${status}', 'card', '${id}', now())`,
    );
  const id = (digit: number) => `018f0000-0000-7000-8000-00000000000${digit}`;
  await order(id(1), 'FAILED');
  await order(id(2), 'FAILED');
  await order(id(3), 'CONFIRMED');
  await expect(order(id(4), 'PENDING')).rejects.toThrow(/orders_one_per_reservation/);
  await pool.query(`UPDATE orders SET status = 'FAILED' WHERE order_id = '${id(3)}'`);
  await order(id(4), 'PENDING');
});

it('replaces the functions by those of this version, and changes no data', async () => {
  await migrate(database.url);
  await pool.query(
    `INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
     VALUES ('LAMP', 'Lamp', 9, 5, 10)`,
  );
  await pool.query(
    `CREATE OR REPLACE FUNCTION lapsed_holds(limit_holds int) RETURNS TABLE (sku_id text, hold_ids uuid[])
     LANGUAGE sql AS $$ SELECT 'of another version', ARRAY[]::uuid[] $$`,
  );

  await migrate(database.url);

  expect((await pool.query('SELECT * FROM lapsed_holds(10)')).rows).toEqual([]);
  expect((await pool.query('SELECT sku_id FROM products')).rows).toEqual([{ sku_id: 'LAMP' }]);
});

it('keeps the call ids of a database of version 9, and gives their columns the new name', async () => {
  await migrateTo(9);
  await pool.query(`
    INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
    VALUES ('LAMP', 'Lamp', 9, 5, 10);
    INSERT INTO users (user_id, username) VALUES ('${USER}', 'ann');
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at, attempt_id)
    VALUES ('${HOLD}', '${USER}', 'LAMP', 1, 'CONFIRMED', now(), now(), 'call-of-hold');
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                        transaction_id, attempt_id, created_at)
    VALUES ('${HOLD}', '${HOLD}', '${USER}', 'LAMP', 1, 5, 'CONFIRMED', 'card', 'tx-1', 'call-of-order', now());
    INSERT INTO campaigns (campaign_id, name, starts_at, ends_at)
    VALUES ('LAMP', 'Lamps', now(), now() + interval '1 day');
    INSERT INTO vouchers (campaign_id, user_id, order_id, issued_at, used_by_attempt_id)
    VALUES ('LAMP', '${USER}', '${HOLD}', now(), 'call-of-voucher');
    INSERT INTO flash_sales (sale_id, sku_id, start_time, end_time)
    VALUES ('SALE', 'LAMP', now(), now() + interval '1 day');
    INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, hold_id, client_attempt_id, created_at)
    VALUES ('${HOLD}', 'SALE', '${USER}', '${HOLD}', 'call-of-attempt', now());
    CREATE FUNCTION hold_stock(
      sku_id text, hold_ids uuid[], user_ids uuid[], quantities int[], attempt_ids text[], ttl_ms int)
    RETURNS text LANGUAGE sql AS $$ SELECT 'of version 9' $$`);

  await migrate(database.url);

  const { rows } = await pool.query(
    `SELECT r.call_id AS hold, o.call_id AS "order", v.used_by_call_id AS voucher, a.call_id AS attempt
     FROM reservations r JOIN orders o USING (reservation_id) JOIN vouchers v USING (order_id)
     JOIN purchase_attempts a ON a.hold_id = r.reservation_id`,
  );
  expect(rows).toEqual([
    {
      hold: 'call-of-hold',
      order: 'call-of-order',
      voucher: 'call-of-voucher',
      attempt: 'call-of-attempt',
    },
  ]);
  const held = await pool.query(
    `SELECT others->0->>'outcome' AS outcome FROM hold_units('{LAMP}', '{1}', ARRAY['${USER}']::uuid[], ARRAY['${USER}']::uuid[], '{1}', '{call}', 1000, 'reservations', NULL)`,
  );
  expect(held.rows).toEqual([{ outcome: 'unknown_sku' }]);
});

it('S1.14 gives the stock of a database of version 10 the rules by which it was sold', async () => {
  await migrateTo(10);
  await pool.query(`
    INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, is_active)
    SELECT sku, 'x', 9, 5, 10, sku <> 'OLD' FROM unnest('{LAMP,GIFT,RUSH,OLD}'::text[]) sku;
    INSERT INTO inventory (sku_id, total_count, available_count) SELECT sku_id, 10, 10 FROM products;
    INSERT INTO campaigns (campaign_id, name, starts_at, ends_at)
    VALUES ('GIFT', 'Gifts', '2026-01-01Z', '2026-02-01Z');
    INSERT INTO flash_sales (sale_id, sku_id, start_time, end_time)
    VALUES ('SALE', 'RUSH', '2026-03-01Z', '2026-04-01Z'), ('ASIDE', 'GIFT', '2020-01-01Z', '2030-01-01Z')`);

  await migrate(database.url);

  const { rows } = await pool.query<{ rule: string }>(
    `SELECT concat_ws(' ', sku_id, sold_by, opens_at AT TIME ZONE 'UTC', closes_at AT TIME ZONE 'UTC', units_per_buyer,
                      is_on_sale) AS rule
     FROM inventory ORDER BY sku_id`,
  );
  expect(rows.map(({ rule }) => rule)).toEqual([
    'GIFT campaign 2026-01-01 00:00:00 2026-02-01 00:00:00 1 t',
    'LAMP reservations -infinity infinity 10 t',
    'OLD reservations -infinity infinity 10 f',
    'RUSH flash-sale 2026-03-01 00:00:00 2026-04-01 00:00:00 1 t',
  ]);
});

it('S1.14 hands nobody an event of a database of version 11 again, and keeps those that wait', async () => {
  await migrateTo(11);
  await pool.query(`
    INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
    VALUES ('LAMP', 'Lamp', 9, 5, 10);
    INSERT INTO inventory (sku_id, total_count, available_count, sequence) VALUES ('LAMP', 10, 10, 2);
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, created_at)
    SELECT 'LAMP', n, 'RESERVED', 1, '${HOLD}', now() FROM generate_series(1, 2) n;
    INSERT INTO event_subscriptions (topic, consumer_group)
    VALUES ('flash-sale-orders', 'analytics'), ('flashsale.attempts', 'worker');
    INSERT INTO outbox (topic, key, type, payload, created_at)
    VALUES ('flash-sale-inventory-updates', 'LAMP', 'RESERVED', '{}', now());
    INSERT INTO dead_letters (consumer_group, event_id, topic, key, type, payload, occurred_at, error, attempts)
    VALUES ('analytics', 7, 'flash-sale-orders', 'LAMP', 'ORDER_CREATED', '{}', now(), 'no', 5);
    INSERT INTO reservation_bursts (window_start, origin, value, reservations)
    VALUES ('2026-01-01Z', 'user', '${USER}', 2)`);

  await migrate(database.url);

  const { rows: cursors } = await pool.query(
    'SELECT consumer_group, topic, sku_id, sequence FROM stock_cursors ORDER BY consumer_group',
  );
  const ofLamp = { topic: 'flash-sale-orders', sku_id: 'LAMP', sequence: 2 };
  expect(cursors).toEqual([
    { consumer_group: 'analytics', ...ofLamp },
    { consumer_group: 'kafka relay', ...ofLamp },
  ]);
  expect((await pool.query('SELECT FROM outbox')).rowCount).toBe(1);
  expect((await pool.query('SELECT event_id FROM dead_letters')).rows).toEqual([{ event_id: '7' }]);
  expect((await pool.query('SELECT origins FROM reservation_origins')).rows).toEqual([
    { origins: { user: [USER, USER] } },
  ]);
});

it('S1.14 lets the payments of a database of version 13 go on by reservations, and sells tickets beside them', async () => {
  await migrateTo(13);
  await pool.query(`
    INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
    VALUES ('LAMP', 'Lamp', 9, 5, 10), ('SEAT', 'Seat', 9, 5, 10);
    INSERT INTO inventory (sku_id, total_count, available_count) VALUES ('LAMP', 10, 10), ('SEAT', 10, 10);
    INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at)
    VALUES ('${HOLD}', '${USER}', 'LAMP', 1, 'RESERVED', now(), now());
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status, payment_method,
                        transaction_id, created_at)
    VALUES ('${HOLD}', '${HOLD}', '${USER}', 'LAMP', 1, 5, 'PENDING', 'card', 'tx-1', now());
    INSERT INTO payments (order_id, status, amount, created_at) VALUES ('${HOLD}', 'PENDING', 5, now())`);

  await migrate(database.url);
  await pool.query(`
    INSERT INTO shows (show_id, organizer_id, title, description, venue, city, starts_at, ends_at, created_at)
    VALUES ('${HOLD}', '${USER}', 'Show', '', 'Hall', 'Brno', '2090-01-01Z', '2090-01-02Z', now());
    INSERT INTO ticket_types (ticket_type_id, show_id, name, opens_at, closes_at, units_per_buyer, created_at)
    VALUES ('SEAT', '${HOLD}', 'Seat', '2026-01-01Z', '2090-01-01Z', 4, now())`);

  expect((await pool.query('SELECT way FROM payments')).rows).toEqual([{ way: 'reservations' }]);
  const { rows } = await pool.query(
    'SELECT sku_id, sold_by, units_per_buyer FROM inventory ORDER BY sku_id',
  );
  expect(rows).toEqual([
    { sku_id: 'LAMP', sold_by: 'reservations', units_per_buyer: 10 },
    { sku_id: 'SEAT', sold_by: 'tickets', units_per_buyer: 4 },
  ]);
});

it('S1.14 serves an instance of version 26 on after baskets came, but for prepared reads of the ids of calls', async () => {
  await migrateTo(BEFORE_BASKETS);
  const before = [
    { name: 'insert', text: RESERVE, values: [HOLD, 'LAMP'] },
    {
      name: 'read',
      text: 'SELECT reservation_id, status FROM reservations WHERE user_id = $1',
      values: [USER],
    },
    {
      name: 'read-call',
      text: 'SELECT call_id FROM reservations WHERE user_id = $1',
      values: [USER],
    },
  ];
  await pool.query(`
    INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory)
    VALUES ('LAMP', 'Lamp', 9, 5, 10), ('SEAT', 'Seat', 9, 5, 10)`);
  const ask = () =>
    Promise.all(
      before.map((statement) =>
        pool.query(statement).then(
          ({ rowCount }) => rowCount,
          (error) => error.message,
        ),
      ),
    );
  expect(await ask()).toEqual([1, 1, 1]);
  await migrate(database.url);
  before[0]!.values = [USER, 'SEAT'];
  expect(await ask()).toEqual([1, 2, 'cached plan must not change result type']);
});

it('S1.14 brings a database forward that lacks a migration and has a later one', async () => {
  await migrateTo(BEFORE_BASKETS);
  await migrateTo(1, '0027');
  await migrate(database.url);
  const { rows } = await pool.query('SELECT name FROM migrations ORDER BY id');
  const names = rows.map(({ name }) => name.slice(0, 4));
  expect(names.slice(BEFORE_BASKETS, BEFORE_BASKETS + 2)).toEqual(['0029', '0027']);
});

it('S1.14 migrates beside an instance that locks the same tables in another order', async () => {
  await migrateTo(BEFORE_BASKETS);
  const instance = await pool.connect();
  try {
    // This side waits, so the other one is ended.
    await instance.query("SET deadlock_timeout = '1min'; BEGIN; LOCK orders IN ROW EXCLUSIVE MODE");
    const migrated = migrate(database.url);
    migrated.catch(() => {});
    const isWaiting = "SELECT FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted";
    await until(async () => (await instance.query(isWaiting)).rowCount === 1);
    await instance.query('SELECT FROM reservations');
    await instance.query('COMMIT');
    await migrated;
    const { rowCount } = await instance.query('SELECT basket_id FROM orders, show_images');
    expect(rowCount).toBe(0);
  } finally {
    instance.release(true);
  }
});

it('S1.14 gives up and says so where others keep a table locked, and changes nothing', async () => {
  await migrateTo(BEFORE_BASKETS);
  const other = await pool.connect();
  try {
    await other.query('BEGIN; LOCK orders IN ROW EXCLUSIVE MODE');
    const blocked: unknown[] = [];
    const migrated = migrate(database.url, {
      ...{ lockTimeoutMs: 20, onBlocked: (error) => blocked.push(error) },
    });
    await expect(migrated).rejects.toMatchObject({ code: '55P03' });
    expect(blocked).toHaveLength(9);
    const { rowCount } = await other.query('SELECT FROM migrations');
    expect(rowCount).toBe(BEFORE_BASKETS);
  } finally {
    other.release(true);
  }
  await migrate(database.url);
});

it('reports the cause when the database cannot be reached', async () => {
  await expect(migrate('postgres://nobody:nothing@127.0.0.1:1/nowhere')).rejects.toThrow(
    /ECONNREFUSED/,
  );
});
