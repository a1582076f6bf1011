const LAST = 1_000;
const LAST_DIGITS = Array.from({ length: LAST }, (_, number) => String(number).padStart(3, '0'));

/**
 * Creates a function that writes numbers as `String` does, for whole numbers most of which begin as the one before did: only
 * the last three digits are new then, and they are looked up. Formatting a number that V8 has not formatted before takes
 * several times as long.
 */
export function createDigits(
  write: (number: number) => string = String,
): (number: number) => string {
  let beginning = 0;
  let text = '';
  return (number) => {
    const begins = Math.floor(number / LAST);
    if (begins < 1 || !Number.isSafeInteger(number)) return String(number);
    if (begins !== beginning) {
      text = write(begins);
      beginning = begins;
    }
    return text + LAST_DIGITS[number - begins * LAST];
  };
}
