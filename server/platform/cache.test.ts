import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWithRedis, startOwnRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import { type Caches, createCaches } from './cache.ts';
import { connectRedis, type Redis } from './redis.ts';

/** The source of the values. A test may delay its loads. */
let source: Map<string, string>;
let loads: number;
let gate: Promise<void>;
let found: string[];

beforeEach(() => {
  source = new Map([['shoe', 'red']]);
  loads = 0;
  gate = Promise.resolve();
  found = [];
});

async function load(key: string): Promise<{ color: string } | undefined> {
  loads += 1;
  const color = source.get(key);
  await gate;
  return color === undefined ? undefined : { color };
}

const productsOf = (caches: Caches) => caches.create({ name: 'product', ttlMs: 600_000, load });
const observe = (_cache: string, where: string) => void found.push(where);

describe('a cache without Redis', () => {
  it('S3.6 loads once for all calls at the same time, and keeps the value', async () => {
    const products = productsOf(createCaches({ observe }));
    const asked = await Promise.all(Array.from({ length: 50 }, () => products.get('shoe')));
    expect(new Set(asked.map((value) => value?.color))).toEqual(new Set(['red']));
    expect(await products.get('shoe')).toEqual({ color: 'red' });
    expect([loads, found]).toEqual([1, ['source', 'memory']]);
  });

  it('S3.6 uses its memory for a second', async () => {
    const products = productsOf(createCaches({}));
    await products.get('shoe');
    source.set('shoe', 'blue');
    await until(async () => (await products.get('shoe'))?.color === 'blue');
  });

  it('keeps few large values, whatever number it may keep', async () => {
    source = new Map(['a', 'b', 'c'].map((key) => [key, key.repeat(4_000_000)]));
    const products = productsOf(createCaches({ observe }));
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await products.get(key);
    expect(found).toEqual(['source', 'source', 'source', 'memory', 'memory', 'source']);
  });

  it('keeps nothing when there is no value or the load failed', async () => {
    const products = productsOf(createCaches({}));
    expect(await products.get('hat')).toBeUndefined();
    source.set('hat', 'green');
    expect(await products.get('hat')).toEqual({ color: 'green' });

    gate = Promise.reject(new Error('the database is away'));
    await expect(products.get('shoe')).rejects.toThrow('the database is away');
    gate = Promise.resolve();
    expect(await products.get('shoe')).toEqual({ color: 'red' });
  });
});

