import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../src/kernel/assets.ts';
import { canTestWith } from './services.ts';
import { until } from './until.ts';

/** Requests as the instances received them, each as method and path. */
const received: string[] = [];
const isFirst = (request: string): boolean =>
  received.filter((one) => one === request).length === 1;

/** An instance that answers, or breaks the connection where the path begins with `/dies` and nobody was asked before. */
async function startInstance(): Promise<Server> {
  const server = createServer((req, res) => {
    const request = `${req.method} ${req.url}`;
    received.push(request);
    req.resume().on('end', () => {
      if (req.url?.startsWith('/dies') && isFirst(request)) req.socket.destroy();
      else res.end('done');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** The balancer's configuration with other addresses: the names of the containers cannot be resolved outside of them. */
const configWith = (port: number, instances: Server[]): string =>
  readFileSync(assetPath('deploy/nginx.conf'), 'utf8')
    .replace(/(?: +server server-\d:3000;\n)+/, () =>
      instances.map((each) => `    server 127.0.0.1:${portOf(each)};\n`).join(''),
    )
    .replace('listen 8080', `listen 127.0.0.1:${port}`);

describe.skipIf(!canTestWith('nginx'))('S1.14 the balancer, when an instance dies', () => {
  let instances: Server[];
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    instances = await Promise.all([startInstance(), startInstance(), startInstance()]);
    const folder = await mkdtemp(join(tmpdir(), 'balancer-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await writeFile(join(folder, 'nginx.conf'), configWith(port, instances));
    const settings = `daemon off; pid ${folder}/nginx.pid; error_log stderr;`;
    const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', settings], {
      stdio: 'ignore',
    });
    stop = async () => {
      nginx.kill('SIGTERM');
      if (nginx.exitCode === null) await once(nginx, 'exit');
      for (const instance of instances) instance.closeAllConnections();
      for (const instance of instances) instance.close();
      await rm(folder, { recursive: true });
    };
    await until(() =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
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

  // Comes first: nginx asks an instance that has failed no more for ten seconds.
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

  it('sends nothing twice that may have been done', async () => {
    expect(await send('POST', '/dies/while-buying')).toBe(502);
    expect(times('POST /dies/while-buying')).toBe(1);
  });
});
