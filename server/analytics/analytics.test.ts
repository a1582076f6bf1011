import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ env: { TRACK_LATE_MS_MAX: '86400000' } });
  ({ token } = await server.newBuyer());
});
afterAll(() => server.stop());

const track = (
  events: object[],
  options: { token?: string; headers?: Record<string, string> } = {},
) => server.call('POST', '/analytics/track', { token, ...options, body: { events } });
const viewed = (skuId: string, more: object = {}) => ({
  ...{ eventId: newId(), type: 'product.viewed', skuId },
  ...more,
});

/** All that is counted of a SKU, by size and type: records, events and units. */
async function countsOf(skuId: string): Promise<string[]> {
  const { rows } = await server.pool.query<{ line: string }>(
    `SELECT concat_ws(' ', size, type, sum(records), sum(events), sum(units)) AS line FROM bucket_counts
     WHERE sku_id = $1 GROUP BY size, type ORDER BY 1`,
    [skuId],
  );
  return rows.map(({ line }) => line);
}
const everySize = (...counts: string[]) =>
  ['day', 'hour', 'minute'].flatMap((size) => counts.map((count) => `${size} ${count}`));

const isoAgo = (ms: number): string => new Date(Date.now() - ms).toISOString();

describe('S2.7 POST /analytics/track', () => {
  it('stores a batch, and counts it in every size of bucket with its weights and units', async () => {
    const skuId = await server.newProduct(1);
    const { status, body } = await track([
      viewed(skuId),
      viewed(skuId, { weight: 10 }),
      { eventId: 'basket-1', type: 'basket.filled', skuId, quantity: 3, weight: 2 },
      { eventId: 'search-1', type: 'search.made', text: 'shoes', results: 4 },
    ]);
    expect([status, body]).toEqual([202, { events: 4, repeated: 0 }]);
    expect(await countsOf(skuId)).toEqual(
      everySize('basket.filled 1 2 6', 'product.viewed 2 11 11'),
    );
    const { rows } = await server.pool.query(
      "SELECT type, sku_id, units, weight, details FROM tracks WHERE track_id = 'search-1'",
    );
    expect(rows).toEqual([
      {
        ...{ type: 'search.made', sku_id: null, units: 1, weight: 1 },
        details: { text: 'shoes', results: 4 },
      },
    ]);
  });

  it('counts an id once that is sent again, at whatever time, and each user’s own', async () => {
    const skuId = await server.newProduct(1);
    const first = [viewed(skuId), viewed(skuId, { at: isoAgo(60_000) })];
    await track(first);
    const again = first.map((sent) => ({ ...sent, at: isoAgo(3_600_000) }));
    const repeated = await track(again);
    expect([repeated.status, repeated.body]).toEqual([200, { events: 2, repeated: 2 }]);
    expect((await track([...first, viewed(skuId)])).body).toEqual({ events: 3, repeated: 2 });
    expect(await countsOf(skuId)).toEqual(everySize('product.viewed 3 3 3'));
    const other = await server.newBuyer();
    const ofOther = await track(first, { token: other.token });
    expect(ofOther.body).toEqual({ events: 2, repeated: 0 });
  });

  it('counts an id once that comes twenty times at once, in whatever order', async () => {
    const skuId = await server.newProduct(1);
    const batch = Array.from({ length: 10 }, () => viewed(skuId));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => track(place % 2 ? batch : batch.toReversed())),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    const fresh = answers.map(({ body }) => body.events - body.repeated);
    expect(fresh.reduce((sum, count) => sum + count)).toBe(10);
    expect(await countsOf(skuId)).toEqual(everySize('product.viewed 10 10 10'));
  });

  it('stores nothing of a batch that names a product that does not exist', async () => {
    const skuId = await server.newProduct(1);
    const wrong = track([viewed(skuId), viewed('NO-SUCH-SHOE')]);
    const right = track([viewed(skuId)]);
    const { status, body } = await wrong;
    expect([status, body.code]).toEqual([404, 'UNKNOWN_SKU']);
    expect((await right).status).toBe(202);
    expect(await countsOf(skuId)).toEqual(everySize('product.viewed 1 1 1'));
  });

  it('takes what is a day late, and refuses the future and what is later still', async () => {
    const skuId = await server.newProduct(1);
    expect((await track([viewed(skuId, { at: isoAgo(86_000_000) })])).status).toBe(202);
    const { status, body } = await track([
      viewed(skuId),
      viewed(skuId, { at: isoAgo(86_500_000) }),
      viewed(skuId, { at: isoAgo(-400_000) }),
    ]);
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.errors).toEqual([
      { path: 'events.1.at', message: expect.stringContaining('too long ago') },
      { path: 'events.2.at', message: expect.stringContaining('in the future') },
    ]);
    expect(await countsOf(skuId)).toEqual(everySize('product.viewed 1 1 1'));
  });

  it('refuses an id that is listed twice', async () => {
    const event = { eventId: 'twice', type: 'page.viewed', page: 'home' };
    const { status, body } = await track([event, event]);
    expect([status, body.errors[0].path]).toEqual([400, 'events.1.eventId']);
  });
});

