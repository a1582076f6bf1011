import { composeServer } from '../../server/compose.ts';
import { readConfig } from '../../server/config/config.ts';
import { createLogger } from '../../server/platform/logging.ts';
import { BY_INDEX, createPool } from '../../server/platform/postgres.ts';
import { connectRedis } from '../../server/platform/redis.ts';
import type { StockLedger } from '../../server/stock/ledger.ts';
import { TOPICS } from '../../src/protocol/events.ts';

/**
 * The reference server. With `STORE=nothing` its ledger accepts every hold and writes nothing, so that only HTTP,
 * authentication, validation and metrics are measured. With `BENCH_GROUPS=n` its consumers are n groups that get every
 * event about stock and do nothing, so that only delivery is measured.
 */
const config = readConfig({ ...process.env, PORT: '0' });
const log = createLogger({ level: config.logLevel, instance: config.instance });
const redis = config.redisUrl && (await connectRedis({ url: config.redisUrl }));
const pool = createPool({
  connectionString: config.databaseUrl,
  max: config.databasePoolMax,
  planning: BY_INDEX,
});

let sequence = 0;
const nothing: StockLedger = {
  hold: async ({ holdId, userId, skuId, quantity }) => {
    const now = Date.now();
    sequence += 1;
    return {
      outcome: 'held',
      hold: {
        holdId,
        userId,
        skuId,
        quantity,
        createdAt: new Date(now),
        expiresAt: new Date(now + config.holdTtlMs),
      },
      sequence,
    };
  },
  confirm: async () => ({ outcome: 'not_found' }),
  release: async () => ({ outcome: 'not_found' }),
  cancelOrder: async () => ({ outcome: 'not_found' }),
  expireLapsed: async () => 0,
};

const groups = Number(process.env.BENCH_GROUPS ?? 0);
const idle = Array.from({ length: groups }, (_, index) => ({
  group: `bench-${index + 1}`,
  topics: [TOPICS.reservations, TOPICS.inventory],
  async handle() {},
}));

const server = composeServer({
  config,
  pool,
  redis: redis || undefined,
  log,
  ledger: process.env.STORE === 'nothing' ? nothing : undefined,
  consumers: groups > 0 ? idle : undefined,
});
process.send?.({ type: 'listening', url: await server.start() });
process.on('disconnect', () => process.exit());
