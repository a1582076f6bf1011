import type { Answer } from '../../target/target.ts';
import type { OutcomeCounts } from '../result.ts';

export function noOutcomes(): OutcomeCounts {
  return { sent: 0, ok: 0, soldOut: 0, refused: 0, error: 0, unknown: 0, notSent: 0 };
}

/** Counts one ended request; `answer` is absent when none came. Keeps `sent` the sum of what sending led to. */
export function countOutcome(
  counts: OutcomeCounts,
  { answer, written }: { answer: Answer | undefined; written: boolean },
): void {
  if (answer === undefined && !written) {
    counts.notSent += 1;
    return;
  }
  counts.sent += 1;
  if (answer === undefined) counts.unknown += 1;
  else if (answer === 'ok' || answer === 'accepted') counts.ok += 1;
  else if (answer === 'sold_out') counts.soldOut += 1;
  else if (answer === 'refused') counts.refused += 1;
  else counts.error += 1;
}
