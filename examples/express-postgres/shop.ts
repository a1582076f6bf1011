// A small shop: products with a stock, and orders by email. FIXED=1 sells without the race.
import express from 'express';
import { Pool } from 'pg';

const { PORT = '4000', DATABASE_URL, FIXED } = process.env;
const db = new Pool({ connectionString: DATABASE_URL, max: 20 });
const app = express();
app.use(express.json());

app.get('/health', async (_req, res) => {
  await db.query('SELECT 1');
  res.send('ok');
});

app.post('/products', async (req, res) => {
  const { name, stock, price } = req.body;
  const { rows } = await db.query(
    'INSERT INTO products (name, stock, price) VALUES ($1, $2, $3) RETURNING *',
    [name, stock, price],
  );
  res.status(201).json(rows[0]);
});

app.get('/products/:id', async (req, res) => {
  const { rows } = await db.query('SELECT * FROM products WHERE id = $1', [req.params.id]);
  if (rows.length === 0)
    return res.status(404).json({ success: false, message: 'No such product' });
  res.json(rows[0]);
});

app.post('/orders', async (req, res) => {
  const { productId, customerEmail, quantity = 1 } = req.body;
  const order = FIXED
    ? await placeOrder(productId, customerEmail, quantity)
    : await placeOrderUnsafely(productId, customerEmail, quantity);
  if (order === undefined) return res.json({ success: false, message: 'Sorry, sold out' });
  res.status(201).json({ success: true, order });
});

// Looks how many are left, then sells. Between the two, others do the same.
async function placeOrderUnsafely(productId: number, email: string, quantity: number) {
  const { rows } = await db.query('SELECT stock, price FROM products WHERE id = $1', [productId]);
  const [product] = rows;
  if (product === undefined || product.stock < quantity) return undefined;
  const { rows: orders } = await db.query(
    'INSERT INTO orders (product_id, email, quantity, total) VALUES ($1, $2, $3, $4) RETURNING *',
    [productId, email, quantity, Number(product.price) * quantity],
  );
  await db.query('UPDATE products SET stock = $1 WHERE id = $2', [
    product.stock - quantity,
    productId,
  ]);
  return orders[0];
}

// One statement checks and takes the units; the order commits with it or not at all.
async function placeOrder(productId: number, email: string, quantity: number) {
  const { rows } = await db.query(
    `WITH taken AS (
       UPDATE products SET stock = stock - $3 WHERE id = $1 AND stock >= $3 RETURNING id, price
     )
     INSERT INTO orders (product_id, email, quantity, total)
     SELECT id, $2, $3, price * $3 FROM taken RETURNING *`,
    [productId, email, quantity],
  );
  return rows[0];
}

await db.query(`
  CREATE TABLE IF NOT EXISTS products (
    id serial PRIMARY KEY, name text NOT NULL, stock integer NOT NULL, price numeric(10, 2) NOT NULL
  );
  CREATE TABLE IF NOT EXISTS orders (
    id serial PRIMARY KEY, product_id integer NOT NULL REFERENCES products, email text NOT NULL,
    quantity integer NOT NULL, total numeric(10, 2) NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
  )`);
app.listen(Number(PORT), '127.0.0.1', () => console.log(`shop: http://127.0.0.1:${PORT}`));
