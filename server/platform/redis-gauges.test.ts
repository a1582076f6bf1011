import { expect, it } from 'vitest';
import { describeWithRedis } from '../../test/redis.ts';
import { createMetrics } from './metrics.ts';
import { connectRedis } from './redis.ts';
import { createRedisGauges } from './redis-gauges.ts';

describeWithRedis('S0.7 the gauges about Redis', (url) => {
  it('are its memory and its share of hits, and are absent while it is away', async () => {
    const redis = await connectRedis({ url: url() });
    await redis.client.set('known', '1');
    await redis.client.get('known');
    await redis.client.get('unknown');
    const metrics = createMetrics();
    const refresh = createRedisGauges(redis, metrics);

    await refresh();
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/^flashsale_redis_memory_bytes [1-9]\d+$/m);
    expect(text).toMatch(/^flashsale_redis_hit_ratio 0\.\d+$/m);

    await redis.close();
    await expect(refresh()).rejects.toThrow('could not be read');
    expect(await metrics.registry.metrics()).not.toMatch(/^flashsale_redis_\w+ /m);
  });
});
