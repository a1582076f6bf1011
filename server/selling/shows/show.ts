import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { NewShow, Show, ShowChange } from '../../../src/protocol/shows.ts';

/** A row of `shows` as the driver returns it. */
export interface ShowRow {
  show_id: string;
  organizer_id: string;
  title: string;
  description: string;
  venue: string;
  city: string;
  starts_at: Date;
  ends_at: Date;
  cancelled_at: Date | null;
  /** The image that the media service has; one that is on its way there is not seen yet. */
  image_id: string | null;
  created_at: Date;
}

export interface Refusal {
  code: ProblemCode;
  detail: string;
  errors?: { path: string; message: string }[];
}

export const describeShow = (row: ShowRow, imageUrlOf: (imageId: string) => string): Show => ({
  eventId: row.show_id,
  organizerId: row.organizer_id,
  title: row.title,
  description: row.description,
  venue: row.venue,
  city: row.city,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  status: row.cancelled_at === null ? 'SCHEDULED' : 'CANCELLED',
  imageUrl: row.image_id === null ? undefined : imageUrlOf(row.image_id),
  createdAt: row.created_at.toISOString(),
});

/** A new show. Its times are cut to milliseconds, as the cursors of pages have them. */
export const newShow = (
  details: Omit<NewShow, 'image'>,
  { showId, organizerId, nowMs }: { showId: string; organizerId: string; nowMs: number },
): ShowRow => ({
  show_id: showId,
  organizer_id: organizerId,
  title: details.title,
  description: details.description,
  venue: details.venue,
  city: details.city,
  starts_at: new Date(details.startsAt),
  ends_at: new Date(details.endsAt),
  cancelled_at: null,
  image_id: null,
  created_at: new Date(nowMs),
});

/** The show after a change. Its new start may make its old end wrong, so both are judged together. */
export function changeShow(show: ShowRow, change: Omit<ShowChange, 'image'>): ShowRow | Refusal {
  if (show.cancelled_at !== null) {
    return { code: 'EVENT_CANCELLED', detail: 'A cancelled event stays as it is.' };
  }
  const { startsAt, endsAt, ...texts } = change;
  const changed: ShowRow = {
    ...show,
    ...texts,
    starts_at: startsAt === undefined ? show.starts_at : new Date(startsAt),
    ends_at: endsAt === undefined ? show.ends_at : new Date(endsAt),
  };
  if (changed.starts_at >= changed.ends_at) {
    const errors = [{ path: 'endsAt', message: 'must be later than startsAt' }];
    return { code: 'VALIDATION_FAILED', detail: 'It would end before it starts.', errors };
  }
  return changed;
}

/** The show after it is cancelled. One that is cancelled already stays as it is. */
export const cancelShow = (show: ShowRow, nowMs: number): ShowRow =>
  show.cancelled_at === null ? { ...show, cancelled_at: new Date(nowMs) } : show;
