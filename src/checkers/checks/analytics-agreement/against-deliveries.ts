import { entryOf, groupBy } from '../../../kernel/group-by.ts';
import { lazy } from '../../../kernel/memo.ts';
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
        const { events, units } = handledOf?.get(skuId) ?? NOTHING;
        if (buckets === undefined && events === 0) continue;
        found.counted += events;
        const due = { records: events, events, units };
        for (const counted of ['records', 'events', 'units'] as const) {
          const sum = buckets?.reduce((total, bucket) => total + bucket[counted], 0) ?? 0;
          if (sum === due[counted] || Number.isNaN(due[counted])) continue;
          found.wrong.push(
            `${type} of ${skuName(skuId)} has ${sum} ${counted} in all days, and its consumer handled ${due[counted]}`,
          );
          break;
        }
      }
    }
  }
  return found;
}

const NAMES: Record<string, Record<string, string>> = COUNTED_EVENTS;

/** The events that the group handled, and the units of their movements; NaN where the ledger does not tell of them all. */
interface Handled {
  events: number;
  units: number;
}

const NOTHING: Handled = { events: 0, units: 0 };

/** The events that the group handled, by the name under which they are counted, and by SKU. */
function tallyHandled(
  ledger: LedgerIndex,
  skuIds: ReadonlySet<string>,
): Map<string | undefined, Map<string, Handled>> {
  const handled = new Map<string | undefined, Map<string, Handled>>();
  const unitsBySku = lazy(() => unitsOfMovements(ledger));
  for (const { group, topic, streams } of ledger.handledTopics) {
    const names = NAMES[topic];
    if (group !== GROUP || names === undefined) continue;
    for (const stream of streams) {
      const { skuId, length } = stream;
      if (!skuIds.has(skuId)) continue;
      const unitsOf = unitsBySku().get(skuId);
      for (let place = 0; place < length; place += 1) {
        const name = names[stream.typeAt(place)];
        const bySku = entryOf(handled, name, () => new Map<string, Handled>());
        const tally = entryOf(bySku, skuId, () => ({ ...NOTHING }));
        tally.events += 1;
        tally.units += unitsOf?.get(stream.sequenceAt(place) ?? 0) ?? Number.NaN;
      }
    }
  }
  return handled;
}

/** By SKU and number, the units of a movement; NaN for a number that several have. */
function unitsOfMovements({ movements }: LedgerIndex): Map<string, Map<number, number>> {
  const units = new Map<string, Map<number, number>>();
  for (const { skuId, sequence, quantity } of movements) {
    const ofSku = entryOf(units, skuId, () => new Map<number, number>());
    ofSku.set(sequence, ofSku.has(sequence) ? Number.NaN : quantity);
  }
  return units;
}
