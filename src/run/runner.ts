import type { LoadRun, LoadSpec } from '../load/engine/load-run.ts';
import { startLoad } from '../load/engine/start-load.ts';
import type { RunOptions } from './context.ts';
import type { LoadReport } from './run-report.ts';

/** The program that fires the load: our own engine, or the k6 on PATH. */
export interface Runner {
  /** Describes a foreign program; absent for our own engine. */
  description?: LoadReport['runner'];
  /** Starts at once, so that a run has no moment in which its load is under way and cannot be stopped. */
  start(spec: LoadSpec): LoadRun;
}

/** @throws UserError (environment) when the options ask for k6 and there is none that can be used */
export async function findRunner({
  k6,
  overrides,
}: Pick<RunOptions, 'k6' | 'overrides'>): Promise<Runner> {
  if (k6 === undefined) return { start: startLoad };
  const { findK6 } = await import('../k6/binary/find-k6.ts');
  const { startK6 } = await import('../k6/binary/run-k6.ts');
  return {
    description: describeK6(await findK6(k6.env)),
    start: (spec) => startK6(spec, k6.env, overrides),
  };
}

const describeK6 = (version: string): LoadReport['runner'] => ({
  name: `k6 ${version}`,
  notKnown: [
    'how late iterations began against their schedule: latencies count from the send alone',
    'whether the load generator was at its limits: of those only dropped iterations are seen',
    'how far calls had come that k6 cut off at its end: each counts as one that may have happened',
  ],
});
