import { SeededUsers } from '../../protocol/admin.ts';
import { ORGANIZER_ROLE, Show } from '../../protocol/shows.ts';
import { createAdminClient } from './admin-client.ts';

/** Enough for the servers to notice that their store is gone, and to leave it alone for a while. */
const PICTURES = 5;
const ORGANIZER_PREFIX = 'flashsale-pictures-';
/** A PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/**
 * Puts up events with a picture each, as an organizer of their own, with no tickets. Answers with the number of those whose
 * picture waits, because the store of the images does not take it now.
 *
 * @throws UserError (environment) when the servers do not answer
 */
export async function showPictures(
  servers: Parameters<typeof createAdminClient>[0],
): Promise<number> {
  const made = await createAdminClient(servers)('PUT', '/api/v1/admin/users', {
    ...{ prefix: ORGANIZER_PREFIX, count: 1, role: ORGANIZER_ROLE },
  });
  const token = SeededUsers.parse(await made.json()).users[0]?.token as string;
  const call = createAdminClient({ ...servers, token });
  const shows = await Promise.all(
    Array.from({ length: PICTURES }, async (_, number) => {
      const answer = await call('POST', '/events', {
        ...{ title: `Picture ${number + 1}`, venue: 'Town hall', city: 'Brno', image: PIXEL },
        ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
      });
      return Show.parse(await answer.json());
    }),
  );
  return shows.filter(({ imageUrl }) => imageUrl === undefined).length;
}
