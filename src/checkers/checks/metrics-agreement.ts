import type { Operation, SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { count } from '../../kernel/wording.ts';
import { serverMetrics } from '../../metrics/catalogue.ts';
import { countByInstance, type InstanceCounters } from '../../metrics/counters.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import { MovementKind } from '../../protocol/ledger.ts';
import type { Checker, Witness } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { tellCall, timeOfDay, witnessOperations } from '../prose.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { createSoldOutTest } from '../reading/sold-out.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * Prometheus counters that differ from what happened, so that a dashboard would show a sale that was not.
 *
 * Each scrape of each instance must lie between the calls that instance had answered before the scrape began and the
 * calls it may have decided before the scrape ended. After the run, the stock movements all instances counted must be
 * the movements in the ledger. The layer that stands alone against the others is named.
 *
 * An instance that was restarted, or not scraped after its last answer, may have counted what nobody read: its counters
 * are then a lower bound, and only too high a number is an anomaly.
 */
export const metricsAgreement: Checker = {
  name: 'metrics-agreement',
  check(evidence) {
    const { sale, scrapes = [] } = evidence;
    const ours = scrapes.filter(({ samples }) =>
      samples.some(({ name }) => name.startsWith('flashsale_')),
    );
    if (ours.length === 0) {
      return {
        status: 'skipped',
        summary:
          scrapes.length === 0
            ? 'no /metrics was scraped'
            : 'the scraped /metrics has no flashsale_ counters',
      };
    }
    const counted = countByInstance(ours, sale.startedAtMs);
    const mixed = counted.find(({ isMixed }) => isMixed);
    if (mixed !== undefined) {
      return {
        status: 'skipped',
        summary: `several processes answer behind ${mixed.instance}; scrape each by its own URL`,
      };
    }

    const sides = counted.map((counters) =>
      takeSide(counters, evidence.operations, counted.length),
    );
    const witness =
      sides.map((side) => outsideBounds(side, evidence)).find(Boolean) ??
      againstLedger(sides, evidence);
    if (witness !== undefined) return { status: 'invalid', ...witness };

    const partial = sides
      .filter((side) => side.isLowerBound)
      .map(({ counters }) => counters.instance);
    const limits =
      partial.length === 0
        ? ''
        : `; ${partial.join(', ')} was restarted or not scraped before the first and after the last call, so its counters are lower bounds`;
    const layers =
      evidence.ledger === undefined ? 'answers and counters' : 'answers, ledger and counters';
    return {
      status: 'valid',
      summary: `${layers} agree in ${count(ours.length, 'scrape')} of ${count(counted.length, 'instance')}${limits}`,
    };
  },
};

interface Side {
  counters: InstanceCounters;
  /** Calls made to this instance; undefined when that is not known. */
  calls: Operation[] | undefined;
  /** It may have counted, before some scrape, what no scrape ever showed. */
  hasGap: boolean;
  /** The same, or it was not scraped after everything was over. */
  isLowerBound: boolean;
}

type Disagreement = { summary: string; witness: Witness };

/** What the buyers and a counter both count. */
interface Tally {
  what: string;
  metric: string;
  outcome: string;
  movement?: MovementKind;
  /** Calls that were surely decided so, once answered. */
  isCounted(operation: Operation): boolean;
  /** Calls without an answer that may have been. */
  mayBeCounted(operation: Operation): boolean;
}

function talliesOf(sale: SaleFacts): Tally[] {
  const isSoldOut = createSoldOutTest(sale);
  const isOpen =
    (kind: Operation['kind']) =>
    (operation: Operation): boolean =>
      operation.kind === kind && operation.outcome === 'info';
  return [
    {
      what: 'reservations made',
      metric: serverMetrics.reservations.name,
      outcome: 'held',
      movement: 'RESERVED',
      isCounted: ({ kind, outcome }) => kind === 'reserve' && outcome === 'ok',
      mayBeCounted: isOpen('reserve'),
    },
    {
      what: 'refusals for want of stock',
      metric: serverMetrics.reservations.name,
      outcome: 'out_of_stock',
      isCounted: (call) => call.kind === 'reserve' && isSoldOut(call),
      mayBeCounted: isOpen('reserve'),
    },
    {
      what: 'purchases',
      metric: serverMetrics.orders.name,
      outcome: 'sold',
      movement: 'SOLD',
      isCounted: ({ kind, outcome }) => kind === 'confirm' && outcome === 'ok',
      mayBeCounted: isOpen('confirm'),
    },
    {
      what: 'registrations',
      metric: serverMetrics.registrations.name,
      outcome: 'registered',
      isCounted: ({ kind, outcome }) => kind === 'register' && outcome === 'ok',
      mayBeCounted: isOpen('register'),
    },
  ];
}

/**
 * An instance's counters with the calls made to it, if the calls say so: behind a load balancer nobody knows which
 * process answered, and only sums over all instances can be compared.
 */
function takeSide(counters: InstanceCounters, operations: Operation[], instances: number): Side {
  const { instance, scrapes, restarts } = counters;
  const named = operations.filter((operation) => sameOrigin(operation.instance, instance));
  const isOnlyOne = instances === 1 && new Set(operations.map((call) => call.instance)).size <= 1;
  const calls = named.length > 0 ? named : isOnlyOne ? operations : undefined;

  const firstCallNs = operations[0]?.invokedAtNs ?? 0;
  const isScrapedBefore = counters.isNewProcess || (scrapes[0]?.startedAtNs ?? 0) <= firstCallNs;
  const isScrapedAfter = (scrapes.at(-1)?.startedAtNs ?? 0) > lastEventNs(operations);
  const hasGap = restarts > 0 || !isScrapedBefore;
  return { counters, calls, hasGap, isLowerBound: hasGap || !isScrapedAfter };
}

/** The last moment at which a buyer did something or was told something. */
function lastEventNs(operations: Operation[]): number {
  let last = 0;
  for (const { outcome, invokedAtNs, completedAtNs } of operations) {
    last = Math.max(last, outcome === 'info' ? invokedAtNs : completedAtNs);
  }
  return last;
}

/** The first scrape of an instance whose counters the calls to that instance cannot explain. */
function outsideBounds(side: Side, evidence: Evidence): Disagreement | undefined {
  const { calls, hasGap } = side;
  const { scrapes, increase } = side.counters;
  if (calls === undefined) return undefined;
  const { sale } = evidence;
  const { isRepeated } = findWishes(evidence);
  for (const tally of talliesOf(sale)) {
    // What was answered from memory was counted once, when and where it was decided.
    const counted = calls.filter((call) => tally.isCounted(call) && !isRepeated(call));
    const answeredNs = sorted(counted.map(({ completedAtNs }) => completedAtNs));
    const possible = calls.filter((call) => tally.isCounted(call) || tally.mayBeCounted(call));
    const invokedNs = sorted(possible.map(({ invokedAtNs }) => invokedAtNs));
    const values = increase(tally.metric, { outcome: tally.outcome });
    for (const [place, scrape] of scrapes.entries()) {
      const value = values[place] as number;
      // An answer in the very nanosecond of the scrape may have come after it.
      const least = hasGap ? 0 : countUpTo(answeredNs, scrape.startedAtNs - 1);
      const most = countUpTo(invokedNs, scrape.endedAtNs);
      if (least <= value && value <= most) continue;
      return disagreement(tally, { value, least, most, scrape, counted }, evidence);
    }
  }
  return undefined;
}

function disagreement(
  tally: Tally,
  found: {
    value: number;
    least: number;
    most: number;
    scrape: MetricsScrape;
    counted: Operation[];
  },
  evidence: Evidence,
): Disagreement {
  const { value, least, most, scrape, counted } = found;
  const { sale } = evidence;
  const bounds = least === most ? `${least}` : `${least} to ${most}`;
  const at = timeOfDay(scrape.endedAtNs, sale);
  const summary = `${scrape.instance} counted ${value} ${tally.what} at ${at}, the buyers' calls make it ${bounds}`;
  const lastAnswered = counted
    .filter(({ completedAtNs }) => completedAtNs <= scrape.startedAtNs)
    .sort((a, b) => a.completedAtNs - b.completedAtNs)
    .slice(-3);
  const examples = value < least ? lastAnswered : [];
  const prose = [
    `At ${at}, ${tally.metric}{outcome="${tally.outcome}"} of ${scrape.instance} had risen by ${value}.`,
    value < least
      ? `Before the scrape began, ${least} ${tally.what} had been answered there.`
      : `When the scrape ended, no more than ${most} ${tally.what} can have been decided there.`,
    whoStandsAlone(tally, evidence),
    ...(examples.length > 0 ? ['The last answered before it:'] : []),
    ...examples.map((call) => `${tellCall(call, sale)}.`),
  ].join(' ');
  return { summary, witness: { prose, operations: witnessOperations(examples) } };
}

/** With the ledger as a third witness, two usually agree. */
function whoStandsAlone(tally: Tally, { operations, ledger }: Evidence): string {
  if (ledger === undefined || tally.movement === undefined) {
    return 'Which of the two is wrong, a final ledger would tell.';
  }
  const moved = ledger.movements.filter(({ kind }) => kind === tally.movement).length;
  const surely = operations.filter(tally.isCounted).length;
  const atMost = surely + operations.filter(tally.mayBeCounted).length;
  return surely <= moved && moved <= atMost
    ? `The ledger has ${moved} in all, as the buyers were told: the counter is wrong.`
    : `The ledger has ${moved} in all, the buyers were told of ${surely}: they were told something else than happened.`;
}

/** The movements all instances counted, against the movements there are. */
function againstLedger(sides: Side[], evidence: Evidence): Disagreement | undefined {
  const { index: ledger } = indexLedger(evidence);
  if (ledger === undefined || ledger.movementsBySku.size === 0) return undefined;
  const movements = groupBy([...ledger.movementsBySku.values()].flat(), ({ kind }) => kind);
  // Somebody who was called and never scraped has counted, too.
  const isUnscraped = evidence.operations.some(
    ({ instance }) =>
      instance !== undefined && !sides.some((side) => sameOrigin(instance, side.counters.instance)),
  );
  const isLowerBound = isUnscraped || sides.some((side) => side.isLowerBound);
  const lastScrapeMs = Math.min(
    ...sides.map(({ counters }) =>
      wallMs(counters.scrapes.at(-1)?.startedAtNs ?? 0, evidence.sale),
    ),
  );
  // The sweeper does not stop for the last scrape or the reading of the ledger: some lapses fall between the two.
  const sweptAfterScrape = (movements.get('EXPIRED') ?? []).filter(
    ({ at }) => Date.parse(at) >= lastScrapeMs - CLOCK_MARGIN_MS,
  ).length;

  for (const kind of MovementKind.options) {
    const inLedger = movements.get(kind)?.length ?? 0;
    const counted = sides.reduce(
      (sum, { counters }) =>
        sum + (counters.increase(serverMetrics.stockMovements.name, { kind }).at(-1) ?? 0),
      0,
    );
    const least = isLowerBound ? 0 : inLedger - (kind === 'EXPIRED' ? sweptAfterScrape : 0);
    // The sweeper also works for sales before this one, whose holds lapse only now; their rows are not here.
    const most = kind === 'EXPIRED' ? Number.POSITIVE_INFINITY : inLedger;
    if (least <= counted && counted <= most) continue;
    const summary = `the instances counted ${counted} ${kind} movements, the ledger has ${inLedger}`;
    return {
      summary,
      witness: {
        prose:
          `${serverMetrics.stockMovements.name}{kind="${kind}"} rose by ${counted} over ${count(sides.length, 'instance')}; the final ledger has ${inLedger} such movements. ` +
          `The ledger is the books, so the counters are wrong${counted > inLedger ? ': they count what was never committed, or twice' : ''}.`,
        operations: [],
      },
    };
  }
  return undefined;
}

/** The server's wall clock stamps movements, ours places scrapes; on one machine they differ by less. */
const CLOCK_MARGIN_MS = 1_000;

const wallMs = (atNs: number, sale: SaleFacts): number =>
  sale.startedAtMs + (atNs - sale.startedAtNs) / 1e6;

const sameOrigin = (left: string | undefined, right: string): boolean =>
  left !== undefined && withoutSlash(left) === withoutSlash(right);

const withoutSlash = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : url);

const sorted = (times: number[]): Float64Array => Float64Array.from(times).sort();

/** How many of the ascending times are not after `atNs`. */
function countUpTo(ascending: Float64Array, atNs: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
