import { createSecretKey } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import { createStockLedger } from '../../server/stock/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { ReserveRequest } from '../../src/protocol/reservations.ts';

/**
 * The baseline: a reservation endpoint written as the guides of Express and jsonwebtoken write it, on the same ledger with
 * SELECT … FOR UPDATE. `SECRET_AS=string` passes the secret as those guides do, so that jsonwebtoken builds a key object
 * on every call; `SECRET_AS=key` builds it once.
 */
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const ledger = createStockLedger({ pool, strategy: 'pessimistic', holdTtlMs: 3_600_000 });
const secret = process.env.JWT_SECRET as string;
const key = process.env.SECRET_AS === 'string' ? secret : createSecretKey(Buffer.from(secret));

const app = express();
app.use(express.json());
app.post('/api/v1/reservations', async (request, response) => {
  let userId: string;
  try {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    userId = jwt.verify(token, key, { algorithms: ['HS256'] }).sub as string;
  } catch {
    response.status(401).json({ code: 'UNAUTHENTICATED' });
    return;
  }
  const body = ReserveRequest.parse(request.body);
  const result = await ledger.hold({ holdId: newId(), userId, ...body });
  if (result.outcome === 'held') response.status(201).json(result.hold);
  else response.status(400).json({ code: result.outcome });
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object')
    process.send?.({ type: 'listening', url: `http://127.0.0.1:${address.port}` });
});
process.on('disconnect', () => process.exit());
