import { entryOf, groupBy } from '../../../kernel/group-by.ts';
import { skuName } from '../../../kernel/wording.ts';
import { COUNTED_EVENTS } from '../../../protocol/analytics.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';

/** The consumer group that counts the events of the queue. */
const GROUP = 'analytics';

/**
 * Compares the counts of events of the queue with the events that their consumer group handled: count and mark are written in one
 * transaction, so they agree at every moment. Of what was on sale before, older deliveries may be forgotten.
 *
 * @returns what is wrong, and how many events were compared
 */
export function wrongDeliveryCounts(
  ledger: LedgerIndex,
  { sale }: Evidence,
): { wrong: string[]; counted: number } {
  const found = { wrong: [] as string[], counted: 0 };
  const topics = sale.evidence.consumers.find(({ group }) => group === GROUP)?.topics;
  if (topics === undefined || !ledger.keeps('delivery')) return found;
  const isNew = new Set(sale.skus.filter((each) => !each.wasOnSale).map(({ skuId }) => skuId));
  const handled = tallyHandled(ledger, isNew);
  const days = groupBy(ledger.buckets, ({ type, size }) => (size === 'day' ? type : undefined));
  for (const topic of topics) {
    for (const type of Object.values(NAMES[topic] ?? {})) {
      const daysOf = groupBy(days.get(type) ?? [], ({ skuId }) => skuId);
      const handledOf = handled.get(type);
      for (const skuId of isNew) {
        const buckets = daysOf.get(skuId);
        const events = handledOf?.get(skuId) ?? 0;
        if (buckets === undefined && events === 0) continue;
        found.counted += events;
        for (const counted of ['records', 'events'] as const) {
          const sum = buckets?.reduce((total, bucket) => total + bucket[counted], 0) ?? 0;
          if (sum === events) continue;
          found.wrong.push(
            `${type} of ${skuName(skuId)} has ${sum} ${counted} in all days, and its consumer handled ${events}`,
          );
          break;
        }
      }
    }
  }
  return found;
}

const NAMES: Record<string, Record<string, string>> = COUNTED_EVENTS;

/** The number of events that the group handled, by the name under which they are counted, and by SKU. */
function tallyHandled(
  ledger: LedgerIndex,
  skuIds: ReadonlySet<string>,
): Map<string | undefined, Map<string, number>> {
  const handled = new Map<string | undefined, Map<string, number>>();
  for (const { group, topic, streams } of ledger.handledTopics) {
    const names = NAMES[topic];
    if (group !== GROUP || names === undefined) continue;
    for (const stream of streams) {
      const { skuId, length } = stream;
      if (!skuIds.has(skuId)) continue;
      for (let place = 0; place < length; place += 1) {
        const name = names[stream.typeAt(place)];
        const bySku = entryOf(handled, name, () => new Map<string, number>());
        bySku.set(skuId, (bySku.get(skuId) ?? 0) + 1);
      }
    }
  }
  return handled;
}
