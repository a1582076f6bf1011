import { expect, test } from 'vitest';
import { placeOfNumber } from './place-of-number.ts';

const rowsOf = (...sequences: number[]) => sequences.map((sequence) => ({ sequence }));

test.each([
  ['its number less one in a ledger without gaps', rowsOf(1, 2, 3), 3, 2],
  ['found behind a gap', rowsOf(1, 2, 5, 9), 9, 3],
  ['found where the numbers begin late', rowsOf(40, 41, 42), 41, 1],
  ['found where the numbers begin before 0', rowsOf(-1, 0, 1, 2), 2, 3],
  ['the first of several', rowsOf(1, 2, 2, 2, 3), 2, 1],
  ['the first of several at the place of the number less one', rowsOf(2, 2, 3), 2, 0],
  ['absent within a gap', rowsOf(1, 2, 5), 3, undefined],
  ['absent behind the end', rowsOf(1, 2), 3, undefined],
  ['absent without rows', [], 1, undefined],
])('the place of a number is %s', (_name, rows, sequence, place) => {
  expect(placeOfNumber(rows, sequence)).toBe(place);
});
