import { composeServer } from '../../server/compose.ts';
import { readConfig } from '../../server/config/config.ts';
import { createLogger } from '../../server/platform/logging.ts';
import { createPool } from '../../server/platform/postgres.ts';
import { connectRedis } from '../../server/platform/redis.ts';
import type { StockLedger } from '../../server/stock/ledger.ts';

/**
 * The reference server. With `STORE=nothing` its ledger accepts every hold and writes nothing, so that only HTTP,
 * authentication, validation and metrics are measured.
 */
const config = readConfig({ ...process.env, PORT: '0' });
const log = createLogger({ level: config.logLevel, instance: config.instance });
const redis = config.redisUrl && (await connectRedis({ url: config.redisUrl }));
const pool = createPool({ connectionString: config.databaseUrl, max: config.databasePoolMax });

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

const server = composeServer({
  config,
  pool,
  redis: redis || undefined,
  log,
  ledger: process.env.STORE === 'nothing' ? nothing : undefined,
});
process.send?.({ type: 'listening', url: await server.start() });
process.on('disconnect', () => process.exit());
