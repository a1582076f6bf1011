import { usOf } from '../../../history/row-in-columns.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count } from '../../../kernel/wording.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import { MovementKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { findLedgerClock } from '../../reading/ledger-clock.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import type { MovementRow } from '../../reading/rows.ts';
import { type CountedInstance, type Disagreement, instancesOf, sameOrigin } from './instance.ts';

/** Compares the movements that all instances counted with the movements in the ledger. */
export function againstLedger(
  instances: CountedInstance[],
  evidence: Evidence,
): Disagreement | undefined {
  const { index: ledger } = indexLedger(evidence);
  if (ledger === undefined || !ledger.keeps('movement')) return undefined;
  const movements = groupBy([...ledger.movementsBySku.values()].flat(), ({ kind }) => kind);
  const isLowerBound = isAnyLowerBound(instances, evidence);
  const isLate = lateMovements(instances, evidence);
  // A process whose connection breaks while it commits does not know what it has committed, and answers with an error.
  const open = evidence.operations.filter(({ outcome }) => outcome === 'info').length;

  for (const kind of MovementKind.options) {
    const ofKind = movements.get(kind) ?? [];
    const counted = sumOver(instances, serverMetrics.stockMovements.name, { kind });
    const least = isLowerBound ? 0 : ofKind.length - ofKind.filter(isLate).length - open;
    // The sweeper also works for sales before this one, whose holds lapse only now; their rows are not here.
    const most = kind === 'EXPIRED' ? Number.POSITIVE_INFINITY : ofKind.length;
    if (least <= counted && counted <= most) continue;
    return describeDisagreement(kind, counted, ofKind.length, instances.length);
  }
  return undefined;
}

/** Adds up the increase of a counter over all instances. */
export const sumOver = (
  instances: CountedInstance[],
  metric: string,
  labels: Record<string, string>,
): number =>
  instances.reduce((sum, { counters }) => sum + (counters.increase(metric, labels).at(-1) ?? 0), 0);

/**
 * True when the instances together may have counted more than their scrapes show. Sweepers and workers may be processes that
 * nobody calls, so all are known only where the run has started them itself.
 */
export function isAnyLowerBound(
  instances: CountedInstance[],
  { operations, sale }: Evidence,
): boolean {
  if (sale.evidence.scrapedAll !== true) return true;
  const scraped = instances.map(({ counters }) => counters.instance);
  const called = instancesOf(operations);
  // An instance that was called and never scraped has counted, too.
  const isUnscraped = [...called].some(
    (instance) => instance !== undefined && !scraped.some((other) => sameOrigin(instance, other)),
  );
  return isUnscraped || instances.some(({ isLowerBound }) => isLowerBound);
}

/**
 * Tells the movements that may have been made after the last scrape of some instance: sweeper and workers do not stop for
 * the last scrape or the reading of the ledger.
 */
export function lateMovements(
  instances: CountedInstance[],
  evidence: Evidence,
): (movement: MovementRow) => boolean {
  const { sale } = evidence;
  const lastScrapeNs = Math.min(
    ...instances.map(({ counters }) => counters.scrapes.at(-1)?.startedAtNs ?? 0),
  );
  const { clock } = findLedgerClock(evidence);
  const lastScrapeMs = sale.startedAtMs + (lastScrapeNs - sale.startedAtNs) / 1e6;
  if (clock === undefined || !Number.isFinite(clock.leastUs)) {
    return ({ kind, at }) => kind === 'EXPIRED' && Date.parse(at) >= lastScrapeMs - CLOCK_MARGIN_MS;
  }
  const fromUs = lastScrapeMs * 1_000 + clock.leastUs - clock.driftUs;
  return (row) => usOf(row, 'at') >= fromUs;
}

function describeDisagreement(
  kind: MovementKind,
  counted: number,
  inLedger: number,
  instances: number,
): Disagreement {
  return {
    summary: `the instances counted ${counted} ${kind} movements, the ledger has ${inLedger}`,
    witness: {
      prose:
        `${serverMetrics.stockMovements.name}{kind="${kind}"} rose by ${counted} over ${count(instances, 'instance')}; the final ledger has ${inLedger} such movements. ` +
        `The ledger is the books, so the counters are wrong${counted > inLedger ? ': they count what was never committed, or twice' : ''}.`,
      operations: [],
    },
  };
}

/** The server's wall clock and ours differ by less on one machine, where nobody promised to have one clock. */
const CLOCK_MARGIN_MS = 1_000;
