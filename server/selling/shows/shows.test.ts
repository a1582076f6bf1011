import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { whyNoEvent } from '../../../src/protocol/events.ts';
import { Show, ShowPage } from '../../../src/protocol/shows.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const newOrganizer = () => server.tokenFor({ userId: newId(), role: 'organizer' });

const DETAILS = {
  title: 'A long evening',
  venue: 'Town hall',
  city: 'Łódź',
  startsAt: '2090-01-01T18:00:00Z',
  endsAt: '2090-01-01T22:00:00Z',
};

const putUp = (token: string, details: object = {}, headers: Record<string, string> = {}) =>
  server.call('POST', '/events', { token, body: { ...DETAILS, ...details }, headers });

const messagesOf = async (showId: string) =>
  (
    await server.pool.query(
      'SELECT topic, key, type, payload FROM outbox WHERE key = $1 ORDER BY id',
      [showId],
    )
  ).rows;

describe('S3.2 an event', () => {
  it('is put up by an organizer, found by everybody, and told of once', async () => {
    const userId = newId();
    const token = server.tokenFor({ userId, role: 'organizer' });
    const { status, body } = await putUp(token);
    expect(status).toBe(201);
    expect(Show.parse(body)).toMatchObject({
      organizerId: userId,
      title: 'A long evening',
      description: '',
      city: 'Łódź',
      startsAt: '2090-01-01T18:00:00.000Z',
      status: 'SCHEDULED',
    });
    const read = await server.call('GET', `/events/${body.eventId}`);
    expect([read.status, read.body]).toEqual([200, body]);
    expect(read.headers.get('cache-control')).toBe('public, max-age=5');
    const messages = await messagesOf(body.eventId);
    expect(messages).toMatchObject([
      { topic: 'flashsale.shows', type: 'event.created', payload: { title: 'A long evening' } },
    ]);
    expect(messages.map(whyNoEvent)).toEqual([undefined]);
  });

  it('that is sent twice under one key is put up once, also when the first answer was lost', async () => {
    const token = newOrganizer();
    const key = { 'idempotency-key': newId() };
    const first = await putUp(token, {}, key);
    expect((await putUp(token, {}, key)).body).toEqual(first.body);
    await server.pool.query(
      'UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now() WHERE key = $1',
      [key['idempotency-key']],
    );
    expect((await putUp(token, {}, key)).body).toEqual(first.body);
    expect(await messagesOf(first.body.eventId)).toHaveLength(1);
  });

  it('is put up by no buyer and no administrator', async () => {
    const { token } = await server.newBuyer();
    for (const other of [token, server.adminToken]) {
      expect((await putUp(other)).body.code).toBe('FORBIDDEN');
    }
  });

  it.each([
    ['that ends when it starts', { endsAt: DETAILS.startsAt }, 'endsAt'],
    ['without a title', { title: '' }, 'title'],
    ['with a line break in its city', { city: 'New\nYork' }, 'city'],
    ['in the year 0', { startsAt: '0000-01-01T00:00:00Z' }, 'startsAt'],
    ['of another organizer', { organizerId: newId() }, ''],
  ])('%s is refused', async (_, details, path) => {
    const { status, body } = await putUp(newOrganizer(), details);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'VALIDATION_FAILED', path]);
  });

  it('is changed by its organizer alone, and everybody reads the change at once', async () => {
    const token = newOrganizer();
    const { body: show } = await putUp(token);
    const path = `/events/${show.eventId}`;
    const change = (by: string, body: object) => server.call('PATCH', path, { token: by, body });
    await server.call('GET', path);

    const stranger = await change(newOrganizer(), { title: 'Mine' });
    expect([stranger.status, stranger.body.code]).toEqual([404, 'NOT_FOUND']);
    const changed = await change(token, { title: 'A longer evening' });
    expect([changed.status, changed.body]).toEqual([200, { ...show, title: 'A longer evening' }]);
    expect((await server.call('GET', path)).body).toEqual(changed.body);
    const wrong = await change(token, { startsAt: '2091-01-01T00:00:00Z' });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'endsAt']);
    expect((await change(token, {})).status).toBe(400);
    expect((await messagesOf(show.eventId)).map(({ type }) => type)).toEqual([
      'event.created',
      'event.changed',
    ]);
  });

  it('is cancelled by its organizer alone, once, and is still found by its id', async () => {
    const token = newOrganizer();
    const { body: show } = await putUp(token, { city: 'Elsewhere' });
    const cancel = (by: string) =>
      server.call('POST', `/events/${show.eventId}/cancel`, { token: by });

    expect((await cancel(newOrganizer())).status).toBe(404);
    const answers = await Promise.all([cancel(token), cancel(token), cancel(token)]);
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([200, { ...show, status: 'CANCELLED' }]);
    }
    expect((await server.call('GET', `/events/${show.eventId}`)).body.status).toBe('CANCELLED');
    expect((await server.call('GET', '/events?city=Elsewhere')).body).toEqual({ events: [] });
    expect((await messagesOf(show.eventId)).map(({ type }) => type)).toEqual([
      'event.created',
      'event.cancelled',
    ]);
  });
});

