import { UserError } from '../../kernel/errors.ts';
import type { SeriesTable } from './series.ts';

/** @throws UserError (usage) when samples were left out of a table because their tags differ too much */
export function tooManySeries(output: string, table: SeriesTable): void {
  const leftOut = table.leftOut();
  if (leftOut === 0) return;
  throw UserError.usage(`${output} does not have everything`, {
    why: `the tags made too many series, so ${leftOut} samples were left out`,
    next: 'give requests whose URLs differ one tag `name`, and tags few values',
  });
}
