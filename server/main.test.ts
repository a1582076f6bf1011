import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../test/database.ts';
import { until } from '../test/until.ts';
import type { ServerMessage } from './main.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** Starts the server from its sources as a child process. `log` returns all that it has written. */
function startProcess(env: Record<string, string>) {
  const child: ChildProcess = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH, ...env },
    silent: true,
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => (log += data));
  }
  // Node does not emit 'close' after the channel was disconnected, so these events stand for it.
  const exited = Promise.all([
    once(child, 'exit'),
    finished(child.stdout as Readable),
    finished(child.stderr as Readable),
  ]).then(([[code, signal]]) => ({ code, signal }));
  cleanUps.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const message = once(child, 'message').then(([sent]) => sent as ServerMessage);
  message.catch(() => undefined);
  return { child, exited, message, log: () => log };
}

async function databaseUrl(): Promise<string> {
  const database = await createTestDatabase();
  cleanUps.push(() => database.drop());
  return database.url;
}

async function startListening(env: Record<string, string> = {}) {
  const server = startProcess({ DATABASE_URL: await databaseUrl(), PORT: '0', ...env });
  const message = await server.message;
  if (message.type !== 'listening') throw new Error(`it did not start: ${message.what}`);
  return { ...server, url: message.url, pid: message.pid };
}

/** The failure that the parent was sent. It must also be logged, in one line and without a stack trace. */
async function failureOf(server: ReturnType<typeof startProcess>) {
  const [message, { code }] = await Promise.all([server.message, server.exited]);
  if (message.type !== 'failed') throw new Error('it started');
  expect(server.log().trimEnd().split('\n')).toHaveLength(1);
  expect(server.log()).toContain(message.next);
  expect(server.log()).not.toMatch(/\bat .*\.[jt]s:\d+/);
  return { ...message, code };
}

describe('the server process', () => {
  test('tells its parent where it listens, and serves there', async () => {
    const server = await startListening();
    expect(server.pid).toBe(server.child.pid);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect(server.log()).toContain(server.url);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('S0.6 drains on %s and exits 0', async (signal) => {
    const server = await startListening();
    server.child.kill(signal);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('does not outlive its parent', async () => {
    const server = await startListening();
    server.child.disconnect();
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('exits at once on a second signal', async () => {
    const server = await startListening({ DRAIN_TIMEOUT_MS: '600000' });
    // A request whose body never ends keeps the server draining.
    const stuck = new AbortController();
    const request = fetch(`${server.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) }),
      signal: stuck.signal,
    } as RequestInit).catch(() => undefined);
    await until(() => isInFlight(server.url));
    server.child.kill('SIGTERM');
    while (!server.log().includes('draining')) await once(server.child.stdout!, 'data');
    server.child.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 1, signal: null });
    stuck.abort();
    await request;
  });

  test('S2.2 refuses to start in production with the default secret, exit 2', async () => {
    const server = startProcess({
      DATABASE_URL: 'postgres://a@127.0.0.1/b',
      NODE_ENV: 'production',
    });
    const failure = await failureOf(server);
    expect(failure).toMatchObject({ code: 2, why: expect.stringContaining('JWT_SECRET') });
  });

  test('says that its port is taken, exit 3', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    cleanUps.push(async () => squatter.close());
    const { port } = squatter.address() as { port: number };
    const server = startProcess({ DATABASE_URL: await databaseUrl(), PORT: String(port) });
    expect(await failureOf(server)).toMatchObject({
      code: 3,
      what: `cannot listen on 127.0.0.1:${port}`,
      why: 'another process listens on this port',
    });
  });

  test('says that its database does not answer, exit 3', async () => {
    const server = startProcess({ DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/shop' });
    const failure = await failureOf(server);
    expect(failure).toMatchObject({ code: 3, why: 'nothing answers at that address' });
    expect(server.log()).not.toContain('hunter2');
  });

  test('says that its database does not exist, exit 3', async () => {
    const url = new URL(await databaseUrl());
    url.pathname = '/nowhere';
    const failure = await failureOf(startProcess({ DATABASE_URL: url.href }));
    expect(failure).toMatchObject({ code: 3, why: expect.stringContaining('not this database') });
  });
});

/** True when the server handles two requests: the stuck one and this scrape. */
async function isInFlight(url: string): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^flashsale_http_requests_in_flight 2$/m.test(text);
}
