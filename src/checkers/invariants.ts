import type { InvariantResult } from '../history/invariant.ts';
import { bulletList } from '../kernel/wording.ts';
import type { CheckResult } from './checker.ts';
import type { Evidence } from './evidence.ts';
import { unaskedInvariants } from './gaps.ts';

const SHOWN_ROWS_MAX = 10;

/** The results of the user's own assertions, in the shape of checks. One that was promised and never asked is missing. */
export const invariantResults = (evidence: Evidence): CheckResult[] => [
  ...(evidence.invariants ?? []).map(resultOf),
  ...unaskedInvariants(evidence).map((name) => ({
    name,
    status: 'missing' as const,
    summary: 'this assertion was to be asked when the target was at rest, and was not',
  })),
];

function resultOf({ name, status, summary, rows = [] }: InvariantResult): CheckResult {
  if (rows.length === 0) return { name, status, summary };
  const more = rows.length > SHOWN_ROWS_MAX ? `, of which the first ${SHOWN_ROWS_MAX}` : '';
  const prose = bulletList(
    `${rows.length === 1 ? 'A row' : `${rows.length} rows`} of ${name}${more}:`,
    rows.slice(0, SHOWN_ROWS_MAX).map((row) => JSON.stringify(row)),
  );
  return { name, status, summary, witness: { prose, operations: [] } };
}
