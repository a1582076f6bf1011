import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { Health } from '../../../src/protocol/health.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';

const pictureOf = async (background: string) =>
  (
    await sharp({ create: { width: 40, height: 20, channels: 3, background } })
      .jpeg()
      .toBuffer()
  ).toString('base64');
const [RED, BLUE] = await Promise.all([pictureOf('#f00'), pictureOf('#00f')]);

const DETAILS = {
  ...{ title: 'A long evening', venue: 'Town hall', city: 'Brno' },
  ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
};

let server: TestServer;
let token: string;
async function start(env: Record<string, string> = {}) {
  server = await startTestServer({ env });
  token = server.tokenFor({ userId: newId(), role: 'organizer' });
}

const putUp = async (image: string | undefined, headers: Record<string, string> = {}) =>
  server.call('POST', '/events', { token, headers, body: { ...DETAILS, image } });
const change = (eventId: string, body: object, by = token) =>
  server.call('PATCH', `/events/${eventId}`, { token: by, body });
const read = async (eventId: string) => (await server.call('GET', `/events/${eventId}`)).body;
const images = () => readdir(join(server.config.mediaFolder, 'images')).catch(() => []);
const metrics = async (): Promise<string> => (await server.call('GET', '/metrics')).body;
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

/** Makes due what waits. */
const passTime = () => server.pool.query('UPDATE show_images SET due_at = now()');

/** A file where the folder of the images should be: nothing can be kept. */
const breakStore = () => writeFile(server.config.mediaFolder, '');
const mendStore = () => rm(server.config.mediaFolder);

describe('S3.2 the image of an event', () => {
  beforeAll(() => start());
  afterAll(() => server.stop());

  const imagesOf = async (showId: string) =>
    (await server.pool.query('SELECT * FROM show_images WHERE show_id = $1', [showId])).rows;
  const countShows = async () => (await server.pool.query('SELECT FROM shows')).rowCount;

  it('is kept with the event, and everybody gets it', async () => {
    const { status, body } = await putUp(RED);
    expect([status, body.imageUrl]).toEqual([201, expect.stringMatching(/^\/images\/.+\.webp$/)]);
    expect(await read(body.eventId)).toEqual(body);
    const list = (await server.call('GET', '/events')).body.events;
    expect(list).toContainEqual(body);

    const answer = await get(body.imageUrl);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
    const { width, height, format } = await sharp(await bytesOf(answer)).metadata();
    expect([width, height, format]).toEqual([40, 20, 'webp']);
    expect(await imagesOf(body.eventId)).toMatchObject([
      { content: null, stored_at: expect.any(Date) },
    ]);
  });

  it('may be kept by browsers and CDNs for ever, and shown by pages of any origin', async () => {
    const { body } = await putUp(RED);
    const { headers } = await get(body.imageUrl);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const tag = headers.get('etag') as string;
    const known = await get(body.imageUrl, { 'if-none-match': tag });
    expect([known.status, (await bytesOf(known)).length]).toEqual([304, 0]);
  });

  it('comes in parts', async () => {
    const { body } = await putUp(RED);
    const whole = await get(body.imageUrl);
    const file = await bytesOf(whole);
    const part = await get(body.imageUrl, { range: 'bytes=4-9' });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 4-9/${file.length}`,
    ]);
    expect(await bytesOf(part)).toEqual(file.subarray(4, 10));

    const tag = whole.headers.get('etag') as string;
    const same = await get(body.imageUrl, { range: 'bytes=4-', 'if-range': tag });
    expect([same.status, await bytesOf(same)]).toEqual([206, file.subarray(4)]);
    const other = await get(body.imageUrl, { range: 'bytes=4-', 'if-range': '"other"' });
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, file.length]);

    const beyond = await get(body.imageUrl, { range: `bytes=${file.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([
      416,
      `bytes */${file.length}`,
    ]);
    expect(await beyond.json()).toMatchObject({ code: 'RANGE_NOT_SATISFIABLE' });
  });

  it.each([
    ['no base64', 'not base64!', 'is no base64'],
    ['a page', Buffer.from('<script>alert(1)</script>').toString('base64'), 'is no JPEG'],
    ['half an image', RED.slice(0, 200), 'cannot be read'],
  ])('is refused as %s, and the event with it', async (_, image, message) => {
    const before = await countShows();
    const { status, body } = await putUp(image);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'VALIDATION_FAILED', 'image']);
    expect(body.errors[0].message).toContain(message);
    expect(await countShows()).toBe(before);
  });

  it('is put up once under one key', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await putUp(RED, key);
    expect((await putUp(RED, key)).body).toEqual(first.body);
    await server.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE key = $1',
      [key['idempotency-key']],
    );
    expect((await putUp(RED, key)).body).toEqual(first.body);
    expect(await imagesOf(first.body.eventId)).toHaveLength(1);
  });

  it('is replaced and removed by its organizer alone, and what nobody sees is forgotten', async () => {
    const { body: show } = await putUp(RED);
    const stranger = server.tokenFor({ userId: newId(), role: 'organizer' });
    expect((await change(show.eventId, { image: BLUE }, stranger)).status).toBe(404);
    expect((await change(show.eventId, { image: null }, stranger)).status).toBe(404);
    expect(await read(show.eventId)).toEqual(show);

    const { body: blue } = await change(show.eventId, { image: BLUE });
    expect(blue).toEqual({ ...show, imageUrl: expect.any(String) });
    expect(blue.imageUrl).not.toBe(show.imageUrl);
    expect(await read(show.eventId)).toEqual(blue);
    // Somebody may just have read the old address, so it is good for a moment.
    expect((await get(show.imageUrl)).status).toBe(200);
    await passTime();
    await until(async () => (await get(show.imageUrl)).status === 404);
    expect((await get(blue.imageUrl)).status).toBe(200);

    const { body: none } = await change(show.eventId, { image: null });
    expect(none).toEqual({ ...show, imageUrl: undefined });
    await passTime();
    await until(async () => (await imagesOf(show.eventId)).length === 0);
    expect((await get(blue.imageUrl)).status).toBe(404);
  });

  it('stays when something else is changed', async () => {
    const { body: show } = await putUp(RED);
    const { body } = await change(show.eventId, { title: 'A longer evening' });
    expect(body).toEqual({ ...show, title: 'A longer evening' });
  });

  it('is told of by a message with its address', async () => {
    const { body } = await putUp(RED);
    const { rows } = await server.pool.query(
      "SELECT type, payload->>'imageUrl' AS url FROM outbox WHERE key = $1 ORDER BY id",
      [body.eventId],
    );
    expect(rows).toEqual([
      { type: 'event.created', url: null },
      { type: 'event.changed', url: body.imageUrl },
    ]);
  });

  it.each(['/images/x.webp', '/images/..%2f..%2fetc%2fpasswd', `/images/${newId()}`])(
    'is not found at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('that was never there is not found', async () => {
    expect((await get(`/images/${newId()}.webp`)).status).toBe(404);
  });
});

