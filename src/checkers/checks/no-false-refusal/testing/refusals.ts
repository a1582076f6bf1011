import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  said,
  saleOf,
} from '../../../../../test/judge/story.ts';
import type { Evidence } from '../../../evidence.ts';
import { noFalseRefusal } from '../../no-false-refusal.ts';

export const { check } = noFalseRefusal;

/** Holds live for a second, and their units are back a tenth of a second later. */
export const sale = saleOf({ total: 5 });

export const statusOf = (...calls: Call[]): string => check(evidenceOf(sale, calls)).status;

export const inBooks = (entries: Entry[], ...calls: Call[]): string =>
  check(evidenceOf(sale, calls, { ledger: booksOf(sale, entries) })).status;

/** The calls in the witness against a refusal, in their order: `reserve ann`. */
export const shownIn = (evidence: Evidence): string[] | undefined =>
  check(evidence).witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`);

export const held = said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a' });
export const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
export const givenBack = said('release', 'ann', [20, 30], { hold: 'a' });
