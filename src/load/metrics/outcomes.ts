import type { Answer } from '../../target/target.ts';

/** Counts requests by outcome. `sent` is the sum of `ok`, `soldOut`, `refused`, `limited`, `error`, `unclassified` and `unknown`. */
export interface OutcomeCounts {
  sent: number;
  ok: number;
  soldOut: number;
  refused: number;
  /** Turned away because there were too many calls. */
  limited: number;
  /** An answer that leaves the result open (5xx). */
  error: number;
  /** An answer that no rule of the target file names, so that nobody knows what it means. */
  unclassified: number;
  /** No answer, although the request may have arrived: timeout, reset, killed server. */
  unknown: number;
  /** Provably never sent (connection refused). */
  notSent: number;
}

export function noOutcomes(): OutcomeCounts {
  return {
    ...{ sent: 0, ok: 0, soldOut: 0, refused: 0, limited: 0 },
    ...{ error: 0, unclassified: 0, unknown: 0, notSent: 0 },
  };
}

/** Counts one ended request; `answer` is undefined if there was none. */
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
  else if (answer === 'limited') counts.limited += 1;
  else if (answer === 'unclassified') counts.unclassified += 1;
  else counts.error += 1;
}
