// A shop with a cart: an order has several items, and the customer gets all of them or none. It takes one item after the
// other, and forgets those that it took when a later one is out of stock. FIXED=1 takes them in one transaction.
import express from 'express';
import { type ClientBase, Pool } from 'pg';

const { PORT = '4002', DATABASE_URL, FIXED } = process.env;
const db = new Pool({ connectionString: DATABASE_URL, max: 20 });
const app = express();
app.use(express.json());

interface Item {
  product: number;
  pieces: number;
}

app.get('/health', async (_req, res) => {
  await db.query('SELECT 1');
  res.send('ok');
});

app.post('/products', async (req, res) => {
  const { rows } = await db.query(
    'INSERT INTO products (name, pieces) VALUES ($1, $2) RETURNING *',
    [req.body.name, req.body.pieces],
  );
  res.status(201).json(rows[0]);
});

app.post('/orders', async (req, res) => {
  const { customer, reference, items } = req.body;
  // All orders take products in one order, so that no two wait for each other.
  const sorted = (items as Item[]).toSorted((a, b) => a.product - b.product);
  const client = await db.connect();
  try {
    if (FIXED) await client.query('BEGIN');
    const { id, bought, missing } = await placeOrder(client, customer, reference, sorted);
    if (FIXED) await client.query(missing === undefined ? 'COMMIT' : 'ROLLBACK');
    if (missing === undefined) res.status(201).json({ id, items: bought });
    else res.status(409).json({ message: 'Out of stock', missing: [missing] });
  } finally {
    client.release();
  }
});

async function placeOrder(client: ClientBase, customer: string, reference: string, items: Item[]) {
  const { rows } = await client.query(
    'INSERT INTO orders (customer, reference) VALUES ($1, $2) RETURNING id',
    [customer, reference],
  );
  const { id } = rows[0];
  const bought: Item[] = [];
  for (const item of items) {
    const { rows: taken } = await client.query(
      `WITH taken AS (UPDATE products SET pieces = pieces - $3 WHERE id = $2 AND pieces >= $3 RETURNING id)
       INSERT INTO order_items (order_id, product, pieces) SELECT $1, id, $3 FROM taken RETURNING *`,
      [id, item.product, item.pieces],
    );
    if (taken.length === 0) return { id, bought, missing: item };
    bought.push(taken[0]);
  }
  return { id, bought };
}

await db.query(`
  CREATE TABLE IF NOT EXISTS products (
    id serial PRIMARY KEY, name text NOT NULL, pieces integer NOT NULL
  );
  CREATE TABLE IF NOT EXISTS orders (
    id serial PRIMARY KEY, customer text NOT NULL, reference text
  );
  CREATE TABLE IF NOT EXISTS order_items (
    id serial PRIMARY KEY, order_id integer NOT NULL REFERENCES orders, product integer NOT NULL REFERENCES products,
    pieces integer NOT NULL
  )`);
app.listen(Number(PORT), '127.0.0.1', () => console.log(`shop: http://127.0.0.1:${PORT}`));