describe('S3.2 the list of events', () => {
  const token = () => newOrganizer();
  const titlesOf = async (query: Record<string, string>) => {
    const { status, body } = await server.call('GET', `/events?${new URLSearchParams(query)}`);
    expect(status).toBe(200);
    return ShowPage.parse(body).events.map(({ title }) => title);
  };

  beforeAll(async () => {
    const june = [
      ['One', '2091-06-01', 'Brno', 'Jazz by the river'],
      ['Two', '2091-06-02', 'Brno', 'Rock and jazz'],
      ['Three', '2091-06-03', 'Praha', 'Jazz'],
    ] as const;
    for (const [title, day, city, description] of june) {
      const [startsAt, endsAt] = [`${day}T18:00:00Z`, `${day}T23:00:00Z`];
      await putUp(token(), { title, city, description, startsAt, endsAt });
    }
  });

  const JUNE = { from: '2091-06-01T00:00:00Z', to: '2091-07-01T00:00:00Z' };

  it('has those of a time, by their start', async () => {
    expect(await titlesOf(JUNE)).toEqual(['One', 'Two', 'Three']);
    expect(await titlesOf({ ...JUNE, from: '2091-06-02T18:00:00Z' })).toEqual(['Two', 'Three']);
    expect(await titlesOf({ ...JUNE, to: '2091-06-02T18:00:00Z' })).toEqual(['One']);
  });

  it('has those of a city, however it is written', async () => {
    expect(await titlesOf({ ...JUNE, city: 'BRNO' })).toEqual(['One', 'Two']);
    expect(await titlesOf({ ...JUNE, city: 'Brn' })).toEqual([]);
  });

  it('has those with all words of a text, wherever they stand', async () => {
    expect(await titlesOf({ ...JUNE, text: 'jazz' })).toEqual(['One', 'Two', 'Three']);
    expect(await titlesOf({ ...JUNE, text: 'JAZZ brno' })).toEqual(['One', 'Two']);
    expect(await titlesOf({ ...JUNE, text: 'river two' })).toEqual([]);
    expect(await titlesOf({ ...JUNE, text: `'); DROP TABLE shows; --` })).toEqual([]);
  });

  it('comes page by page, also of events that start at the same moment', async () => {
    const [startsAt, endsAt] = ['2092-01-01T18:00:00.5Z', '2092-01-01T23:00:00Z'];
    const put = await Promise.all(
      Array.from({ length: 5 }, () => putUp(token(), { city: 'Ostrava', startsAt, endsAt })),
    );
    const listed: string[] = [];
    let cursor = '';
    do {
      const { body } = await server.call('GET', `/events?city=Ostrava&limit=2${cursor}`);
      const { events, nextCursor } = ShowPage.parse(body);
      listed.push(...events.map(({ eventId }) => eventId));
      cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    expect(listed).toEqual(put.map(({ body }) => body.eventId).toSorted());
  });

  it.each(['?from=tomorrow', '?text=', '?cursor=1', '?limit=0', '?organizer=me', '?city=%00'])(
    'refuses %s',
    async (query) => {
      expect((await server.call('GET', `/events${query}`)).body.code).toBe('VALIDATION_FAILED');
    },
  );
});
