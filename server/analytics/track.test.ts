import { describe, expect, it } from 'vitest';
import { TrackRequest } from '../../src/protocol/analytics.ts';
import { rowOf, wrongTimes } from './track.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const limits = { nowMs: NOON, lateMsMax: 3_600_000 };
const seenAt = (at?: string) =>
  TrackRequest.parse({ events: [{ eventId: 'a', type: 'product.viewed', skuId: 'SHOE', at }] })
    .events;

describe('S2.7 the time of what a client tells', () => {
  it.each([undefined, '2026-01-01T12:00:00Z', '2026-01-01T12:05:00Z', '2026-01-01T11:00:00Z'])(
    'may be %s',
    (at) => {
      expect(wrongTimes(seenAt(at), limits)).toEqual([]);
    },
  );

  it.each([
    [
      '2026-01-01T12:05:00.001Z',
      'is in the future: at most 300 seconds ahead of the server’s clock',
    ],
    ['2026-01-01T10:59:59.999Z', 'is too long ago: at most 3600 seconds before now'],
  ])('may not be %s', (at, message) => {
    expect(wrongTimes([...seenAt(), ...seenAt(at)], limits)).toEqual([
      { path: 'events.1.at', message },
    ]);
  });
});

it('S2.7 a track has the units of its quantity, or one, and keeps what its type alone has', () => {
  const { events } = TrackRequest.parse({
    events: [
      { eventId: 'a', type: 'basket.filled', skuId: 'SHOE', quantity: 3, weight: 10 },
      { eventId: 'b', type: 'page.viewed', page: 'home' },
    ],
  });
  expect(events.map(rowOf)).toMatchObject([
    { trackId: 'a', skuId: 'SHOE', units: 3, weight: 10, details: '{}' },
    { trackId: 'b', units: 1, weight: 1, details: '{"page":"home"}' },
  ]);
});

it.each([
  ['a type that nobody knows', { type: 'rocket.launched' }],
  ['a field of another type', { type: 'product.viewed', skuId: 'SHOE', results: 1 }],
  ['no weight', { type: 'product.viewed', skuId: 'SHOE', weight: 0 }],
  ['half an event', { type: 'product.viewed', skuId: 'SHOE', weight: 0.5 }],
  ['no product', { type: 'product.viewed' }],
  ['half a character', { type: 'page.viewed', page: '\ud83d' }],
])('S2.7 refuses a track with %s', (_, track) => {
  expect(TrackRequest.safeParse({ events: [{ eventId: 'a', ...track }] }).success).toBe(false);
});
