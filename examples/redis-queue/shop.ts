// A drop: one unit per person, first come, first served. The stock is a number in Redis; orders are written a little later,
// by the worker at the end of this file. FIXED=1 takes units without the race.
import { randomUUID } from 'node:crypto';
import express from 'express';
import { Redis } from 'ioredis';

const { PORT = '4001', REDIS_URL = 'redis://127.0.0.1:6379', FIXED } = process.env;
const redis = new Redis(REDIS_URL);
const app = express();
app.use(express.json());

app.get('/healthz', async (_req, res) => {
  res.send(await redis.ping());
});

app.post('/login', async (req, res) => {
  const session = randomUUID();
  await redis.set(`session:${session}`, req.body.username, 'EX', 3600);
  res.cookie('session', session, { httpOnly: true }).json({ welcome: req.body.username });
});

app.post('/admin/drops', async (req, res) => {
  const id = randomUUID().slice(0, 8);
  await redis.set(`stock:${id}`, req.body.units);
  res.status(201).json({ drop: { id, units: req.body.units } });
});

app.post('/drops/:id/claim', async (req, res) => {
  const user = await userOf(req.headers.cookie);
  if (user === undefined) return res.status(401).json({ error: { code: 'LOGIN_FIRST' } });
  const claim = { id: randomUUID(), drop: req.params.id, user };
  const code = FIXED ? await take(claim) : await takeUnsafely(claim);
  if (code !== 'TAKEN') return res.status(409).json({ error: { code } });
  res.status(202).json({ claim: claim.id, status: 'processing' });
});

app.get('/claims/:id', async (req, res) => {
  const order = await redis.get(`order:${req.params.id}`);
  res.json(
    order === null ? { status: 'processing' } : { status: 'confirmed', order: JSON.parse(order) },
  );
});

async function userOf(cookies = ''): Promise<string | undefined> {
  const session = /(?:^|; )session=([\w-]+)/.exec(cookies)?.[1];
  return session && ((await redis.get(`session:${session}`)) ?? undefined);
}

interface Claim {
  id: string;
  drop: string;
  user: string;
}

// Looks if there is one left, then takes it. Between the two, others look as well.
async function takeUnsafely(claim: Claim): Promise<string> {
  const { drop, user } = claim;
  if (await redis.sismember(`users:${drop}`, user)) return 'ONE_PER_PERSON';
  if (Number(await redis.get(`stock:${drop}`)) <= 0) return 'SOLD_OUT';
  await redis.decr(`stock:${drop}`);
  await redis.sadd(`users:${drop}`, user);
  await redis.rpush('queue', JSON.stringify(claim));
  return 'TAKEN';
}

// Looks and takes at once.
const TAKE = `
  local stock, users, queue = unpack(KEYS)
  if redis.call('SISMEMBER', users, ARGV[1]) == 1 then return 'ONE_PER_PERSON' end
  if tonumber(redis.call('GET', stock) or 0) <= 0 then return 'SOLD_OUT' end
  redis.call('DECR', stock)
  redis.call('SADD', users, ARGV[1])
  redis.call('RPUSH', queue, ARGV[2])
  return 'TAKEN'`;
const take = async (claim: Claim): Promise<string> => {
  const { drop, user } = claim;
  const keys = [`stock:${drop}`, `users:${drop}`, 'queue'];
  return String(await redis.eval(TAKE, 3, ...keys, user, JSON.stringify(claim)));
};

// A claim leaves the queue after its order is written, so that none is lost.
async function work(): Promise<void> {
  for (;;) {
    const next = await redis.lindex('queue', 0);
    if (next === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const { id, drop, user } = JSON.parse(next);
    const order = JSON.stringify({ id, drop, user, at: new Date().toISOString() });
    await redis
      .multi()
      .set(`order:${id}`, order)
      .hset(`orders:${drop}`, id, order)
      .lpop('queue')
      .exec();
  }
}

app.listen(Number(PORT), '127.0.0.1', () => console.log(`shop: http://127.0.0.1:${PORT}`));
void work();
