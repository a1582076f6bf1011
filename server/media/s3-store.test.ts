import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { createScope } from '../../src/stack/resource.ts';
import { runFolder } from '../../src/stack/run-folder.ts';
import { createS3Server, findS3, type S3Server } from '../../test/s3.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import { createFairTurns } from '../platform/fair-turns.ts';
import { createGuardedCalls } from '../platform/guarded-calls.ts';
import { createMedia } from './media.ts';
import { describeObjectStore } from './object-store.contract.ts';
import type { ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';

const python = await findS3();
const BUCKET = 'images-of-events';
const KEYS = { accessKeyId: 'key-of-the-shop', secretAccessKey: 'a-secret-of-the-shop' };

describe.skipIf(python === undefined)('with a real S3', () => {
  const scope = createScope();
  let s3: S3Server;
  let server: TestServer;
  beforeAll(async () => {
    const folder = await scope.start(runFolder({ keep: false }));
    s3 = await scope.start(createS3Server({ python: python as string, folder }));
    await s3.makeBucket(BUCKET);
    server = await startTestServer({
      env: {
        ...{ S3_BUCKET: BUCKET, S3_ENDPOINT: s3.url },
        ...{ S3_ACCESS_KEY_ID: KEYS.accessKeyId, S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await scope.stop();
  });

  describeObjectStore('a bucket', () =>
    createS3Store({
      ...{ bucket: BUCKET, region: 'us-east-1', endpoint: s3.url, credentials: KEYS },
    }),
  );

  const putUp = async (background: string) => {
    const token = server.tokenFor({ userId: newId(), role: 'organizer' });
    const picture = sharp({ create: { width: 40, height: 20, channels: 3, background } });
    return server.call('POST', '/events', {
      token,
      body: {
        ...{ title: 'A long evening', venue: 'Town hall', city: 'Brno' },
        ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
        image: (await picture.png().toBuffer()).toString('base64'),
      },
    });
  };
  const read = async (eventId: string) => (await server.call('GET', `/events/${eventId}`)).body;

  it('S3.2 an event has its image in the bucket, as a CDN in front of it needs it', async () => {
    const { status, body } = await putUp('#f00');
    expect(status).toBe(201);
    const ours = await fetch(server.url + body.imageUrl);
    const client = new S3Client({
      ...{ region: 'us-east-1', endpoint: s3.url, credentials: KEYS, forcePathStyle: true },
    });
    const theirs = await client.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: body.imageUrl.slice(1) }),
    );
    expect(theirs).toMatchObject({
      ContentType: ours.headers.get('content-type'),
      CacheControl: ours.headers.get('cache-control'),
    });
    const kept = Buffer.from((await theirs.Body?.transformToByteArray()) ?? []);
    expect(kept.equals(Buffer.from(await ours.arrayBuffer()))).toBe(true);
    client.destroy();
  });

  it('S3.5 an event gets its image when the store is back, and nobody sees the keys meanwhile', async () => {
    const { body: before } = await putUp('#0f0');
    await s3.kill();
    const { status, body: show } = await putUp('#00f');
    expect([status, show.imageUrl]).toEqual([201, undefined]);
    const health = async () => (await server.call('GET', '/health')).body;
    await until(async () => {
      await putUp('#00f');
      return (await health()).dependencies.media.state === 'down';
    });
    expect((await health()).dependencies.media.error).toContain('ECONNREFUSED');
    expect(JSON.stringify(await health())).not.toContain(KEYS.secretAccessKey);
    expect((await fetch(server.url + before.imageUrl)).status).toBe(503);

    await s3.restart();
    await s3.makeBucket(BUCKET);
    await until(async () => {
      await server.pool.query('UPDATE show_images SET due_at = now()');
      return (await read(show.eventId)).imageUrl !== undefined;
    });
    expect((await fetch(server.url + (await read(show.eventId)).imageUrl)).status).toBe(200);
    await until(async () => (await health()).dependencies.media.state === 'up');
  });
});

describe('an object store that denies what is not there', () => {
  /** Keeps what is put, and denies all else that is read; with `mayRead` false also what is there. */
  async function withStore(mayRead: boolean, use: (store: ObjectStore) => Promise<void>) {
    const files = new Set<string>();
    const denying = createServer((req, res) => {
      const path = (req.url ?? '').split('?')[0] as string;
      if (req.method === 'PUT') files.add(path);
      if (req.method === 'PUT' || (mayRead && files.has(path))) res.end('');
      else {
        res.writeHead(403, { 'content-type': 'application/xml' });
        res.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      }
    });
    await new Promise<void>((resolve) => denying.listen(0, '127.0.0.1', resolve));
    const { port } = denying.address() as AddressInfo;
    const store = createS3Store({
      ...{ bucket: BUCKET, region: 'us-east-1', credentials: KEYS },
      endpoint: `http://127.0.0.1:${port}`,
    });
    await use(store);
    store.close();
    denying.closeAllConnections();
    denying.close();
  }
  const { signal } = new AbortController();

  it('S3.2 has no such image, if its keys may read what is there', () =>
    withStore(true, async (store) => {
      await store.put('images/a.webp', Buffer.from('a'), signal);
      expect(await store.get('images/a.webp', signal)).toBeDefined();
      expect(await store.get('images/b.webp', signal)).toBeUndefined();
    }));

  it('S3.2 is broken, if its keys may read nothing', () =>
    withStore(false, async (store) => {
      await expect(store.get('images/b.webp', signal)).rejects.toThrow('Access Denied');
    }));
});

it('S3.5 images are read while the object store takes none', async () => {
  const failing: ObjectStore = {
    put: () => Promise.reject(new Error('the bucket is full')),
    get: async () => Buffer.from('an image'),
    remove: async () => {},
  };
  const guard = () =>
    createGuardedCalls({
      ...{ timeoutMs: 1_000, retriesMax: 0, failuresMax: 1, probeAfterMs: 60_000 },
      onCircuit() {},
    });
  const media = createMedia({
    ...{ store: failing, reads: guard(), writes: guard(), imageBytesMax: 1_000 },
    turns: createFairTurns({ concurrency: 1, waitingMax: 1, retryAfterMs: 1 }),
    ...{ onCall() {}, log: { warn() {} } },
  });
  expect(await media.put(newId(), Buffer.from('an image'))).toBe(false);
  expect(media.whyDown()).toBe('the bucket is full');
  expect((await media.read(newId()))?.toString()).toBe('an image');
});

it('an object store whose file never ends is not read for ever', async () => {
  const endless = createServer((_req, res) => {
    const write = () => {
      while (!res.destroyed && res.write(Buffer.alloc(1_000_000)));
    };
    res.on('drain', write);
    write();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const { port } = endless.address() as AddressInfo;
  const store = createS3Store({
    ...{ bucket: BUCKET, region: 'us-east-1', credentials: KEYS },
    endpoint: `http://127.0.0.1:${port}`,
  });
  await expect(store.get('images/a.webp', new AbortController().signal)).rejects.toThrow(
    'more than 32000000 bytes',
  );
  store.close();
  endless.closeAllConnections();
  endless.close();
});
