import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBalancer } from './nginx.ts';
import { canTestWith } from './services.ts';
import { until } from './until.ts';

/** Requests as the instances received them, each as method and path, and the places of the instances. */
const received: string[] = [];
const receivers: number[] = [];
/** Lets those requests be answered whose path begins with `/slow`. */
let release = () => {};
const released = new Promise<void>((resolve) => {
  release = resolve;
});
const isFirst = (request: string): boolean =>
  received.filter((one) => one === request).length === 1;

/** An instance that answers, at once or when it is let, or breaks the connection where the path begins with `/dies` and nobody was asked before. */
async function startInstance(place: number): Promise<Server> {
  const server = createServer((req, res) => {
    const request = `${req.method} ${req.url}`;
    received.push(request);
    receivers.push(place);
    req.resume().on('end', () => {
      if (req.url?.startsWith('/dies') && isFirst(request)) req.socket.destroy();
      else if (req.url?.startsWith('/slow')) void released.then(() => res.end('done'));
      else res.end('done');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** nginx asks an instance that has failed no more for ten seconds; here one breaks a connection in each of several tests. */
const keepAsking = (config: string): string =>
  config.replace(/^( +server 127\.0\.0\.1:\d+);/gm, '$1 max_fails=0;');

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe.skipIf(!canTestWith('nginx'))('S1.14 the balancer', () => {
  let instances: Server[];
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    instances = await Promise.all([0, 1, 2].map(startInstance));
    const hosts = instances.map((instance) => `127.0.0.1:${portOf(instance)}`);
    const balancer = await startBalancer(hosts, { edit: keepAsking });
    url = balancer.url;
    stop = async () => {
      await balancer.stop();
      for (const instance of instances) instance.closeAllConnections();
      for (const instance of instances) instance.close();
    };
  });
  afterAll(() => stop());

  const send = async (method: string, path: string): Promise<number> => {
    const response = await fetch(url + path, {
      method,
      body: method === 'POST' ? '{}' : undefined,
    });
    await response.text();
    return response.status;
  };
  const times = (request: string): number => received.filter((one) => one === request).length;

  /** The instances that a request of the tests got to, by its path. */
  const whoGot = (path: string): number[] =>
    receivers.filter((_, index) => received[index]?.endsWith(path));

  it('S3.6 sends reads of images and of the catalogue around, one to each', async () => {
    const paths = ['/images/a.webp', '/events?limit=1', '/api/v1/products', '/events/1'];
    for (const path of [...paths, '/images/b.webp', '/images/c.webp']) await send('GET', path);
    const turns = [...paths, '/images/b.webp', '/images/c.webp'].flatMap(whoGot);
    expect(turns.slice(3)).toEqual(turns.slice(0, 3));
    expect(turns.slice(0, 3).toSorted()).toEqual([0, 1, 2]);
  });

  it('S3.6 sends a purchase to the instance that has the fewest to answer', async () => {
    const busy = ['/slow/1', '/slow/2'];
    const slow: Promise<number>[] = [];
    for (const path of busy) {
      slow.push(send('POST', path));
      await until(() => whoGot(path).length === 1);
    }
    for (const name of ['a', 'b', 'c', 'd']) await send('POST', `/orders/quick-${name}`);
    const quick = ['a', 'b', 'c', 'd'].flatMap((name) => whoGot(`/orders/quick-${name}`));
    expect(new Set([...busy.flatMap(whoGot), quick[0]])).toEqual(new Set([0, 1, 2]));
    expect(new Set(quick).size).toBe(1);
    release();
    expect(await Promise.all(slow)).toEqual([200, 200]);
  });

  it.each(['POST', 'DELETE'])(
    'sends no %s twice, because it may have been done',
    async (method) => {
      expect(await send(method, '/dies/while-buying')).toBe(502);
      expect(times(`${method} /dies/while-buying`)).toBe(1);
    },
  );

  it('loses no request that an instance could not even be sent', async () => {
    instances[0]?.closeAllConnections();
    instances[0]?.close();
    const paths = Array.from({ length: 30 }, (_, place) => `/orders/${place}`);
    const statuses = await Promise.all(paths.map((path) => send('POST', path)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(paths.map((path) => times(`POST ${path}`))).toEqual(paths.map(() => 1));
  });

  it('sends a read again that an instance did not answer', async () => {
    expect(await send('GET', '/dies/while-reading')).toBe(200);
    expect(times('GET /dies/while-reading')).toBe(2);
  });
});
