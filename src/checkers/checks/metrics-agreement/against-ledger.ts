import type { SaleFacts } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count } from '../../../kernel/wording.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import { MovementKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import { type CountedInstance, type Disagreement, sameOrigin } from './instance.ts';

/** Compares the movements that all instances counted with the movements in the ledger. */
export function againstLedger(
  instances: CountedInstance[],
  evidence: Evidence,
): Disagreement | undefined {
  const { index: ledger } = indexLedger(evidence);
  if (ledger === undefined || ledger.movementsBySku.size === 0) return undefined;
  const movements = groupBy([...ledger.movementsBySku.values()].flat(), ({ kind }) => kind);
  // An instance that was called and never scraped has counted, too.
  const isUnscraped = evidence.operations.some(
    ({ instance }) =>
      instance !== undefined &&
      !instances.some(({ counters }) => sameOrigin(instance, counters.instance)),
  );
  const isLowerBound = isUnscraped || instances.some((instance) => instance.isLowerBound);
  const lastScrapeMs = Math.min(
    ...instances.map(({ counters }) =>
      wallMs(counters.scrapes.at(-1)?.startedAtNs ?? 0, evidence.sale),
    ),
  );
  // The sweeper does not stop for the last scrape or the reading of the ledger: some lapses fall between the two.
  const sweptAfterScrape = (movements.get('EXPIRED') ?? []).filter(
    ({ at }) => Date.parse(at) >= lastScrapeMs - CLOCK_MARGIN_MS,
  ).length;

  for (const kind of MovementKind.options) {
    const inLedger = movements.get(kind)?.length ?? 0;
    const counted = instances.reduce(
      (sum, { counters }) =>
        sum + (counters.increase(serverMetrics.stockMovements.name, { kind }).at(-1) ?? 0),
      0,
    );
    const least = isLowerBound ? 0 : inLedger - (kind === 'EXPIRED' ? sweptAfterScrape : 0);
    // The sweeper also works for sales before this one, whose holds lapse only now; their rows are not here.
    const most = kind === 'EXPIRED' ? Number.POSITIVE_INFINITY : inLedger;
    if (least <= counted && counted <= most) continue;
    return describeDisagreement(kind, counted, inLedger, instances.length);
  }
  return undefined;
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

/** Movements carry the server's wall clock and scrapes ours; on one machine the two differ by less. */
const CLOCK_MARGIN_MS = 1_000;

const wallMs = (atNs: number, sale: SaleFacts): number =>
  sale.startedAtMs + (atNs - sale.startedAtNs) / 1e6;
