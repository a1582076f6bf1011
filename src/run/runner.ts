import { findK6 } from '../k6/binary/find-k6.ts';
import type { RunOptions } from './context.ts';
import type { LoadReport } from './run-report.ts';

/**
 * Finds the k6 that fires the load; undefined if our own engine does.
 *
 * @throws UserError (environment) when the options ask for k6 and there is none that can be used
 */
export async function findRunner({ k6 }: Pick<RunOptions, 'k6'>): Promise<LoadReport['runner']> {
  return k6 && describeK6(await findK6(k6.env));
}

const describeK6 = (version: string): LoadReport['runner'] => ({
  name: `k6 ${version}`,
  notKnown: [
    'how late iterations began against their schedule: latencies count from the send alone',
    'whether the load generator was at its limits: of those only dropped iterations are seen',
    'how far calls had come that k6 cut off at its end: each counts as one that may have happened',
  ],
});
