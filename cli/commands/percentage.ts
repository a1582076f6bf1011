import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a percentage: `5`, `0.5` or `5 %`, from 0 to below 100. */
export function percentage(text: string): number {
  const [, figure] = /^(\d*\.?\d+)\s*%?$/.exec(text) ?? [];
  if (figure === undefined || Number(figure) >= 100) {
    throw new InvalidArgumentError('Write a percentage, as 5.');
  }
  return Number(figure);
}
