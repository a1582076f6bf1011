import type { ServerMetrics } from './metrics.ts';
import type { Redis } from './redis.ts';

/** Sets the gauges about Redis. A failed reading removes them, because an old number would look new. */
export function createRedisGauges(redis: Redis, metrics: ServerMetrics): () => Promise<void> {
  const gauges = [metrics.redisMemory, metrics.redisHitRatio];
  return async function refresh() {
    let info: string;
    try {
      info = await redis.client.info();
    } catch (cause) {
      for (const gauge of gauges) gauge.remove();
      throw new Error('the state of Redis could not be read', { cause });
    }
    const [hits, misses] = [read(info, 'keyspace_hits'), read(info, 'keyspace_misses')];
    metrics.redisMemory.set(read(info, 'used_memory'));
    if (hits + misses > 0) metrics.redisHitRatio.set(hits / (hits + misses));
  };
}

function read(info: string, field: string): number {
  const text = new RegExp(`^${field}:(\\d+)\\r?$`, 'm').exec(info)?.[1];
  if (text === undefined) throw new Error(`Redis reports no ${field}`);
  return Number(text);
}
