import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/database.ts';
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

it('puts the functions of this version in place of what is there, and leaves data alone', async () => {
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

it('says why when the database cannot be reached', async () => {
  await expect(migrate('postgres://nobody:nothing@127.0.0.1:1/nowhere')).rejects.toThrow(
    /ECONNREFUSED/,
  );
});
