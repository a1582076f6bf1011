import type { Operation } from '../../../history/operation.ts';
import { memoized } from '../../../kernel/memo.ts';
import type { InstanceCounters } from '../../../metrics/counters.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import type { Witness } from '../../checker.ts';

/** An instance's counters, and the calls that can explain them. */
export interface CountedInstance {
  counters: Pick<InstanceCounters, 'instance' | 'scrapes' | 'increase'>;
  /** Calls made to this instance; undefined when that is not known. */
  calls: Operation[] | undefined;
  /** True when the instance may have counted, before some scrape, calls that no scrape showed. */
  hasGap: boolean;
  /** True when there is a gap, or when the instance was not scraped after everything was over. */
  isLowerBound: boolean;
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
 * process answered, and only sums over all instances can be compared.
 */
export function pairWithCalls(
  counters: InstanceCounters,
  operations: Operation[],
  instances: number,
): CountedInstance {
  const { instance, scrapes, processes } = counters;
  const called = instancesOf(operations);
  const isThis = new Set([...called].filter((other) => sameOrigin(other, instance)));
  const named = operations.filter((call) => isThis.has(call.instance));
  const calls = named.length > 0 ? named : instances === 1 ? operations : undefined;

  const firstCallNs = operations[0]?.invokedAtNs ?? 0;
  const isScrapedBefore = counters.isNewProcess || (scrapes[0]?.startedAtNs ?? 0) <= firstCallNs;
  const isScrapedAfter = (scrapes.at(-1)?.startedAtNs ?? 0) > lastEventNs(operations).atNs;
  const hasGap = processes.length > 1 || !isScrapedBefore;
  return { counters, calls, hasGap, isLowerBound: hasGap || !isScrapedAfter };
}

/** The reference server begins the ids of its requests with its name and with the time at which its process began. */
const PROCESS_IN_REQUEST_ID = /^.+-[0-9a-z]{8}(?=-[0-9a-z]+$)/;

/**
 * True when more processes answered calls than were scraped, by the ids that they gave to requests. Behind a load balancer,
 * all scrapes may have come from the same one of them.
 */
export function hasUnscraped(
  counted: InstanceCounters[],
  instances: CountedInstance[],
  operations: Operation[],
): boolean {
  const scraped = counted.reduce((sum, { processes }) => sum + processes.length, 0);
  return instances.every(({ calls }) => calls === undefined)
    ? isAnsweredByMore(operations, scraped)
    : instances.some(({ calls = [] }, place) =>
        isAnsweredByMore(calls, counted[place]?.processes.length ?? 0),
      );
}

function isAnsweredByMore(calls: Operation[], processes: number): boolean {
  const answering = new Set<string>();
  for (const { requestId } of calls) {
    const [process] = requestId?.match(PROCESS_IN_REQUEST_ID) ?? [];
    if (process === undefined) continue;
    answering.add(process);
    if (answering.size > processes) return true;
  }
  return false;
}

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
  return { counters, calls: operations, hasGap, isLowerBound: hasGap };
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
