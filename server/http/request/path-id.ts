import { ProblemError } from '../response/problem.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads an id from a path, in lower case.
 *
 * @throws ProblemError NOT_FOUND for an id that is no UUID, because nothing has such an id
 */
export function pathId(text: string): string {
  if (!UUID.test(text)) throw new ProblemError('NOT_FOUND', 'Ids here are UUIDs; this is none.');
  return text.toLowerCase();
}