it('S2.7 what finds no room is refused with 503 and Retry-After, and is not stored', async () => {
  const narrow = await startTestServer({ env: { TRACK_QUEUE_MAX: '2' } });
  try {
    const buyer = await narrow.newBuyer();
    const events = [1, 2, 3].map((place) => ({
      ...{ eventId: `${place}`, type: 'page.viewed', page: 'home' },
    }));
    const ask = (some: object[]) =>
      narrow.call('POST', '/analytics/track', { token: buyer.token, body: { events: some } });
    const full = await ask(events);
    expect([full.status, full.body.code, full.headers.get('retry-after')]).toEqual([
      503,
      'UNAVAILABLE',
      '1',
    ]);
    expect((await ask(events.slice(1))).body).toEqual({ events: 2, repeated: 0 });
    const { rows } = await narrow.pool.query('SELECT track_id FROM tracks ORDER BY 1');
    expect(rows.map(({ track_id }) => track_id)).toEqual(['2', '3']);
  } finally {
    await narrow.stop();
  }
});

describe('S2.7 GET /analytics/metrics', () => {
  const range = () => ({ from: isoAgo(3_600_000), to: isoAgo(-60_000) });
  const ask = (query: Record<string, string>, asker = server.adminToken) =>
    server.call('GET', `/analytics/metrics?${new URLSearchParams({ ...range(), ...query })}`, {
      token: asker,
    });

  it('answers with what happened, by type and by product', async () => {
    const skuId = await server.newProduct(1);
    await track([viewed(skuId), viewed(skuId, { weight: 4 })]);
    await track([{ eventId: 'begun', type: 'checkout.begun', skuId, quantity: 3 }]);
    const totals = async (query: Record<string, string>) =>
      (await ask({ sku: skuId, ...query })).body.series.map(
        ({ type, skuId: sku, total }: { type?: string; skuId?: string; total: number }) =>
          [type, sku, total].filter((part) => part !== undefined).join(' '),
      );
    expect(await totals({ groupBy: 'type' })).toEqual(['product.viewed 5', 'checkout.begun 1']);
    expect(await totals({ groupBy: 'sku' })).toEqual([`${skuId} 6`]);
    expect(await totals({ metric: 'records' })).toEqual(['3']);
    expect(await totals({ metric: 'units', type: 'checkout.begun' })).toEqual(['3']);
  });

  it('S3.4 has what was sold and given back, as the queue tells of it', async () => {
    const skuId = await server.newProduct(5);
    const reserved = await server.call('POST', '/api/v1/reservations', {
      token,
      body: { skuId, quantity: 2 },
    });
    const { reservationId } = reserved.body;
    const { body: order } = await server.call('POST', '/api/v1/orders/checkout', {
      token,
      body: { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` },
    });
    await server.call('POST', `/api/v1/orders/${order.orderId}/cancel`, { token });
    // Each of the three topics is handled by itself.
    await until(async () => (await countsOf(skuId)).length === 3 * 8);
    expect(await countsOf(skuId)).toEqual(
      everySize(
        'order.cancelled 1 1 2',
        'order.created 1 1 2',
        'reservation.cancelled 1 1 2',
        'reservation.confirmed 1 1 2',
        'reservation.created 1 1 2',
        'stock.released 1 1 2',
        'stock.reserved 1 1 2',
        'stock.sold 1 1 2',
      ),
    );
  });

  it('S3.4 shows organizers what they sell themselves, tickets that were bought among it', async () => {
    const userId = newId();
    const organizer = server.tokenFor({ userId, role: 'organizer' });
    const { body: event } = await server.call('POST', '/events', {
      token: organizer,
      body: {
        ...{ title: 'A long evening', venue: 'Town hall', city: 'Łódź' },
        ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
      },
    });
    const { body: type } = await server.call('POST', `/events/${event.eventId}/ticket-types`, {
      token: organizer,
      body: {
        ...{ name: 'Balcony', price: '12.00', capacity: 10 },
        ...{ opensAt: '2020-01-01T00:00:00Z', closesAt: '2090-01-01T18:00:00Z' },
      },
    });
    await track([viewed(type.ticketTypeId), viewed(await server.newProduct(1))]);
    const { body } = await ask({ groupBy: 'sku', type: 'product.viewed' }, organizer);
    expect(body.series).toMatchObject([{ skuId: type.ticketTypeId, total: 1 }]);

    await server.call('POST', '/tickets/purchase', {
      token,
      body: {
        ...{ ticketTypeId: type.ticketTypeId, quantity: 3 },
        ...{ paymentMethod: 'card', transactionId: 'tx-of-tickets' },
      },
    });
    await until(async () =>
      (await countsOf(type.ticketTypeId)).includes('day ticket.purchased 1 1 3'),
    );
    const bought = await ask({ metric: 'units', type: 'ticket.purchased' }, organizer);
    expect(bought.body.series).toMatchObject([{ total: 3 }]);
  });

  it('refuses more buckets than one answer has, and buyers', async () => {
    const wide = await ask({ bucket: 'minute', from: isoAgo(7 * 86_400_000) });
    expect([wide.status, wide.body.errors[0].path]).toEqual([400, 'to']);
    expect((await ask({}, token)).status).toBe(403);
  });
});

describe('S2.7 POST /api/v1/admin/analytics/recount', () => {
  const today = () => isoAgo(0).slice(0, 10);
  const recount = (body: object = { from: today(), to: today() }) =>
    server.call('POST', '/api/v1/admin/analytics/recount', { token: server.adminToken, body });

  it('corrects what is counted wrongly, and leaves the counts of the queue', async () => {
    const skuId = await server.newProduct(5);
    await track([viewed(skuId), viewed(skuId, { weight: 4 })]);
    await server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 2 } });
    await until(async () => (await countsOf(skuId)).includes('day stock.reserved 1 1 2'));
    expect((await recount()).body).toEqual({ days: 1, corrected: 0, differences: [] });
    const right = await countsOf(skuId);

    await server.pool.query(
      "UPDATE bucket_counts SET events = events + 1 WHERE sku_id = $1 AND size = 'hour' AND type = 'product.viewed'",
      [skuId],
    );
    await server.pool.query(
      "DELETE FROM bucket_counts WHERE sku_id = $1 AND size = 'day' AND type = 'product.viewed'",
      [skuId],
    );
    const day = today();
    const stored = { records: 2, events: 5, units: 5 };
    expect((await recount()).body).toEqual({
      days: 1,
      corrected: 2,
      differences: [
        {
          ...{ bucket: 'day', at: `${day}T00:00:00Z`, type: 'product.viewed', skuId },
          ...{ counted: null, stored },
        },
        {
          ...{
            bucket: 'hour',
            at: expect.stringContaining(`${day}T`),
            type: 'product.viewed',
            skuId,
          },
          ...{ counted: { ...stored, events: 6 }, stored },
        },
      ],
    });
    expect(await countsOf(skuId)).toEqual(right);
  });

  it('counts right while clients go on to tell', async () => {
    const skuId = await server.newProduct(1);
    const telling = Promise.all(
      Array.from({ length: 40 }, () => track([viewed(skuId), viewed(skuId)])),
    );
    for (let times = 0; times < 3; times += 1) {
      expect((await recount()).body.corrected).toBe(0);
    }
    await telling;
    expect(await countsOf(skuId)).toEqual(everySize('product.viewed 80 80 80'));
  });

  it('refuses more than a month, and an end before the beginning', async () => {
    expect((await recount({ from: '2026-01-01', to: '2026-02-01' })).status).toBe(400);
    expect((await recount({ from: '2026-01-02', to: '2026-01-01' })).status).toBe(400);
    expect((await recount({ from: '2026-01-01', to: '2026-01-31' })).status).toBe(200);
  });
});
