import type { Operation } from '../../../history/operation.ts';
import { memoized } from '../../../kernel/memo.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { InstanceCounters } from '../../../metrics/counters.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import type { Witness } from '../../checker.ts';
import type { Evidence } from '../../evidence.ts';

/** An instance's counters, and the calls that can explain them. */
export interface CountedInstance {
  counters: Pick<InstanceCounters, 'instance' | 'scrapes' | 'increase'>;
  /** Calls that this instance may have answered; undefined when nobody knows that of any. */
  calls: Operation[] | undefined;
  /** True for one of them that no other instance can have answered. */
  isSure(call: Operation): boolean;
  /** True when the instance may have counted, before some scrape, calls that no scrape showed. */
  hasGap: boolean;
  /** True when there is a gap, or when the instance was not scraped after everything was over. */
  isLowerBound: boolean;
  /** True when the instance may have counted what other people than the buyers of the run asked for. */
  hasOthers: boolean;
}

/** A difference between a counter and the calls or the ledger. */
export interface Disagreement {
  summary: string;
  witness: Witness;
}

/** The first thing that is found about one of several. */
export function firstFound<Item, Found>(
  items: Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Pairs an instance's counters with the calls made to it, if the calls name it. Behind a load balancer nobody knows which
 * process answered, and only sums over all instances can be compared. A call to an address that was not scraped may have
 * reached any of them: it may be a load balancer, or another name of theirs.
 *
 * @param all the counters of all instances
 */
export function pairWithCalls(
  counters: InstanceCounters,
  all: InstanceCounters[],
  { operations, sale }: Evidence,
): CountedInstance {
  const { instance, scrapes, processes } = counters;
  const called = [...instancesOf(operations)];
  const isThis = new Set(called.filter((other) => sameOrigin(other, instance)));
  const mayBeThis = (address: string | undefined): boolean =>
    isThis.size === 0 ||
    isThis.has(address) ||
    (sale.evidence.scrapedAll !== true && !all.some((one) => sameOrigin(address, one.instance)));
  const isPossible = new Set(called.filter(mayBeThis));
  const isSure = (call: Operation): boolean => isThis.size === 0 || isThis.has(call.instance);
  const isKnown = isThis.size > 0 || all.length === 1;
  const calls = isKnown ? operations.filter((call) => isPossible.has(call.instance)) : undefined;

  const firstCallNs = operations[0]?.invokedAtNs ?? 0;
  const isScrapedBefore = counters.isNewProcess || (scrapes[0]?.startedAtNs ?? 0) <= firstCallNs;
  const isScrapedAfter = (scrapes.at(-1)?.startedAtNs ?? 0) > lastEventNs(operations).atNs;
  const hasGap = processes.length > 1 || !isScrapedBefore;
  return {
    ...{ counters, calls, isSure, hasGap },
    ...{ isLowerBound: hasGap || !isScrapedAfter, hasOthers: false },
  };
}

/**
 * Finds two URLs that lead to one process, by the start of its counters: a load balancer and an instance behind it, or two names of
 * one address. Each of them then shows what was asked of both.
 *
 * @param counted counters of which none is mixed, so that no process comes back at its URL
 */
export function findProcessTwice(counted: InstanceCounters[]): [string, string] | undefined {
  const urlOf = new Map<number, string>();
  for (const { instance, processes } of counted) {
    for (const [scrape] of processes) {
      const started = scrape?.samples.find(({ name }) => name === COUNTERS_STARTED)?.value;
      if (started === undefined) continue;
      const other = urlOf.get(started);
      if (other !== undefined) return [other, instance];
      urlOf.set(started, instance);
    }
  }
  return undefined;
}

const COUNTERS_STARTED = serverMetrics.countersStarted.name;

/** The reference server begins the ids of its requests with its name and with the time at which its process began. */
const PROCESS_IN_REQUEST_ID = /.+-[0-9a-z]{8}(?=-[0-9a-z]+$)/;

/**
 * True when an answer may be that of a process which was not scraped, by the ids that the reference server gives to requests. Behind
 * a load balancer, all scrapes may have come from the same one of several processes. Nobody can tell where the ids are those of a
 * proxy, or where the scrapes have none.
 */
export function mayBeUnscraped(instances: CountedInstance[], operations: Operation[]): boolean {
  const scraped = ({ counters }: CountedInstance) =>
    counters.scrapes.map(({ requestId }) => processOf(requestId));
  return instances.every(({ calls }) => calls === undefined)
    ? isAnsweredByOthers(operations, instances.flatMap(scraped))
    : instances.some((instance) =>
        isAnsweredByOthers((instance.calls ?? []).filter(instance.isSure), scraped(instance)),
      );
}

function isAnsweredByOthers(calls: Operation[], scraped: (string | undefined)[]): boolean {
  const known = new Set(scraped);
  let hasIds = false;
  for (const { requestId } of calls) {
    if (requestId === undefined) continue;
    hasIds = true;
    const process = processOf(requestId);
    if (process === undefined || !known.has(process)) return true;
  }
  return !hasIds && calls.length > 0;
}

const processOf = (requestId: string | undefined): string | undefined =>
  requestId?.match(PROCESS_IN_REQUEST_ID)?.[0];

/**
 * All instances as one, for calls through a load balancer: nobody knows which of them answered a call, but together they
 * counted them all. Only their last scrapes can be added up. Undefined when single instances are known to have been called.
 */
export function addUp(
  instances: CountedInstance[],
  operations: Operation[],
): CountedInstance | undefined {
  const last = instances.flatMap(({ counters }) => counters.scrapes.at(-1) ?? []);
  const [first] = last;
  if (first === undefined || instances.some(({ calls }) => calls !== undefined)) return undefined;
  const hasGap = instances.some(({ isLowerBound }) => isLowerBound);
  const scrape: MetricsScrape = {
    instance: `${instances.length} instances together`,
    // Unless there is a gap, everything was over before any of them began.
    startedAtNs: first.startedAtNs,
    endedAtNs: Math.max(...last.map(({ endedAtNs }) => endedAtNs)),
    samples: last.flatMap(({ samples }) => samples),
  };
  const increase = (name: string, labels?: Record<string, string>): number[] => [
    instances.reduce((sum, { counters }) => sum + (counters.increase(name, labels).at(-1) ?? 0), 0),
  ];
  const counters = { instance: scrape.instance, scrapes: [scrape], increase };
  return {
    ...{ counters, calls: operations, isSure: () => true },
    ...{ hasGap, isLowerBound: hasGap, hasOthers: false },
  };
}

/** The instances that the calls name; `undefined` among them if a call names none. */
export const instancesOf = memoized((operations: Operation[]): Set<string | undefined> => {
  const instances = new Set<string | undefined>();
  for (const { instance } of operations) instances.add(instance);
  return instances;
});

/** The last moment at which a call began or was answered. */
const lastEventNs = memoized((operations: Operation[]): { atNs: number } => {
  let atNs = 0;
  for (const { outcome, invokedAtNs, completedAtNs } of operations) {
    atNs = Math.max(atNs, outcome === 'info' ? invokedAtNs : completedAtNs);
  }
  return { atNs };
});

/** True when two base URLs are the same, with or without a slash at the end. */
export const sameOrigin = (left: string | undefined, right: string): boolean =>
  left !== undefined && withoutSlash(left) === withoutSlash(right);

const withoutSlash = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : url);
