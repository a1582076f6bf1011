import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { createScope } from '../../src/stack/resource.ts';
import { runFolder } from '../../src/stack/run-folder.ts';
import { createDatabase, dropDatabase } from '../../src/stack/services/database.ts';
import { createPostgres } from '../../src/stack/services/postgres.ts';
import { createReplica, type Replica } from '../../test/replica.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import { newShow } from '../selling/tickets/testing/box-office.ts';
import { createPool } from './postgres.ts';
import { createReplicas, type ReadPlace } from './replicas.ts';

const scope = createScope();
let primaryUrl: string;
let replica: Replica;
let primary: Pool;
let standby: Pool;
beforeAll(async () => {
  const folder = await scope.start(runFolder({ keep: false }));
  primaryUrl = (await scope.start(createPostgres({ folder }))).url;
  replica = await scope.start(createReplica({ primaryUrl, primaryFolder: folder, folder }));
  primary = createPool({ connectionString: primaryUrl, max: 8 });
  standby = createPool({ connectionString: replica.urlOf(primaryUrl), max: 8, answerMsMax: 5_000 });
  await primary.query('CREATE TABLE notes (note int)');
});
afterAll(async () => {
  await Promise.all([primary?.end(), standby?.end()]);
  await scope.stop();
});

let places: ReadPlace[];
beforeEach(() => {
  places = [];
});
/** Long enough for any replica that replays at all. */
const PATIENCE_MS = 30_000;

const create = (
  waitMs = PATIENCE_MS,
  pools = [standby],
  { clock = systemClock, silentMsMax = PATIENCE_MS } = {},
) =>
  createReplicas({
    ...{ primary, replicas: pools, waitMs, silentMsMax, clock, log: { warn() {} } },
    onRead: (place) => places.push(place),
  });
const WHERE = 'SELECT max(note) AS note, pg_is_in_recovery() AS "isReplica" FROM notes';
interface Note {
  note: number;
  isReplica: boolean;
}
const read = async ({ reader }: ReturnType<typeof create>) =>
  (await reader.query<Note>(WHERE)).rows[0];
const write = (note: number) => primary.query('INSERT INTO notes VALUES ($1)', [note]);

describe('S3.6 a read at a replica', () => {
  it('shows everything that was written before it, however many write and read', async () => {
    const replicas = create();
    const readBack = async (note: number) => {
      await write(note);
      const seen = await read(replicas);
      expect(seen?.isReplica).toBe(true);
      expect(seen?.note).toBeGreaterThanOrEqual(note);
    };
    for (let round = 1; round <= 20; round += 1) {
      await Promise.all([1, 2, 3, 4, 5].map((one) => readBack(round * 10 + one)));
    }
    expect(new Set(places)).toEqual(new Set(['replica']));
  });

  it('asks the primary once for all who come at the same moment', async () => {
    let asked = 0;
    const counted = new Proxy(primary, {
      get(target, name) {
        if (name === 'query') asked += 1;
        return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      },
    });
    const { reader } = createReplicas({
      ...{ primary: counted, replicas: [standby], waitMs: PATIENCE_MS, clock: systemClock },
      ...{ silentMsMax: PATIENCE_MS, onRead() {}, log: { warn() {} } },
    });
    await Promise.all(Array.from({ length: 50 }, () => reader.query(WHERE)));
    expect(asked).toBeLessThanOrEqual(2);
  });

  it('takes turns with other replicas', async () => {
    const asked: number[] = [];
    const named = [0, 1].map(
      (index) =>
        new Proxy(standby, {
          get(target, name) {
            if (name !== 'query') return Reflect.get(target, name);
            return (text: string) => {
              if (text === WHERE) asked.push(index);
              return target.query(text);
            };
          },
        }),
    );
    const replicas = create(PATIENCE_MS, named);
    for (let turn = 0; turn < 4; turn += 1) await read(replicas);
    expect(asked).toEqual([0, 1, 0, 1]);
  });

  it('fails as at the primary where the statement is wrong, and the replica is not left alone', async () => {
    const replicas = create();
    await expect(replicas.reader.query('SELECT no_such_column FROM notes')).rejects.toThrow(
      'no_such_column',
    );
    await read(replicas);
    expect(places).toEqual(['primary_failed', 'replica']);
  });
});

