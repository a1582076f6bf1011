import { ProblemError } from '../response/problem.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id from a path. One that is no UUID names nothing, so it is answered like any id that is not found. */
export function pathId(text: string): string {
  if (!UUID.test(text)) throw new ProblemError('NOT_FOUND', 'Ids here are UUIDs; this is none.');
  return text.toLowerCase();
}
