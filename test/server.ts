import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import type { Pool } from 'pg';
import { readTokenKeys } from '../server/accounts/keys.ts';
import { createSessionStore } from '../server/accounts/session-store.ts';
import { createTokens } from '../server/accounts/tokens.ts';
import { composeServer } from '../server/compose.ts';
import { type Config, readConfig } from '../server/config/config.ts';
import type { Caller } from '../server/http/request/request.ts';
import { createLogger } from '../server/platform/logging.ts';
import { migrate } from '../server/platform/migrate.ts';
import { BY_INDEX, createPool } from '../server/platform/postgres.ts';
import { connectRedis } from '../server/platform/redis.ts';
import type { StockLedger } from '../server/stock/ledger.ts';
import { newId } from '../src/kernel/ids.ts';
import type { SeededUsers } from '../src/protocol/admin.ts';
import { openSpanExport } from '../src/tracing/span-export.ts';
import { createTestDatabase } from './database.ts';

/** Longer than any file of tests takes on a busy machine. */
const TOKEN_TTL_MS = 3_600_000;

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  body: any;
}

export interface TestServer {
  url: string;
  app: Express;
  pool: Pool;
  config: Config;
  /** Sends a request over HTTP. An object is sent as JSON, a string or bytes unchanged. */
  call(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  /**
   * Signs a token of a new session with the key of the server, valid for `ttlMs` from now (negative: already expired). The
   * session is stored in the background: `call` waits for that; a test that sends requests otherwise has to await
   * `sessionsOpened`.
   */
  tokenFor(caller: Caller, ttlMs?: number): string;
  sessionsOpened(): Promise<unknown>;
  adminToken: string;
  /** Creates a user with the role buyer. */
  newBuyer(): Promise<SeededUsers['users'][number]>;
  newBuyers(count: number): Promise<SeededUsers['users']>;
  newProduct(stock: number): Promise<string>;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the whole server with a database of its own on a free port. */
export async function startTestServer(
  options: {
    env?: Record<string, string>;
    ledger?: StockLedger;
    /** Makes an empty database; absent: on the PostgreSQL of the test run. */
    createDatabase?(): Promise<{ url: string; drop(): Promise<void> }>;
  } = {},
): Promise<TestServer> {
  const database = await (options.createDatabase ?? createTestDatabase)();
  const mediaFolder = join(tmpdir(), `flashsale-media-${newId()}`);
  const config = readConfig({
    DATABASE_URL: database.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    BCRYPT_COST: '4',
    MEDIA_FOLDER: mediaFolder,
    ...options.env,
  });
  await migrate(config.databaseSessionUrl);
  const pool = createPool({
    connectionString: config.databaseUrl,
    max: config.databasePoolMax,
    planning: BY_INDEX,
  });
  const log = createLogger({ level: config.logLevel, instance: config.instance });
  const redis =
    config.redisUrl === undefined ? undefined : await connectRedis({ url: config.redisUrl });
  const { tracesUrl, instance } = config;
  const spans = tracesUrl
    ? await openSpanExport(tracesUrl, { name: 'server', instance })
    : undefined;
  const server = composeServer({ config, pool, redis, log, ledger: options.ledger, spans });
  const url = await server.start();

  const sessions = createSessionStore(pool, {
    tokenTtlMs: config.jwtTtlMs,
    refreshTtlMs: config.refreshTtlMs,
  });
  let opened: Promise<unknown> = Promise.resolve();
  const tokenFor = (caller: Caller, ttlMs = TOKEN_TTL_MS) => {
    const sessionId = newId();
    opened = Promise.all([opened, sessions.openMany([{ ...caller, sessionId }])]);
    return createTokens({ keys: readTokenKeys(config), ttlMs, nowMs: () => Date.now() }).sign(
      caller,
      sessionId,
    );
  };
  const adminToken = tokenFor({ userId: newId(), role: 'admin' });
  await opened;
  let drained: Promise<void> | undefined;

  const testServer: TestServer = {
    url,
    app: server.app,
    pool,
    config,
    tokenFor,
    sessionsOpened: () => opened,
    adminToken,
    async call(method, path, { token, body, headers } = {}) {
      await opened;
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: raw ? (body as string) : body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const isJson = /^application\/(problem\+)?json/.test(
        response.headers.get('content-type') ?? '',
      );
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? JSON.parse(text) : text,
      };
    },
    async newBuyer() {
      const [buyer] = await testServer.newBuyers(1);
      return buyer as SeededUsers['users'][number];
    },
    async newBuyers(count) {
      const { body } = await testServer.call('PUT', '/api/v1/admin/users', {
        token: adminToken,
        body: { prefix: `${newId()}-`, count },
      });
      return body.users;
    },
    async newProduct(stock) {
      const skuId = `SKU-${newId()}`;
      const product = { skuId, name: 'Shoe', basePrice: '99.00', flashSalePrice: '19.99' };
      const { status, body } = await testServer.call('PUT', '/api/v1/admin/products', {
        token: adminToken,
        body: { products: [{ ...product, totalInventory: stock }] },
      });
      if (status !== 200) throw new Error(`the product was not seeded: ${JSON.stringify(body)}`);
      return skuId;
    },
    drain() {
      drained ??= server.drain();
      return drained;
    },
    async stop() {
      await testServer.drain();
      await Promise.all([spans?.close(), pool.end(), redis?.close()]);
      await database.drop();
      await rm(mediaFolder, { recursive: true, force: true });
    },
  };
  return testServer;
}