describeWithRedis('a cache with Redis', (sharedUrl) => {
  let connections: Redis[];
  let opened: Caches[];
  beforeEach(() => {
    [connections, opened] = [[], []];
  });
  afterEach(async () => {
    for (const caches of opened) caches.stop();
    for (const redis of connections) {
      await redis.client.flushdb().catch(() => {});
      await redis.close();
    }
  });

  /** Caches of one server instance, with a connection and a memory of its own. */
  async function open(url = sharedUrl()) {
    const redis = await connectRedis({ url });
    const caches = createCaches({ redis, observe });
    caches.start();
    connections.push(redis);
    opened.push(caches);
    return { redis, caches, products: productsOf(caches) };
  }

  it('S1.7 keeps a product as JSON for ten minutes, which other instances find', async () => {
    const [here, there] = [await open(), await open()];
    await here.products.get('shoe');
    expect(await there.products.get('shoe')).toEqual({ color: 'red' });
    expect([loads, found]).toEqual([1, ['source', 'redis']]);
    expect(await here.redis.client.get('product:shoe')).toBe('{"color":"red"}');
    expect(await here.redis.client.ttl('product:shoe')).toBeGreaterThan(590);
  });

  it('S2.6 forgets a changed value on every instance', async () => {
    const [here, there] = [await open(), await open()];
    await there.products.get('shoe');
    await until(async () => {
      const [, listeners] = await here.redis.client.pubsub('NUMSUB', 'cache:invalidated');
      return Number(listeners) >= 2;
    });

    source.set('shoe', 'blue');
    await here.products.invalidate('shoe');

    expect(await here.products.get('shoe')).toEqual({ color: 'blue' });
    await until(async () => (await there.products.get('shoe'))?.color === 'blue');
  });

  it('S3.6 loads a value that all instances miss in one of them', async () => {
    const instances = await Promise.all([open(), open(), open()]);
    const asked = await Promise.all(instances.map(({ products }) => products.get('shoe')));
    expect(asked.map((value) => value?.color)).toEqual(['red', 'red', 'red']);
    expect(loads).toBe(1);
  });

  it('S2.6 never caches a value that was loaded before a change', async () => {
    const [here, there] = [await open(), await open()];
    let letGo = () => {};
    gate = new Promise((resolve) => (letGo = resolve));
    const early = here.products.get('shoe');
    await until(() => loads === 1);

    source.set('shoe', 'blue');
    await there.products.invalidate('shoe');
    letGo();

    expect(await early).toEqual({ color: 'red' });
    expect(await there.products.get('shoe')).toEqual({ color: 'blue' });
    expect(await here.redis.client.get('product:shoe')).toBe('{"color":"blue"}');
  });

  it('S3.6 loads a value itself when the holder of the lease does not return', async () => {
    const here = await open();
    await here.redis.client.set('product:shoe', 'loading:somebody', 'PX', 60_000);
    expect(await here.products.get('shoe')).toEqual({ color: 'red' });
    expect(await here.redis.client.get('product:shoe')).toBe('loading:somebody');
  });

  it('S1.13 goes on without Redis, and invalidates later what it could not while Redis was away', async () => {
    const own = await startOwnRedis({ durable: true });
    const here = await open(own.url);
    await here.products.get('shoe');
    await own.kill();

    await until(() => !here.redis.isUp());
    source.set('shoe', 'blue');
    await here.products.invalidate('shoe');
    expect(await here.products.get('shoe')).toEqual({ color: 'blue' });

    await own.restart();
    const there = await open(own.url);
    await until(async () => (await there.products.get('shoe'))?.color === 'blue');
    await own.stop();
  });

  it('S1.13 invalidates everything when Redis is back, if it could not keep all invalidations in mind', async () => {
    const own = await startOwnRedis({ durable: true });
    const here = await open(own.url);
    await here.products.get('shoe');
    await own.kill();
    await until(() => !here.redis.isUp());

    source.set('shoe', 'blue');
    for (let key = 0; key < 10_000; key += 1) await here.products.invalidate(`sold-${key}`);
    await here.products.invalidate('shoe');

    await own.restart();
    const there = await open(own.url);
    await until(async () => (await there.products.get('shoe'))?.color === 'blue');
    await own.stop();
  });

  it('S1.13 subscribes again when its connection broke while it was subscribing', async () => {
    let subscriptions = 0;
    const relay = await startRelay(sharedUrl(), (bytes) => {
      if (!bytes.includes('subscribe')) return true;
      subscriptions += 1;
      return subscriptions !== 2 && subscriptions !== 3;
    });
    const { redis } = await open();
    await open(relay.url);
    const listeners = async () =>
      Number((await redis.client.pubsub('NUMSUB', 'cache:invalidated'))[1]);
    await until(() => subscriptions === 1);
    const before = await listeners();
    relay.cut();
    await until(() => subscriptions === 4);
    await until(async () => (await listeners()) >= before);
    relay.close();
  });
});

/** A proxy before Redis that can be cut, and that cuts a connection when `passes` rejects what the client sends. */
async function startRelay(redisUrl: string, passes: (bytes: Buffer) => boolean) {
  const { hostname, port } = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const relay = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket.on('error', () => {}));
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (passes(bytes)) server.write(bytes);
      else client.destroy();
    });
    server.pipe(client);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  return {
    url: redisUrl.replace(port, String((relay.address() as AddressInfo).port)),
    cut,
    close() {
      relay.close();
      cut();
    },
  };
}
