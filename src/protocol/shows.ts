import * as z from 'zod';
import type { Role } from './accounts.ts';
import { PlainText } from './admin.ts';
import { CURSOR_MEANING, PageQuery } from './paging.ts';
import { SentTime } from './sent-time.ts';

// The API calls a show an event. In the code an event is a message, so a show has a word of its own there.

/** The role of those who put up shows, and let their tickets in. */
export const ORGANIZER_ROLE: Role = 'organizer';

const details = {
  title: PlainText.min(1).max(150),
  description: PlainText.max(4000),
  venue: PlainText.min(1).max(150),
  city: PlainText.min(1).max(100),
  startsAt: SentTime,
  endsAt: SentTime.describe('Later than `startsAt`. In UTC, in the year 1970 or later.'),
};

/** The longest text of an image; the server may be set to take fewer bytes. */
const IMAGE_TEXT_MAX = 40_000_000;
const Image = z
  .string()
  .min(1)
  .max(IMAGE_TEXT_MAX)
  .describe(
    'A JPEG, PNG or WebP file in base64. It is seen as soon as the server has put it away.',
  );

/** Body of `POST /events`. */
export const NewShow = z
  .strictObject({
    ...{ ...details, description: details.description.default('') },
    image: Image.optional(),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ['endsAt'],
    message: 'must be later than startsAt',
  });
export type NewShow = z.output<typeof NewShow>;

/** Body of `PATCH /events/:id`: the fields that change. */
export const ShowChange = z
  .strictObject({ ...details, image: Image.nullable().describe('Another image, or null: none.') })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one field')
  .describe('Has at least one field.');
export type ShowChange = z.output<typeof ShowChange>;

export const Show = z
  .object({
    eventId: z.uuid(),
    organizerId: z.uuid(),
    title: z.string(),
    description: z.string(),
    venue: z.string(),
    city: z.string(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    status: z.enum(['SCHEDULED', 'CANCELLED']),
    imageUrl: z
      .string()
      .optional()
      .describe(
        'Where its image is: at a CDN, or a path of this API. Absent as long as it has none.',
      ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Event' });
export type Show = z.infer<typeof Show>;

/** Query of `GET /events`, which lists the shows that take place, the next one first. */
export const ShowQuery = PageQuery.extend({
  from: SentTime.optional().describe('The earliest `startsAt`. In UTC.'),
  to: SentTime.optional().describe('Before this `startsAt`. In UTC.'),
  city: PlainText.min(1).max(100).optional().describe('The name of a city, in any case.'),
  text: PlainText.min(1)
    .max(100)
    .optional()
    .describe('Words that title, venue, city or description have, all of them.'),
  cursor: z
    .string()
    .regex(
      /^\d{1,15}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      'must be a nextCursor of an earlier page',
    )
    .optional()
    .describe(CURSOR_MEANING),
});
export type ShowQuery = z.output<typeof ShowQuery>;

export const ShowPage = z.object({ events: z.array(Show), nextCursor: z.string().optional() });
export type ShowPage = z.infer<typeof ShowPage>;
