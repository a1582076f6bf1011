import type { Evidence } from '../../evidence.ts';
import type { HandledTopic } from '../../reading/handled-topics.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { compareTopic, owesNothing } from './compare-topic.ts';
import { isKnownTopic, type OwedEvents, owedIn } from './owed-events.ts';

/** A consumer group, the topics whose events it must have handled, and everything that it handled. */
export interface ConsumerGroup {
  group: string;
  topics: string[];
  handled: HandledTopic[];
}

/** The differences between the events that a group handled and those that the ledger owes it. */
export interface Differences {
  /** Events that are wrong whatever is still under way: handled twice, of another kind, of nothing. A sentence for each of the first ones. */
  wrong: string[];
  /** Events that were not handled, by SKU. */
  missing: Map<string, { events: number; sentences: string[] }>;
  /** The number of events that the group had to handle. */
  owed: number;
}

/** Somebody who hears of a topic. */
interface Listener {
  handled: HandledTopic | undefined;
  /** False: nobody promised that the group hears all of the topic, which is not among its own. */
  isPromised: boolean;
  found: Differences;
}

/**
 * Compares groups with the ledger, topic by topic and SKU by SKU. What is owed of one is the same for every group, and is kept for
 * none: there may be a hundred thousand SKUs.
 */
export function compareGroups(
  groups: readonly ConsumerGroup[],
  ledger: LedgerIndex,
  evidence: Evidence,
): Differences[] {
  const differences = groups.map((): Differences => ({ wrong: [], missing: new Map(), owed: 0 }));
  for (const topic of topicsOf(groups)) {
    const listeners = groups.flatMap(({ topics, handled }, place): Listener[] => {
      const ofTopic = handled.find((each) => each.topic === topic);
      const isPromised = topics.includes(topic);
      const found = differences[place] as Differences;
      return isPromised || ofTopic !== undefined ? [{ handled: ofTopic, isPromised, found }] : [];
    });
    const owedOf = owedIn(topic, ledger, evidence);
    for (const { skuId } of evidence.sale.skus) {
      const owed = owedOf(skuId);
      for (const listener of listeners) compareSku(skuId, topic, owed, listener);
    }
  }
  return differences;
}

/** The topics of which any group hears, as far as they are known. */
const topicsOf = (groups: readonly ConsumerGroup[]): Set<string> =>
  new Set(
    groups
      .flatMap(({ topics, handled }) => [...topics, ...handled.map(({ topic }) => topic)])
      .filter(isKnownTopic),
  );

function compareSku(
  skuId: string,
  topic: string,
  owed: OwedEvents,
  { handled, isPromised, found }: Listener,
): void {
  const stream = handled?.of(skuId);
  if (stream === undefined && (!isPromised || owesNothing(owed))) return;
  const compared = compareTopic(skuId, owed, stream);
  const inTopic = (what: string): string => `${what} (${topic})`;
  found.wrong.push(...compared.wrong.map(inTopic));
  if (!isPromised) return;
  found.owed += compared.owed;
  if (compared.missingEvents === 0) return;
  const missing = found.missing.get(skuId) ?? { events: 0, sentences: [] };
  missing.events += compared.missingEvents;
  missing.sentences.push(...compared.missing.map(inTopic));
  found.missing.set(skuId, missing);
}