describe('S3.6 a replica that lags', () => {
  afterEach(() => standby.query('SELECT pg_wal_replay_resume()'));

  it('is not read: the primary is, and the replica is left alone for a while', async () => {
    const replicas = create(20);
    await read(replicas);
    await standby.query('SELECT pg_wal_replay_pause()');
    await until(
      async () =>
        (await standby.query('SELECT pg_get_wal_replay_pause_state() AS state')).rows[0].state ===
        'paused',
    );
    await write(1_000);
    expect(await read(replicas)).toEqual({ note: 1_000, isReplica: false });
    expect(await read(replicas)).toEqual({ note: 1_000, isReplica: false });
    expect(places).toEqual(['replica', 'primary_lagging', 'primary_resting']);
    await expect(replicas.probe()).rejects.toThrow('replica 1: it is behind the primary');
    expect((await replicas.lags())[0]).toBeGreaterThan(0);
  });

  it('is read again when it is as far', async () => {
    const replicas = create(20);
    await standby.query('SELECT pg_wal_replay_pause()');
    await write(2_000);
    await standby.query('SELECT pg_wal_replay_resume()');
    await until(async () => (await read(replicas))?.isReplica === true);
    expect((await read(replicas))?.note).toBe(2_000);
    await until(() =>
      replicas.probe().then(
        () => true,
        () => false,
      ),
    );
  });

  it('is waited for as long as it may take', async () => {
    const replicas = create();
    await standby.query('SELECT pg_wal_replay_pause()');
    await write(3_000);
    const reading = read(replicas);
    await standby.query('SELECT pg_wal_replay_resume()');
    expect(await reading).toEqual({ note: 3_000, isReplica: true });
  });
});

describe('S3.6 a replica that is none', () => {
  it('is never read: another database', async () => {
    const folder = await scope.start(runFolder({ keep: false }));
    const other = await scope.start(createPostgres({ folder }));
    const pool = createPool({ connectionString: other.url, max: 2 });
    const replicas = create(20, [pool]);
    expect((await read(replicas))?.isReplica).toBe(false);
    await expect(replicas.probe()).rejects.toThrow(/no replica of this database|behind/);
    await pool.end();
  });

  it('is never read: the primary itself', async () => {
    const replicas = create(20, [primary]);
    await read(replicas);
    expect(places).toEqual(['primary_lagging']);
  });
});

/** A replica whose answers are made up. */
const pretend = (query: (text: string) => Promise<unknown>): Pool => ({ query }) as unknown as Pool;

describe('S3.6 a replica that is frozen', () => {
  it('is replaced by the primary, and metrics go without it', async () => {
    const frozen = pretend(() => new Promise(() => {}));
    const replicas = create(PATIENCE_MS, [frozen], { silentMsMax: 20 });
    expect((await read(replicas))?.isReplica).toBe(false);
    expect(await replicas.lags()).toEqual([undefined]);
    await expect(replicas.probe()).rejects.toThrow('replica 1: no answer within');
  });

  it('is tried by one reader after its rest, and the others read the primary at once', async () => {
    let atMs = 0;
    const clock = { ...systemClock, monotonicNs: () => atMs * 1e6 };
    const frozen = pretend(() => new Promise(() => {}));
    const replicas = create(PATIENCE_MS, [frozen], { clock, silentMsMax: 20 });
    await read(replicas);
    atMs = 1_001;
    await Promise.all(Array.from({ length: 10 }, () => read(replicas)));
    expect(places.slice(1).toSorted()).toEqual([
      'primary_failed',
      ...Array.from({ length: 9 }, () => 'primary_resting'),
    ]);
  });
});

describe('S3.6 a replica that another one replaces at its address', () => {
  it('is asked again how far it is, also while nothing is written', async () => {
    const { rows } = await primary.query(
      'SELECT system_identifier::text AS cluster FROM pg_control_system()',
    );
    const at = { ...rows[0], bytes: Number.MAX_SAFE_INTEGER };
    const replaced = pretend(async (text) => ({
      rows: [text === WHERE ? { note: 1, isReplica: true } : at],
    }));
    let atMs = 0;
    const clock = { ...systemClock, monotonicNs: () => atMs * 1e6 };
    const replicas = create(0, [replaced], { clock });
    expect((await read(replicas))?.isReplica).toBe(true);
    at.bytes = 0;
    atMs = 5_000;
    expect((await read(replicas))?.isReplica).toBe(false);
  });
});

