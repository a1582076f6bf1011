import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a number of things. */
export function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}
