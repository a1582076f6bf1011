import { setTimeout as delay } from 'node:timers/promises';
import type { SaleFacts } from '../../history/operation.ts';
import type { HistoryFile } from '../../history/recorder.ts';
import { UserError } from '../../kernel/errors.ts';
import type { RunDeps } from '../context.ts';
import { countersOf, readCounters } from '../counters/read-counters.ts';
import { prometheusSource } from '../thresholds/promql.ts';

/** A clock of Prometheus that is this far behind must not take a scrape from before the end for one from after it. */
const CLOCKS_MAX_MS = 1_000;

/**
 * Records how much the target's counters rose during a sale, as a Prometheus has it. One that cannot be read gives no
 * evidence, and the log says why. Without counters that anybody knows, Prometheus is not asked.
 */
export async function recordCounters(
  url: string,
  { sale, endedNs }: { sale: SaleFacts; endedNs: number },
  history: Pick<HistoryFile, 'counted'>,
  { clock, signal, onEvent }: Pick<RunDeps, 'clock' | 'signal' | 'onEvent'>,
): Promise<void> {
  const counters = countersOf(sale);
  if (Object.keys(counters).length === 0) return;
  try {
    await delay(CLOCKS_MAX_MS, undefined, { signal });
    const doubt = await prometheusSource(url, { clock, signal }).catchUp?.();
    const facts = await readCounters(url, counters, { sale, endedNs }, { clock, signal });
    if (doubt !== undefined) onEvent({ type: 'log', line: `counters: ${doubt}` });
    for (const fact of facts) history.counted(fact);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onEvent({ type: 'log', line: `${error.message}: ${error.why}` });
  }
}
