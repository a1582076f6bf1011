import { expect, it } from 'vitest';
import { cancelShow, changeShow, describeShow, newShow, type ShowRow } from './show.ts';

const describe = (row: ShowRow) => describeShow(row, (imageId) => `/images/${imageId}.webp`);

const show = newShow(
  {
    title: 'A long evening',
    description: '',
    venue: 'Town hall',
    city: 'Łódź',
    startsAt: '2090-01-01T18:00:00.123456Z',
    endsAt: '2090-01-01T22:00:00Z',
  },
  { showId: 's-1', organizerId: 'o-1', nowMs: 0 },
);

it('S3.2 an event is shown as scheduled, with its times in milliseconds', () => {
  expect(describe(show)).toEqual({
    eventId: 's-1',
    organizerId: 'o-1',
    title: 'A long evening',
    description: '',
    venue: 'Town hall',
    city: 'Łódź',
    startsAt: '2090-01-01T18:00:00.123Z',
    endsAt: '2090-01-01T22:00:00.000Z',
    status: 'SCHEDULED',
    createdAt: '1970-01-01T00:00:00.000Z',
  });
});

it('S3.2 an event is shown with the address of its image, once it has one', () => {
  expect(describe({ ...show, image_id: 'i-1' }).imageUrl).toBe('/images/i-1.webp');
  expect(describe(show).imageUrl).toBeUndefined();
});

it('S3.2 a change leaves what it does not name', () => {
  expect(changeShow(show, { title: 'A longer evening', endsAt: '2090-01-02T02:00:00Z' })).toEqual({
    ...show,
    title: 'A longer evening',
    ends_at: new Date('2090-01-02T02:00:00Z'),
  });
});

it('S3.2 an event ends after it starts, also when only one of the two is changed', () => {
  const refused = { code: 'VALIDATION_FAILED', errors: [{ path: 'endsAt' }] };
  expect(changeShow(show, { startsAt: '2090-01-01T22:00:00Z' })).toMatchObject(refused);
  expect(changeShow(show, { endsAt: '2090-01-01T18:00:00.123Z' })).toMatchObject(refused);
});

it('S3.2 a cancelled event cannot be changed, and cancelling it again leaves it as it is', () => {
  const cancelled = cancelShow(show, 1000);
  expect(describe(cancelled).status).toBe('CANCELLED');
  expect(cancelShow(cancelled, 2000)).toBe(cancelled);
  expect(changeShow(cancelled, { title: 'On again' })).toMatchObject({ code: 'EVENT_CANCELLED' });
});
