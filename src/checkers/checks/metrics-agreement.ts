import { count } from '../../kernel/wording.ts';
import { countByInstance, type InstanceCounters } from '../../metrics/counters.ts';
import type { Checker } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { againstCalls } from './metrics-agreement/against-calls.ts';
import { againstDeliveries } from './metrics-agreement/against-deliveries.ts';
import { againstLedger } from './metrics-agreement/against-ledger.ts';
import { againstRequests } from './metrics-agreement/against-requests.ts';
import { againstFalls } from './metrics-agreement/falls.ts';
import {
  addUp,
  type CountedInstance,
  type Disagreement,
  findProcessTwice,
  firstFound,
  mayBeUnscraped,
  pairWithCalls,
} from './metrics-agreement/instance.ts';
import { againstStockGauges } from './metrics-agreement/stock-gauges.ts';

/**
 * Metrics that differ from what happened, so that a dashboard would show another sale.
 *
 * No counter of a process falls. Each scrape of each instance must lie between the calls that the instance had answered
 * before the scrape began and the calls that it may have decided before the scrape ended; behind a load balancer, the last
 * scrapes of all instances together. The gauges of the stock must be states that the ledger went through. After the run,
 * the stock movements and the handled events that all instances counted must be those in the ledger. The layer that
 * disagrees with the others is named. docs/checks.md lists the metrics that cannot be compared.
 *
 * An instance that was restarted, or not scraped after its last answer, may have counted more than any scrape showed: its
 * counters are then a lower bound, and only a number that is too high is an anomaly. The same goes for a URL at which more
 * processes answered than were scraped, or may have.
 */
export const metricsAgreement: Checker = {
  name: 'metrics-agreement',
  needs: ['scrapes'],
  check(evidence) {
    const { sale, scrapes = [] } = evidence;
    const ours = scrapes.filter(({ samples }) =>
      samples.some(({ name }) => name.startsWith('flashsale_')),
    );
    if (ours.length === 0) {
      return {
        status: 'skipped',
        summary: 'the scraped /metrics has no flashsale_ counters',
      };
    }
    const counted = countByInstance(ours, sale.startedAtMs);
    // Servers that the run has started are behind no load balancer, so each URL is that of one process.
    const knowsAll = sale.evidence.scrapedAll === true;
    const mixed = knowsAll ? undefined : counted.find(({ isMixed }) => isMixed);
    if (mixed !== undefined) {
      return {
        status: 'skipped',
        summary: `several processes answer behind ${mixed.instance}; scrape each by its own URL`,
      };
    }

    const twice = knowsAll ? undefined : findProcessTwice(counted);
    if (twice !== undefined) {
      return {
        status: 'skipped',
        summary: `${twice.join(' and ')} lead to one process; scrape each by its own URL alone`,
      };
    }

    const instances = counted.map((counters) => pairWithCalls(counters, counted, evidence));
    const together = addUp(instances, evidence.operations);
    const comparable = together === undefined ? instances : [together];
    const disagreement =
      againstAnswers(counted, comparable, evidence) ??
      againstLedger(instances, evidence) ??
      againstDeliveries(instances, evidence);
    if (disagreement !== undefined) {
      if (knowsAll) return { status: 'invalid', ...disagreement };
      // Looked for only now, because it reads the ids of all requests.
      const isUnscraped = mayBeUnscraped(instances, evidence.operations);
      // The ledger can refute no counter: it lacks what other people asked for, and has what unscraped processes did.
      const doubted = comparable.map(isUnscraped ? besideUnscraped : withOthers);
      const proven = againstAnswers(counted, doubted, evidence);
      if (proven !== undefined) return { status: 'invalid', ...proven };
      return {
        status: 'skipped',
        summary: isUnscraped
          ? 'other processes may have answered the calls than were scraped; scrape each by its own URL, and call it by that'
          : `${disagreement.summary}; the run did not start the servers, and other people may have called them`,
      };
    }

    const partial = instances
      .filter(({ isLowerBound }) => isLowerBound)
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

const withOthers = (instance: CountedInstance): CountedInstance => ({
  ...instance,
  hasOthers: true,
});

const besideUnscraped = (instance: CountedInstance): CountedInstance => ({
  ...withOthers(instance),
  hasGap: true,
});

/** Finds the first metric that is wrong in some scrape; the causes of other disagreements come first. */
function againstAnswers(
  counted: InstanceCounters[],
  comparable: CountedInstance[],
  evidence: Evidence,
): Disagreement | undefined {
  return (
    againstFalls(counted, evidence) ??
    againstStockGauges(counted, evidence) ??
    firstFound(comparable, (instance) => againstCalls(instance, evidence)) ??
    firstFound(comparable, (instance) => againstRequests(instance, evidence))
  );
}
