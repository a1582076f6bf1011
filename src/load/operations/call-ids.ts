/**
 * Makes call ids in the shape of a UUID, because servers may store them as one: the run's random digits, then a
 * counter. An id costs a few string operations instead of fresh randomness for every request.
 *
 * @param prefix random hex digits that distinguish this run's ids from others, at least 18
 */
export function createCallIds(prefix: string): () => string {
  const fixed = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-8${prefix.slice(12, 15)}-a${prefix.slice(15, 18)}-`;
  let made = 0;
  return () => {
    made += 1;
    return fixed + made.toString(16).padStart(12, '0');
  };
}