describe('S3.2 large bodies', () => {
  afterEach(() => server.stop());

  it('are refused by their size alone', async () => {
    await start({ IMAGE_BYTES_MAX: '1000' });
    const small = Buffer.from(RED, 'base64').length;
    expect(small).toBeLessThan(1000);
    expect((await putUp(RED)).status).toBe(201);
    const slightly = Buffer.alloc(1001).toString('base64');
    expect((await putUp(slightly)).body.errors[0].message).toContain('more than 1000 bytes');
    expect((await putUp('A'.repeat(100_000))).status).toBe(413);
  });

  it('are taken one user after the other, and small ones meanwhile', async () => {
    await start();
    const large = 'A'.repeat(200_000);
    const answers = await Promise.all(Array.from({ length: 12 }, () => putUp(large)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([400, 503]));
    const busy = answers.find(({ status }) => status === 503);
    expect(busy?.headers.get('retry-after')).toBe('1');
    expect((await putUp(large)).status).toBe(400);
  });

  it('become images that a CDN shows, where there is one', async () => {
    await start({ MEDIA_BASE_URL: 'https://cdn.example/shop/' });
    const { body } = await putUp(RED);
    expect(body.imageUrl).toMatch(/^https:\/\/cdn\.example\/shop\/images\/.+\.webp$/);
    expect((await get(new URL(body.imageUrl).pathname.slice('/shop'.length))).status).toBe(200);
  });
});

describe('S3.5 while the object store is away', () => {
  beforeEach(() => start());
  afterEach(() => server.stop());

  it('an event stands without its image, and gets it later', async () => {
    await breakStore();
    const { status, body: show } = await putUp(RED);
    expect([status, show.imageUrl]).toEqual([201, undefined]);
    expect(await metrics()).toContain('flashsale_images_waiting 1');
    await mendStore();
    await until(async () => {
      await passTime();
      return (await read(show.eventId)).imageUrl !== undefined;
    });
    expect((await get((await read(show.eventId)).imageUrl)).status).toBe(200);
    expect(await metrics()).toContain('flashsale_images_waiting 0');
  });

  it('an event keeps the image that it had, until the new one is there', async () => {
    const { body: show } = await putUp(RED);
    await rm(server.config.mediaFolder, { recursive: true });
    await breakStore();
    expect((await change(show.eventId, { image: BLUE })).body).toEqual(show);
    // The newest image counts, however many wait.
    expect((await change(show.eventId, { image: RED })).body).toEqual(show);
    await mendStore();
    await until(async () => {
      await passTime();
      const { rows } = await server.pool.query('SELECT stored_at FROM show_images');
      return rows.length === 1 && rows[0].stored_at !== null;
    });
    const { imageUrl } = await read(show.eventId);
    const { dominant } = await sharp(await bytesOf(await get(imageUrl))).stats();
    expect([dominant.r > 200, imageUrl !== show.imageUrl]).toEqual([true, true]);
    expect(await images()).toHaveLength(1);
  });

  it('health and metrics say so, nobody knocks any more, and events are still put up', async () => {
    await breakStore();
    const health = async () =>
      Health.parse((await server.call('GET', '/health')).body).dependencies.media;
    expect(await health()).toMatchObject({ state: 'up' });
    await until(async () => {
      expect((await putUp(RED)).status).toBe(201);
      return (await health())?.state === 'down';
    });
    expect((await server.call('GET', '/health')).body.status).toBe('degraded');
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect(await metrics()).toContain('flashsale_circuit_state{dependency="media"} 1');
    expect(await metrics()).toContain('flashsale_media_calls_total{call="put",outcome="failed"}');
  });

  it('an image that cannot be read is asked for again later', async () => {
    const { body } = await putUp(RED);
    await rm(server.config.mediaFolder, { recursive: true });
    await breakStore();
    const answer = await get(body.imageUrl);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });
});
