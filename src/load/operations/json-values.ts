/** A string or number as text; undefined for anything else. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const WHOLE_NUMBER = /^\s*-?\d+\s*$/;

/** A number, also one that is written as text; undefined for anything else. */
export function count(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && WHOLE_NUMBER.test(value) ? Number(value) : undefined;
}

/** A number of a movement or of units, which is whole; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  const number = count(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
