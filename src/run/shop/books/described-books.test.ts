import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { systemClock } from '../../../kernel/clock.ts';
import type { LedgerEntry } from '../../../protocol/ledger.ts';
import { TargetFile, type TargetFileInput } from '../../../target/file/schema.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { createDescribedBooks } from './described-books.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let client: pg.Client;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    CREATE TABLE orders (id serial PRIMARY KEY, user_email text, product_id int, qty int,
      state text, total numeric(12, 4), created_at timestamptz, call_id text);
    CREATE TABLE products (id int PRIMARY KEY, stock int, sold int)`);
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterAll(async () => {
  await client.end();
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await client.query('TRUNCATE orders, products RESTART IDENTITY');
});

const LAMP: ShopSku = { skuId: '7', total: 10 };
const VASE: ShopSku = { skuId: 'vase', total: 5, product: 8 };

/** The books of a shop with this evidence. */
function open(
  rest: Partial<TargetFileInput>,
  {
    skus = [LAMP],
    url = 'http://127.0.0.1:9',
    isNew = false,
  }: { skus?: ShopSku[]; url?: string; isNew?: boolean } = {},
) {
  const file = TargetFile.parse({
    url,
    operations: { buy: { request: 'POST /buy' } },
    ...rest,
    evidence: { database: '{env.DB}', ...rest.evidence },
  });
  const env = { DB: database.url, PATH: process.env.PATH, KEY: 'k3y-of-shop' };
  const signal = new AbortController().signal;
  return createDescribedBooks({ ...file, name: 'shop' }, skus, {
    ...{ env, clock: systemClock, signal, isNew },
  });
}

async function read(books: ReturnType<typeof open>, skuId = '7') {
  const entries: LedgerEntry[] = [];
  const { problem, counts } = await books.readBooks(skuId, (entry) => entries.push(entry));
  return { entries, problem, counts };
}

const ORDERS = {
  sql: 'SELECT * FROM orders WHERE product_id = {sku}',
  columns: {
    buyer: 'user_email',
    quantity: 'qty',
    status: 'state',
    amount: 'total',
    at: 'created_at',
  },
  values: { status: { paid: 'confirmed', void: 'cancelled' } },
} as const;

describe('the books of a described shop', () => {
  it('are rows of SQL, by their meanings', async () => {
    await client.query(`INSERT INTO orders (user_email, product_id, qty, state, total, created_at)
      VALUES ('a@x', 7, 2, 'paid', 39.98, '2026-11-26 09:00:00.123456+01'), ('b@x', 8, 1, 'paid', 1, now())`);
    const books = open({ evidence: { orders: ORDERS } });
    await books.rehearse();
    expect(books.evidence).toEqual({
      ledger: ['order'],
      sequences: false,
      consumers: [],
      invariants: [],
    });
    expect(await read(books)).toEqual({
      problem: undefined,
      counts: { order: 1 },
      entries: [
        {
          row: 'order',
          orderId: '1',
          reservationId: null,
          userId: 'a@x',
          skuId: '7',
          quantity: 2,
          totalPrice: '39.98',
          status: 'CONFIRMED',
          callId: null,
          createdAt: '2026-11-26T08:00:00.123456Z',
        },
      ],
    });
  });

  it('have the lines of a basket, each with its part of the ids that the basket has', async () => {
    await client.query(`INSERT INTO orders (id, user_email, product_id, qty, state, call_id)
      VALUES (17, 'a@x', 7, 2, 'paid', 'call-1'), (18, 'b@x', 7, 1, 'paid', 'call-2')`);
    const orders = {
      ...ORDERS,
      sql: 'SELECT *, CASE id WHEN 17 THEN 17 END AS basket FROM orders WHERE product_id = {sku}',
      columns: { ...ORDERS.columns, call: 'call_id' },
    };
    const { entries, counts } = await read(
      open({
        evidence: { orders },
        operations: {
          'buy-basket': {
            request: 'POST /orders',
            json: { items: [{ product: '{sku}' }] },
            answer: { basket: 'id', order: 'id' },
          },
        },
      }),
    );
    expect(counts).toEqual({ order: 2, line: 1 });
    expect(entries).toMatchObject([
      { row: 'order', orderId: '17/7', callId: 'call-1.7', quantity: 2 },
      { row: 'line', basketId: '17', orderId: '17/7', skuId: '7', userId: 'a@x' },
      { row: 'order', orderId: '18', callId: 'call-2', quantity: 1 },
    ]);
  });

  it('may not have orders of a SKU that the run has just put on sale', async () => {
    await client.query("INSERT INTO orders (user_email, product_id) VALUES ('a@x', 3)");
    const orders = { sql: 'SELECT id, user_email AS buyer, {sku} AS sku FROM orders' };
    await open({ evidence: { orders } }).rehearse();
    await expect(open({ evidence: { orders } }, { isNew: true }).rehearse()).rejects.toMatchObject({
      why: expect.stringContaining(
        'evidence.orders: it gives a row of SKU 7 before anybody has bought it: {"orderId":"1",',
      ),
    });
  });

  it('are tried before the load by a thousand rows, however many there are', async () => {
    const wrongAfter = (rows: number) => ({
      command: `echo id,sku,quantity; seq -f '%g,7,1' ${rows}; echo 1,7,many`,
    });
    await open({ evidence: { orders: wrongAfter(1_000) } }).rehearse();
    await expect(open({ evidence: { orders: wrongAfter(999) } }).rehearse()).rejects.toThrow();
  });

  it('promise numbers of movements if every answer that moves stock has one', () => {
    const reserve = { request: 'POST /holds', answer: { sequence: 'n' } };
    const confirm = { request: 'POST /orders', answer: { order: 'id' } };
    expect(open({ operations: { reserve } }).evidence.sequences).toBe(true);
    expect(open({ operations: { reserve, confirm } }).evidence.sequences).toBe(false);
  });

  it('are asked once for all SKUs, and sorted by the ids that a SKU goes by', async () => {
    await client.query(`INSERT INTO orders (user_email, product_id, qty, state)
      VALUES ('a@x', 7, 1, 'paid'), ('b@x', 8, 1, 'void'), ('c@x', 9, 1, 'paid')`);
    const orders = {
      ...ORDERS,
      sql: 'SELECT * FROM orders',
      columns: { ...ORDERS.columns, sku: 'product_id' },
    };
    const books = open({ evidence: { orders } }, { skus: [LAMP, VASE] });
    expect(await read(books)).toMatchObject({ entries: [{ userId: 'a@x', skuId: '7' }] });
    expect(await read(books, 'vase')).toMatchObject({
      entries: [{ userId: 'b@x', skuId: 'vase', status: 'CANCELLED' }],
    });
  });

  it('are read one after the other, unless they are asked together', async () => {
    const readings = async (orders: object) => {
      const books = open({ evidence: { orders } } as Partial<TargetFileInput>, {
        skus: [LAMP, VASE],
      });
      const first = await books.readBooks('7', () => {});
      return { first, second: await books.readBooks('vase', () => {}) };
    };
    const perSku = await readings({
      ...ORDERS,
      sql: 'SELECT * FROM orders WHERE product_id::text = {sku}',
    });
    expect(perSku.second.fromNs).toBeGreaterThanOrEqual(perSku.first.toNs);
    const columns = { ...ORDERS.columns, sku: 'product_id' };
    const together = await readings({ ...ORDERS, sql: 'SELECT * FROM orders', columns });
    expect(together.second.fromNs).toBeLessThan(together.first.toNs);
  });

  it('are one state of the database, whatever is written while they are read', async () => {
    await client.query('INSERT INTO products VALUES (7, 9, 1)');
    await client.query("INSERT INTO orders (user_email, product_id) VALUES ('a@x', 7)");
    const books = open({
      evidence: {
        orders: { sql: 'SELECT user_email AS buyer FROM orders WHERE product_id = {sku}' },
        stock: { sql: 'SELECT stock AS available, sold FROM products WHERE id = {sku}' },
      },
    });
    const entries: LedgerEntry[] = [];
    let buying: Promise<unknown> = Promise.resolve();
    await books.readBooks('7', (entry) => {
      if (entries.push(entry) === 1)
        buying = client.query('UPDATE products SET stock = 0, sold = 10');
    });
    await buying;
    expect(entries).toMatchObject([
      { row: 'order', userId: 'a@x' },
      { row: 'inventory', available: 9, sold: 1, total: null },
    ]);
  });

  it('are what commands print', async () => {
    const books = open({
      evidence: {
        orders: { command: `printf 'id,buyer,sku\\n1,ann,%s\\n2,bob,other\\n' {sku}` },
        stock: { command: `echo '{"available": 3, "total": "10"}' # {sku}` },
        reservations: {
          command: `echo '[{"_id":{"$oid":"r1"},"buyer":5,"status":"reserved","expires_at":{"$date":"2100-01-01T00:00:00Z"}}]' # {sku}`,
          columns: { id: '_id' },
        },
      },
    });
    await books.rehearse();
    // A row that was asked for a SKU is its own, under whatever id the shop tells.
    expect(await read(books)).toMatchObject({
      problem: undefined,
      counts: { order: 2, inventory: 1, reservation: 1 },
      entries: [
        { orderId: '1', userId: 'ann', skuId: '7', status: 'CONFIRMED', quantity: null },
        { orderId: '2', userId: 'bob' },
        { reservationId: 'r1', userId: '5', lapsed: false, expiresAt: '2100-01-01T00:00:00Z' },
        { row: 'inventory', available: 3, total: 10, sold: null },
      ],
    });
  });

  it('are what an endpoint answers, and what a hook returns', async () => {
    const server = createServer((request, response) => {
      const known = request.headers['x-key'] === 'k3y-of-shop' && request.url === '/all?sku=7';
      response.statusCode = known ? 200 : 403;
      response.end(JSON.stringify({ data: { orders: [{ id: 1, buyer: 'ann' }] } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const orders = { request: 'GET /all?sku={sku}', rows: 'data.orders' };
    try {
      const books = open(
        {
          evidence: {
            orders: { ...orders, headers: { 'X-Key': '{env.KEY}' } },
            vouchers: { run: async (sku: string) => [{ code: `v-${sku}`, usedAt: 1_800_000_000 }] },
          },
          // Nobody who reads the books has the token of a buyer.
          headers: { 'x-key': 'of buyers', authorization: 'Bearer {token}' },
        },
        { url },
      );
      expect(await read(books)).toMatchObject({
        entries: [
          { orderId: '1', userId: 'ann' },
          { voucherId: 'v-7', code: 'v-7', usedAt: '2027-01-15T08:00:00.000Z' },
        ],
      });
      const refused = await read(open({ evidence: { orders } }, { url }));
      expect(refused.problem).toBe('evidence.orders: GET /all?sku={sku} answered 403');
    } finally {
      server.close();
    }
  });

  it('may be very many rows', { timeout: 60_000 }, async () => {
    const sql =
      "SELECT n AS id, 'u' || n AS buyer FROM generate_series(1, 200000) n WHERE {sku} <> ''";
    const { counts, entries } = await read(open({ evidence: { orders: { sql } } }));
    expect(counts).toEqual({ order: 200_000 });
    expect(entries.at(-1)).toMatchObject({ orderId: '200000', userId: 'u200000' });
  });

  it.each<[string, TargetFileInput['evidence'], string]>([
    [
      'a statement that writes',
      { orders: { sql: 'DELETE FROM orders WHERE product_id = {sku} RETURNING *' } },
      'evidence.orders: it writes, and evidence is only read: cannot execute DELETE in a read-only transaction',
    ],
    [
      'a statement that ends the transaction',
      { orders: { sql: 'COMMIT' } },
      'evidence.orders: it returns no rows: write a SELECT',
    ],
    [
      'two statements',
      { orders: { sql: 'SELECT 1 AS id; SELECT 2' } },
      'evidence.orders: cannot insert multiple commands into a prepared statement',
    ],
    [
      'a table that is not there',
      { stock: { sql: 'SELECT * FROM stocks WHERE id = {sku}' } },
      'evidence.stock: relation "stocks" does not exist',
    ],
    [
      'a column that is not there',
      {
        orders: {
          sql: 'SELECT id FROM orders WHERE product_id = {sku}',
          columns: { buyer: 'user' },
        },
      },
      'evidence.orders: it gives no column user for buyer, only id',
    ],
    [
      'no column that is known',
      { orders: { sql: 'SELECT count(*) FROM orders WHERE product_id = {sku}' } },
      'evidence.orders: it gives none of id, buyer, hold, call, only "count"',
    ],
    [
      'rows of any SKU',
      { orders: { sql: 'SELECT id FROM orders' } },
      'evidence.orders: it gives no sku, only "id"',
    ],
    [
      'a placeholder that nothing provides',
      { orders: { sql: 'SELECT * FROM orders WHERE id = {id}' } },
      'evidence.orders: nothing provides {id} in evidence.orders of the target file: known there: sku, stock',
    ],
    [
      'a variable that is not set',
      { database: '{env.NONE}', orders: { sql: 'SELECT {sku} AS id' } },
      'evidence.orders: the target file uses {env.NONE}',
    ],
    [
      'a database that is not PostgreSQL',
      { database: 'mysql://u:hunter2@h/d', orders: { sql: 'SELECT {sku} AS id' } },
      'the database of the target file is no PostgreSQL',
    ],
    [
      'an unreachable database',
      { database: 'postgres://u:hunter2@127.0.0.1:1/d', orders: { sql: 'SELECT {sku} AS id' } },
      'evidence.orders: PostgreSQL at 127.0.0.1:1 cannot be asked: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'a slow statement',
      { timeout: '20ms', orders: { sql: 'SELECT pg_sleep(30) AS id, {sku}' } },
      'evidence.orders: PostgreSQL did not answer within 0.02 seconds',
    ],
    [
      'a command that fails',
      { orders: { command: 'echo "key $KEY is refused {sku}" >&2; exit 4' } },
      'evidence.orders: it ended with exit code 4: key $KEY is refused 7',
    ],
    [
      'a command that is not there',
      { orders: { command: 'no-such-command {sku}' } },
      'evidence.orders: it ended with exit code 127: sh: ',
    ],
    [
      'a number that is none',
      { stock: { command: `echo '{"available":"many"}' {sku} | cut -d' ' -f1` } },
      'evidence.stock: available: "many" is no whole number',
    ],
    [
      'an unknown word',
      { orders: { command: `echo '{"id":1,"status":"shipped"}' | cat - # {sku}` } },
      'evidence.orders: the status "shipped" is unknown: add to values, as { status: { "shipped": pending } }, which of pending, confirmed, failed, cancelled, fulfilled it is',
    ],
    [
      'no word',
      { orders: { command: `echo '{"id":1,"status":null}' | cat - # {sku}` } },
      'evidence.orders: the status "null" is unknown',
    ],
  ])('are not guessed from %s', async (_, evidence, why) => {
    const books = open({ evidence });
    const { problem } = await read(books);
    expect(problem).toContain(why);
    expect(problem).not.toMatch(/hunter2|k3y-of-shop/);
    await expect(books.rehearse()).rejects.toMatchObject({
      exitCode: 2,
      message: 'the target file shop promises rows that cannot be read',
      why: problem,
    });
  });
});

describe('a described shop at rest', () => {
  it('has no row in its query of open work', async () => {
    await client.query("INSERT INTO orders (product_id, state) VALUES (7, 'open'), (8, 'open')");
    const rest = { sql: "SELECT id FROM orders WHERE state = 'open' AND product_id = {sku}" };
    const busy = open({ rest: { ...rest, giveUp: '1ms' } });
    expect(await busy.settle()).toEqual([
      'after 0.001 seconds, rest gives 1 row for SKU 7, such as {"id":"1"}',
    ]);
    const books = open({ rest: { ...rest, giveUp: '20s' } });
    const settling = books.settle();
    await client.query("UPDATE orders SET state = 'paid' WHERE product_id = 7");
    expect(await settling).toEqual([]);
  });

  it('has nothing to print, or time enough', async () => {
    const path = join(folder, 'queue.csv');
    await writeFile(path, 'job\n17\n');
    const rest = { command: `cat '${path}'`, giveUp: '1ms' };
    expect(await open({ rest }).settle()).toEqual([
      'after 0.001 seconds, rest gives 1 row, such as {"job":"17"}',
    ]);
    await writeFile(path, '');
    expect(await open({ rest }).settle()).toEqual([]);
    expect(await open({ rest: { wait: '1ms' } }).settle()).toEqual([]);
  });

  it('is reached when rows come no more', async () => {
    const path = join(folder, 'looks');
    // Each look finds one row more, up to three.
    const rows = `seq $(wc -l < '${path}') | head -n 3 | sed 's/$/,7/'`;
    const orders = { command: `echo >> '${path}'; echo id,sku; ${rows}` };
    await writeFile(path, '');
    const books = open({ rest: { wait: '1ms' }, evidence: { orders } }, { isNew: true });
    expect(await books.settle()).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('\n'.repeat(4));
    expect((await read(books)).counts).toEqual({ order: 3 });
  });

  it('spoils the rows of no SKU but those that are busy', async () => {
    await client.query("INSERT INTO orders (product_id, state) VALUES (8, 'open'), (7, 'paid')");
    const sql = "SELECT id FROM orders WHERE state = 'open' AND product_id = {sku.product}";
    const skus = [{ ...LAMP, product: 7 }, VASE];
    const orders = { ...ORDERS, sql: 'SELECT * FROM orders WHERE product_id = {sku.product}' };
    const books = open({ rest: { sql, giveUp: '1ms' }, evidence: { orders } }, { skus });
    await books.settle();
    expect((await read(books, '7')).problem).toBeUndefined();
    expect((await read(books, 'vase')).problem).toBe(
      'the shop is not at rest: after 0.001 seconds, rest gives 1 row for SKU vase, such as {"id":"1"}',
    );
  });

  it('is asked before the load, so that a mistake in it spoils no run', async () => {
    const wrong = open({ rest: { sql: 'SELECT * FROM none' } });
    await expect(wrong.rehearse()).rejects.toMatchObject({
      exitCode: 2,
      message: 'rest of the target file shop cannot be asked',
      why: 'relation "none" does not exist',
    });
    await client.query("INSERT INTO orders (product_id, state) VALUES (1, 'open')");
    const busy = open({ rest: { sql: "SELECT id FROM orders WHERE state = 'open'" } });
    expect(await busy.rehearse()).toEqual([
      expect.stringMatching(
        /^the shop is not at rest before anybody has bought: rest gives 1 row, such as {"id":"1"}; .* need a bound/,
      ),
    ]);
    expect(await open({}).rehearse()).toEqual([]);
  });

  it('is not believed to be, as long as it cannot be asked', async () => {
    const books = open({
      evidence: { orders: { command: 'echo \'{"id":1}\' | cat - # {sku}' } },
      rest: { sql: 'SELECT * FROM none', giveUp: '1ms' },
    });
    await books.settle();
    expect((await read(books)).problem).toBe(
      'the shop is not at rest: after 0.001 seconds, rest cannot be asked: relation "none" does not exist',
    );
  });
});

describe('the assertions of a described shop', () => {
  const ask = async (
    invariants: TargetFileInput['invariants'],
    rest: Partial<TargetFileInput> = {},
    skus = [LAMP],
  ) => {
    const books = open({ invariants, ...rest }, { skus });
    await books.rehearse();
    await books.settle();
    return books.askInvariants();
  };
  const oversold = {
    name: 'no-oversell',
    sql: 'SELECT count(*) AS sold FROM orders WHERE product_id = $sku HAVING count(*) > $stock',
  };

  it('hold while a query returns no row, and show the rows that break them', async () => {
    const rest = { wait: '1ms' };
    expect(await ask([oversold], { rest })).toEqual([
      { name: 'no-oversell', status: 'valid', summary: 'no row breaks it' },
    ]);
    await client.query('INSERT INTO orders (product_id) SELECT 7 FROM generate_series(1, 11)');
    expect(await ask([oversold], { rest })).toEqual([
      {
        ...{ name: 'no-oversell', status: 'invalid', summary: '1 row breaks it' },
        rows: [{ sold: '11' }],
      },
    ]);
    const orphans = {
      name: 'no-orphans',
      sql: 'SELECT id FROM orders WHERE now() - $__range::interval < now()',
    };
    const [result] = await ask([orphans], { rest });
    expect(result).toMatchObject({ status: 'invalid', summary: '11 rows break it' });
    expect(result?.rows).toHaveLength(10);
  });

  it('are asked about each SKU', async () => {
    const command = 'test "$sku" = vase && echo "only $stock left"; true';
    expect(
      await ask([{ name: 'enough', command }], { rest: { wait: '1ms' } }, [LAMP, VASE]),
    ).toEqual([
      {
        ...{ name: 'enough', status: 'invalid', summary: 'vase: 1 row breaks it' },
        rows: [{ line: 'only 5 left' }],
      },
    ]);
  });

  it('are unknown while the shop is not at rest', async () => {
    const rest = { sql: "SELECT 'job' AS open", giveUp: '1ms' };
    expect(await ask([oversold], { rest })).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('the shop is not at rest: after') },
    ]);
  });

  it('are refused before the load when they cannot be asked', async () => {
    const refusal = { exitCode: 2, message: 'the invariant odd cannot be asked' };
    await expect(ask([{ name: 'odd', sql: 'SELECT nothing' }])).rejects.toMatchObject({
      ...refusal,
      why: 'column "nothing" does not exist',
    });
    await expect(ask([{ name: 'odd', promql: 'up == 1' }])).rejects.toMatchObject({
      ...refusal,
      why: expect.stringContaining('--prometheus-url'),
    });
  });
});
