import { expect, it } from 'vitest';
import type { Answer } from '../../target/target.ts';
import { countOutcome, noOutcomes } from './outcomes.ts';

it.each<[answer: Answer | undefined, written: boolean, counted: object]>([
  ['ok', true, { sent: 1, ok: 1 }],
  ['accepted', true, { sent: 1, ok: 1 }],
  ['sold_out', true, { sent: 1, soldOut: 1 }],
  ['refused', true, { sent: 1, refused: 1 }],
  ['limited', true, { sent: 1, limited: 1 }],
  ['unclassified', true, { sent: 1, unclassified: 1 }],
  ['error', true, { sent: 1, error: 1 }],
  [undefined, true, { sent: 1, unknown: 1 }],
  [undefined, false, { notSent: 1 }],
])('a request with the answer %s, written: %s, counts as %o', (answer, written, counted) => {
  const counts = noOutcomes();
  countOutcome(counts, { answer, written });
  expect(counts).toEqual({ ...noOutcomes(), ...counted });
});
