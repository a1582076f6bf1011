/** Decides whether a status counts as success. */
export type StatusTest = (status: number) => boolean;

type StatusRange = number | { min: number; max: number };

const made = new WeakSet<StatusTest>();

/** `http.expectedStatuses`: a test for statuses that count as success. */
export function expectedStatuses(...ranges: StatusRange[]): StatusTest {
  if (ranges.length === 0) throw new TypeError('expectedStatuses takes at least one status');
  for (const range of ranges) {
    const bounds = typeof range === 'number' ? [range] : [range?.min, range?.max];
    if (!bounds.every(Number.isInteger)) {
      throw new TypeError('expectedStatuses takes status codes and { min, max } objects');
    }
  }
  const test: StatusTest = (status) =>
    ranges.some((range) =>
      typeof range === 'number' ? status === range : status >= range.min && status <= range.max,
    );
  made.add(test);
  return test;
}

/**
 * The test that a script gives as response callback; null for none.
 *
 * @throws TypeError for a function of the script: as in k6, there are only those of `expectedStatuses`
 */
export function statusTestOf(given: unknown): StatusTest | null {
  if (given === null || made.has(given as StatusTest)) return given as StatusTest | null;
  throw new TypeError('a response callback is made by http.expectedStatuses(…), or is null');
}