describe('S3.6 a server with a replica', () => {
  let server: TestServer;
  beforeAll(async () => {
    const url = await createDatabase(primaryUrl, 'shop');
    server = await startTestServer({
      createDatabase: async () => ({ url, drop: () => dropDatabase(primaryUrl, 'shop') }),
      env: {
        DATABASE_REPLICA_URLS: replica.urlOf(url),
        DATABASE_REPLICA_WAIT_MS: '10000',
      },
    });
  });
  afterAll(() => server.stop());

  const readsAt = async (place: string): Promise<number> => {
    const { body } = await server.call('GET', '/metrics');
    return Number(new RegExp(`replica_reads_total{place="${place}"} (\\d+)`).exec(body)?.[1] ?? 0);
  };

  it.each([
    ['products', () => '/api/v1/products'],
    ['a product', (skuId: string) => `/api/v1/products/${skuId}`],
    ['events', () => '/events?city=Brno'],
    ['an event', (_: string, eventId: string) => `/events/${eventId}`],
    ['ticket types', (_: string, eventId: string) => `/events/${eventId}/ticket-types`],
    [
      'analytics',
      () => '/analytics/metrics?from=2090-01-01T00:00:00Z&to=2090-01-02T00:00:00Z&bucket=hour',
    ],
  ])('reads %s there, as they were written a moment before', async (_, pathOf) => {
    const skuId = await server.newProduct(3);
    const { eventId } = await newShow(server);
    const before = await readsAt('replica');
    const path = pathOf(skuId, eventId);
    const { status, body } = await server.call('GET', path, { token: server.adminToken });
    expect([path, status]).toEqual([path, 200]);
    expect(await readsAt('replica')).toBeGreaterThan(before);
    if (path.endsWith(skuId)) expect(body.skuId).toBe(skuId);
    if (path.endsWith(eventId)) expect(body.eventId).toBe(eventId);
  });

  it('shows a change at once that was made when the event was cached already', async () => {
    const { eventId, organizer } = await newShow(server);
    for (const title of ['One', 'Two', 'Three', 'Four']) {
      await server.call('GET', `/events/${eventId}`);
      await server.call('PATCH', `/events/${eventId}`, { token: organizer, body: { title } });
      expect((await server.call('GET', `/events/${eventId}`)).body.title).toBe(title);
    }
  });

  it('reserves, and reads stock, at the primary alone', async () => {
    const skuId = await server.newProduct(3);
    const { token } = await server.newBuyer();
    const before = await readsAt('replica');
    const body = { skuId, quantity: 1 };
    expect((await server.call('POST', '/api/v1/reservations', { token, body })).status).toBe(201);
    const stock = await server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(stock.body.available).toBe(2);
    expect(await readsAt('replica')).toBe(before);
  });

  it('says in health and metrics how its replica is', async () => {
    const health = async () => (await server.call('GET', '/health')).body;
    await until(async () => (await health()).dependencies.replicas.state === 'up');
    expect((await server.call('GET', '/metrics')).body).toMatch(
      /flashsale_replica_lag_bytes\{replica="1"\} \d/,
    );
    await replica.kill();
    expect(await health()).toMatchObject({
      status: 'degraded',
      dependencies: { replicas: { state: 'down', error: expect.stringContaining('replica 1') } },
    });
    expect((await server.call('GET', '/metrics')).body).not.toContain('replica_lag_bytes{');
    expect((await server.call('GET', '/api/v1/products?limit=7')).status).toBe(200);
    await replica.restart();
    await until(async () => (await health()).dependencies.replicas.state === 'up');
  });
});

// Comes last: the replica is gone in between.
describe('S3.6 a replica that is gone', () => {
  it('is replaced by the primary until it is back, and no read fails', async () => {
    const replicas = create();
    expect((await read(replicas))?.isReplica).toBe(true);
    const reads = Array.from({ length: 200 }, () => read(replicas));
    await replica.kill();
    await write(4_000);
    expect((await Promise.all(reads)).every((seen) => seen !== undefined)).toBe(true);
    expect(await read(replicas)).toEqual({ note: 4_000, isReplica: false });
    await expect(replicas.probe()).rejects.toThrow('replica 1: ');
    expect(await replicas.lags()).toEqual([undefined]);

    await replica.restart();
    await until(async () => (await read(replicas))?.isReplica === true);
    expect((await read(replicas))?.note).toBe(4_000);
  });
});
