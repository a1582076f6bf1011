import { createSecretKey, randomUUID } from 'node:crypto';
import express, { type Request } from 'express';
import jwt from 'jsonwebtoken';
import { Pool, type PoolClient } from 'pg';

/**
 * A whole purchase as a shop on Express commonly has it: reserving and checking out are a transaction each, in which
 * `SELECT … FOR UPDATE` locks the row of the SKU; both write their events to an outbox in the same transaction. A poller
 * reads a hundred events at a time and passes them to four consumers, each of which writes what it learns, event by event.
 * It has tables of its own. `SECRET_AS=string` gives jsonwebtoken the secret as its guides do; `SECRET_AS=key` makes a key of
 * it once.
 */
const { DATABASE_URL, JWT_SECRET = '', SECRET_AS } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
const key = SECRET_AS === 'string' ? JWT_SECRET : createSecretKey(Buffer.from(JWT_SECRET));
const GROUPS = ['analytics', 'notification', 'inventory-sync', 'fraud'];
const POLL_MS = 50;

await pool.query(`
  CREATE TABLE shop_stock (sku_id text PRIMARY KEY, available int NOT NULL CHECK (available >= 0));
  CREATE TABLE shop_reservations (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, sku_id text NOT NULL REFERENCES shop_stock, quantity int NOT NULL,
    status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (user_id, sku_id)
  );
  CREATE TABLE shop_orders (
    id uuid PRIMARY KEY, reservation_id uuid NOT NULL UNIQUE REFERENCES shop_reservations, user_id uuid NOT NULL,
    total numeric(14, 2) NOT NULL, transaction_id text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE shop_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, type text NOT NULL, payload jsonb NOT NULL,
    delivered_at timestamptz
  );
  CREATE INDEX ON shop_outbox (id) WHERE delivered_at IS NULL;
  CREATE TABLE shop_consumed (
    consumer text NOT NULL, event_id bigint NOT NULL, type text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
  );
`);

async function transaction<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  } finally {
    tx.release();
  }
}

async function publish(
  tx: PoolClient,
  events: [topic: string, type: string][],
  payload: object,
): Promise<void> {
  for (const [topic, type] of events) {
    await tx.query('INSERT INTO shop_outbox (topic, type, payload) VALUES ($1, $2, $3)', [
      topic,
      type,
      JSON.stringify(payload),
    ]);
  }
}

const userOf = (request: Request): string => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  return jwt.verify(token, key, { algorithms: ['HS256'] }).sub as string;
};

const app = express();
app.use(express.json());

app.post('/stock', async (request, response) => {
  const { skuId, units } = request.body;
  await pool.query('INSERT INTO shop_stock VALUES ($1, $2)', [skuId, units]);
  response.status(201).end();
});

app.post('/api/v1/reservations', async (request, response) => {
  const userId = userOf(request);
  const { skuId, quantity } = request.body;
  const reservation = { reservationId: randomUUID(), userId, skuId, quantity };
  const isHeld = await transaction(async (tx) => {
    const { rows } = await tx.query(
      'SELECT available FROM shop_stock WHERE sku_id = $1 FOR UPDATE',
      [skuId],
    );
    if (rows.length === 0 || rows[0].available < quantity) return false;
    await tx.query('UPDATE shop_stock SET available = available - $2 WHERE sku_id = $1', [
      skuId,
      quantity,
    ]);
    await tx.query(
      `INSERT INTO shop_reservations (id, user_id, sku_id, quantity, status) VALUES ($1, $2, $3, $4, 'RESERVED')`,
      [reservation.reservationId, userId, skuId, quantity],
    );
    await publish(
      tx,
      [
        ['reservations', 'CREATED'],
        ['inventory', 'RESERVED'],
      ],
      reservation,
    );
    return true;
  });
  if (isHeld) response.status(201).json(reservation);
  else response.status(409).json({ code: 'OUT_OF_STOCK' });
});

/** Takes the money; the provider of this shop answers at once. */
const charge = async (): Promise<boolean> => true;

app.post('/api/v1/orders/checkout', async (request, response) => {
  const userId = userOf(request);
  const { reservationId, transactionId } = request.body;
  const order = await transaction(async (tx) => {
    const { rows } = await tx.query(
      'SELECT sku_id, quantity, status FROM shop_reservations WHERE id = $1 AND user_id = $2 FOR UPDATE',
      [reservationId, userId],
    );
    const [reservation] = rows;
    if (reservation?.status !== 'RESERVED' || !(await charge())) return undefined;
    await tx.query(`UPDATE shop_reservations SET status = 'CONFIRMED' WHERE id = $1`, [
      reservationId,
    ]);
    const placed = {
      orderId: randomUUID(),
      reservationId,
      userId,
      total: 5 * reservation.quantity,
    };
    await tx.query(
      'INSERT INTO shop_orders (id, reservation_id, user_id, total, transaction_id) VALUES ($1, $2, $3, $4, $5)',
      [placed.orderId, reservationId, userId, placed.total, transactionId],
    );
    await publish(
      tx,
      [
        ['reservations', 'CONFIRMED'],
        ['inventory', 'SOLD'],
        ['orders', 'ORDER_CREATED'],
      ],
      placed,
    );
    return placed;
  });
  if (order) response.status(201).json(order);
  else response.status(409).json({ code: 'RESERVATION_NOT_ACTIVE' });
});

let handled = 0;

/** Tells the bench how far the consumers are, in the metrics of the reference server. */
app.get('/metrics', async (_request, response) => {
  const { rows } = await pool.query(
    'SELECT count(*)::int AS lag FROM shop_outbox WHERE delivered_at IS NULL',
  );
  response.send(
    `flashsale_consumer_lag_events{group="analytics"} ${rows[0].lag}\nflashsale_events_handled_total{group="analytics"} ${handled}\n`,
  );
});

async function deliverSome(): Promise<number> {
  return transaction(async (tx) => {
    const { rows } = await tx.query(
      'SELECT * FROM shop_outbox WHERE delivered_at IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED',
    );
    for (const event of rows) {
      for (const group of GROUPS) {
        await tx.query(
          'INSERT INTO shop_consumed (consumer, event_id, type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [group, event.id, event.type],
        );
      }
      await tx.query('UPDATE shop_outbox SET delivered_at = now() WHERE id = $1', [event.id]);
    }
    handled += rows.length;
    return rows.length;
  });
}

async function poll(): Promise<void> {
  while ((await deliverSome()) > 0);
  setTimeout(poll, POLL_MS);
}
void poll();

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object')
    process.send?.({ type: 'listening', url: `http://127.0.0.1:${address.port}` });
});
process.on('disconnect', () => process.exit());
