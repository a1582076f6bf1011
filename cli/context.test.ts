import { expect, it } from 'vitest';
import { columnsOf } from './context.ts';

it('text has the width of its terminal; a pipe, and a terminal that says 0, have one that reads well', () => {
  const widthOf = (columns: number | undefined) => columnsOf({ columns } as NodeJS.WriteStream);
  expect([80, undefined, 0].map(widthOf)).toEqual([80, 100, 100]);
});
