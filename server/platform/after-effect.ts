/** A step of a request failed after an earlier one took effect. */
export class Unfinished extends Error {
  constructor(cause: unknown) {
    super('a later step of the request failed', { cause });
    this.name = 'Unfinished';
  }
}

/**
 * Does what comes after something took effect. If it fails, nobody may be told that nothing happened, not even when the
 * reason is that the database cannot be reached.
 *
 * @throws Unfinished
 */
export async function afterEffect<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new Unfinished(cause);
  }
}
