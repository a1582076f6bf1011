import { groupBy } from '../../../kernel/group-by.ts';
import { count } from '../../../kernel/wording.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import { SKU_TOPICS } from '../../../protocol/events.ts';
import type { Evidence } from '../../evidence.ts';
import type { HandledTopic } from '../../reading/handled-topics.ts';
import { indexLedger, type LedgerIndex } from '../../reading/ledger-index.ts';
import { isAnyLowerBound, lateMovements, sumOver } from './against-ledger.ts';
import type { CountedInstance, Disagreement } from './instance.ts';

const { consumerLag, deadLetters, eventsHandled, stockMovements } = serverMetrics;

/** A movement causes at most this many events for one group. */
const EVENTS_OF_MOVEMENT = 3;

/**
 * Compares the events that all instances counted as handled, by group, with the deliveries in the ledger. The numbers of
 * a server that still works for earlier sales can only be too low, and those of one that was not at rest at its last
 * scrape only too high. A group that also hears of other things than SKUs counts events that no ledger has.
 */
export function againstDeliveries(
  instances: CountedInstance[],
  evidence: Evidence,
): Disagreement | undefined {
  const { index: ledger } = indexLedger(evidence);
  if (ledger === undefined || !ledger.keeps('delivery') || !ledger.keeps('movement')) {
    return undefined;
  }
  const scrapes = instances.map(({ counters }) => counters.scrapes);
  const topicsOf = groupBy(ledger.handledTopics, ({ group }) => group);
  const isLowerBound = isAnyLowerBound(instances, evidence);
  const late = ledger.movements.filter(lateMovements(instances, evidence)).length;
  const others = worksForOthers(instances, ledger);
  for (const { group, topics } of evidence.sale.evidence.consumers) {
    const inLedger = countDeliveries(topicsOf.get(group) ?? []);
    const counted = sumOver(instances, eventsHandled.name, { group });
    const isAtRest = scrapes.every((each) => gaugeOf(each.at(-1), consumerLag.name, group) === 0);
    const least = isLowerBound || !isAtRest ? 0 : inLedger - EVENTS_OF_MOVEMENT * late;
    const hadWork = scrapes.some((each) => (gaugeOf(each[0], consumerLag.name, group) ?? 0) > 0);
    const hearsMore = topics.some((topic) => !SKU_TOPICS.has(topic));
    const most = others || hadWork || hearsMore ? Number.POSITIVE_INFINITY : inLedger;
    if (least <= counted && counted <= most) continue;
    return {
      summary: `the instances counted ${count(counted, 'event')} handled by ${group}, the ledger has ${inLedger}`,
      witness: {
        prose: `${eventsHandled.name}{group="${group}"} rose by ${counted} over ${count(instances.length, 'instance')}; the ledger has ${inLedger} events that ${group} handled. A group handles an event and records it in one transaction, so the counters are wrong.`,
        operations: [],
      },
    };
  }
  return others ? undefined : againstDeadLetters(scrapes, ledger, evidence);
}

const countDeliveries = (handled: HandledTopic[]): number =>
  handled.reduce((sum, { length }) => sum + length, 0);

/** True when the instances swept holds that are not in this ledger: then their events are not in it either. */
function worksForOthers(instances: CountedInstance[], { movements }: LedgerIndex): boolean {
  const swept = movements.filter(({ kind }) => kind === 'EXPIRED').length;
  return sumOver(instances, stockMovements.name, { kind: 'EXPIRED' }) > swept;
}

/** Finds an instance that shows more new dead letters than the ledger has. */
function againstDeadLetters(
  scrapes: MetricsScrape[][],
  ledger: LedgerIndex,
  { sale }: Evidence,
): Disagreement | undefined {
  if (!ledger.keeps('backlog')) return undefined;
  const hearMore = new Set(
    sale.evidence.consumers
      .filter(({ topics }) => topics.some((topic) => !SKU_TOPICS.has(topic)))
      .map(({ group }) => group),
  );
  const inLedger = ledger.backlog.reduce((sum, row) => sum + row.deadLetters, 0);
  for (const ofInstance of scrapes) {
    const [first, last] = [ofInstance[0], ofInstance.at(-1)];
    if (first === undefined || last === undefined || !has(first, deadLetters.name)) continue;
    const risen = deadLettersIn(last, hearMore) - deadLettersIn(first, hearMore);
    if (risen <= inLedger) continue;
    return {
      summary: `${last.instance} shows ${count(risen, 'new dead letter')}, the ledger has ${inLedger}`,
      witness: {
        prose: `${deadLetters.name} of ${last.instance} rose by ${risen} during the sale. The ledger, read after that, has ${count(inLedger, 'event')} given up.`,
        operations: [],
      },
    };
  }
  return undefined;
}

const has = ({ samples }: MetricsScrape, metric: string): boolean =>
  samples.some(({ name }) => name === metric);

const gaugeOf = (
  scrape: MetricsScrape | undefined,
  metric: string,
  group: string,
): number | undefined =>
  scrape?.samples.find(({ name, labels }) => name === metric && labels.group === group)?.value;

/** The dead letters that a scrape shows, without those of some groups. */
const deadLettersIn = ({ samples }: MetricsScrape, without: ReadonlySet<string>): number =>
  samples.reduce(
    (sum, { name, labels, value }) =>
      sum + (name === deadLetters.name && !without.has(labels.group ?? '') ? value : 0),
    0,
  );
