import * as z from 'zod';
import type { RunDocument } from '../report/run-document.ts';
import { Failure } from './comparison.ts';

/** Version of the JSON document of `run --repeat --json`, published as docs/repeated-runs.schema.json. */
const SCHEMA_VERSION = 1;
const Count = z.int().min(0);

export const RepeatedRuns = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  scenario: z.string(),
  runs: z.array(
    z.object({
      seed: z.int(),
      exitCode: z.int(),
      /** Null for a load that sells nothing. */
      status: z.enum(['valid', 'invalid', 'unknown', 'inconclusive']).nullable(),
      sentence: z.string().nullable(),
      broken: z.array(z.string()),
      historyFile: z.string().nullable(),
    }),
  ),
  /** How often each check had each result. */
  checks: z.array(z.object({ name: z.string(), valid: Count, invalid: Count, undecided: Count })),
  /**
   * A violation that comes with this chance or a smaller one in each run may have been missed by all runs that could decide
   * about it: the upper end of the one-sided interval of 95 %. Null if a run showed one, or none could.
   */
  missedUpTo: z.number().nullable(),
  /** The run that came to no result, after which no more were made. Null if there was none. */
  failed: Failure.extend({ seed: z.int() }).nullable(),
});
export type RepeatedRuns = z.infer<typeof RepeatedRuns>;

const CONFIDENCE = 0.95;

/** A run with the exit code of its process. */
export interface EndedRun {
  exitCode: number;
  document: RunDocument;
}

/** Counts how often each check failed over repeated runs of one scenario. */
export function describeRepeats(
  scenario: string,
  runs: EndedRun[],
  failed: RepeatedRuns['failed'] = null,
): RepeatedRuns {
  const checks = new Map<string, RepeatedRuns['checks'][number]>();
  for (const { document } of runs) {
    for (const { name, status } of document.verdict?.checks ?? []) {
      if (status === 'skipped') continue;
      const counts = checks.get(name) ?? { name, valid: 0, invalid: 0, undecided: 0 };
      counts[status === 'valid' || status === 'invalid' ? status : 'undecided'] += 1;
      checks.set(name, counts);
    }
  }
  const isBroken = runs.some(({ document }) => document.verdict?.status === 'invalid');
  const valid = runs.filter(({ document }) => document.verdict?.status === 'valid').length;
  return {
    schemaVersion: SCHEMA_VERSION,
    scenario,
    runs: runs.map(({ exitCode, document: { verdict, environment } }) => ({
      ...{ seed: environment.seed, exitCode, historyFile: environment.historyFile },
      status: verdict?.status ?? null,
      sentence: verdict?.sentence ?? null,
      broken: (verdict?.checks ?? [])
        .filter(({ status }) => status === 'invalid')
        .map(({ name }) => name),
    })),
    checks: [...checks.values()],
    missedUpTo: isBroken || valid === 0 ? null : rateMissedBy(valid),
    failed,
  };
}

/** The chance of a violation in one run with which `runs` runs would all have been without one in 5 % of cases. */
export const rateMissedBy = (runs: number): number => 1 - (1 - CONFIDENCE) ** (1 / runs);
