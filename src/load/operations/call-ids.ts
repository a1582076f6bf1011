/**
 * Makes call ids in the shape of a UUID, because servers may store them as one: the run's random digits, then a
 * counter. An id costs a few string operations instead of fresh randomness for every request.
 *
 * @param prefix random hex digits that distinguish this run's ids from others, at least 18
 */
export function createCallIds(prefix: string): () => string {
  const fixed = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-8${prefix.slice(12, 15)}-a${prefix.slice(15, 18)}-`;
  let made = 0;
  let beginning = '';
  return () => {
    made += 1;
    const last = made % LAST_DIGITS.length;
    if (last === 0 || made === 1) {
      const first = Math.floor(made / LAST_DIGITS.length);
      beginning = fixed + first.toString(16).padStart(9, '0');
    }
    return beginning + LAST_DIGITS[last];
  };
}

/** Looked up, because writing a number in hexadecimal digits takes several times as long. */
const LAST_DIGITS = Array.from({ length: 0x1000 }, (_, number) =>
  number.toString(16).padStart(3, '0'),
);
