import { InvalidArgumentError } from 'commander';

/** Reads `2/3`, the second of three parts, as k6's execution segment: `1/3:2/3`. */
export function readPart(text: string): string {
  const [, number, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (number === undefined || Number(number) > Number(of)) {
    throw new InvalidArgumentError('It is a part of so many, from 1/3 to 3/3.');
  }
  return `${Number(number) - 1}/${of}:${number}/${of}`;
}
