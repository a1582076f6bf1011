import type { DeliveryStream } from '../../../history/delivery-list.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Evidence } from '../../evidence.ts';
import { compareTopic } from './compare-topic.ts';
import { isKnownTopic, type OwedOf } from './owed-events.ts';

/** A consumer group, the topics whose events it must have handled, and everything that it handled. */
export interface ConsumerGroup {
  group: string;
  topics: string[];
  streams: DeliveryStream[];
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

/** Compares one group with the ledger, topic by topic and SKU by SKU. */
export function compareGroup(
  { topics, streams }: ConsumerGroup,
  owedOf: OwedOf,
  { sale }: Evidence,
): Differences {
  const found: Differences = { wrong: [], missing: new Map(), owed: 0 };
  const byTopic = groupBy(streams, ({ topic }) => topic);
  for (const topic of new Set([...topics, ...byTopic.keys()])) {
    if (!isKnownTopic(topic)) continue;
    const bySku = new Map(byTopic.get(topic)?.map((stream) => [stream.skuId, stream]));
    // Nobody promised that the group hears all of a topic that is not among its own.
    const isPromised = topics.includes(topic);
    const skuIds = isPromised ? sale.skus.map(({ skuId }) => skuId) : bySku.keys();
    for (const skuId of skuIds) {
      const compared = compareTopic(owedOf(topic, skuId), bySku.get(skuId));
      const inTopic = (what: string): string => `${what} (${topic})`;
      found.wrong.push(...compared.wrong.map(inTopic));
      if (!isPromised) continue;
      found.owed += compared.owed;
      if (compared.missingEvents === 0) continue;
      const missing = found.missing.get(skuId) ?? { events: 0, sentences: [] };
      missing.events += compared.missingEvents;
      missing.sentences.push(...compared.missing.map(inTopic));
      found.missing.set(skuId, missing);
    }
  }
  return found;
}
