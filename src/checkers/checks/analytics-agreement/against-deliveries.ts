import type { DeliveryStream } from '../../../history/delivery-topic.ts';
import { usOf } from '../../../history/row-in-columns.ts';
import { entryOf, groupBy } from '../../../kernel/group-by.ts';
import { skuName } from '../../../kernel/wording.ts';
import { COUNTED_EVENTS } from '../../../protocol/analytics.ts';
import type { LedgerBucket } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { placeOfNumber } from '../../reading/place-of-number.ts';
import type { MovementRow } from '../../reading/rows.ts';

/** The consumer group that counts the events of the queue. */
const GROUP = 'analytics';

const MINUTE_US = 60_000_000;

/**
 * Compares the counts of events of the queue with the events that their consumer group handled: count and mark are written in one
 * transaction, so they agree at every moment. An event of a movement has its time, so each minute is compared. Of what was on sale
 * before, older deliveries may be forgotten.
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
  const byType = groupBy(ledger.buckets, ({ type }) => type);
  for (const topic of topics) {
    const names = NAMES[topic] ?? {};
    const bySku = Object.values(names).map((type) => ({
      type,
      buckets: groupBy(byType.get(type) ?? [], ({ skuId }) => skuId),
    }));
    const handled = ledger.handledTopics.find(
      (each) => each.group === GROUP && each.topic === topic,
    );
    for (const skuId of isNew) {
      const tallies = tallyHandled(
        handled?.of(skuId),
        names,
        ledger.movementsBySku.get(skuId) ?? [],
      );
      for (const { type, buckets } of bySku) {
        const [of, minutes] = [buckets.get(skuId) ?? [], tallies.get(type) ?? NONE];
        found.counted += totalOf(minutes).events;
        const wrong = wrongTotal(of, minutes) ?? wrongMinute(of, minutes);
        if (wrong !== undefined) found.wrong.push(`${type} of ${skuName(skuId)} has ${wrong}`);
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

/** By the beginning of a minute, the events whose movements are of it; by NaN those whose movements are not known. */
type Minutes = ReadonlyMap<number, Handled>;

const NONE: Minutes = new Map();

function totalOf(minutes: Minutes): Handled {
  const total = { events: 0, units: 0 };
  for (const { events, units } of minutes.values()) {
    total.events += events;
    total.units += units;
  }
  return total;
}

const COUNTS = ['records', 'events', 'units'] as const;

/** A count of all days that is not that of what was handled, as the rest of a sentence. */
function wrongTotal(buckets: LedgerBucket[], minutes: Minutes): string | undefined {
  const { events, units } = totalOf(minutes);
  const due = { records: events, events, units };
  for (const counted of COUNTS) {
    let sum = 0;
    for (const bucket of buckets) if (bucket.size === 'day') sum += bucket[counted];
    if (sum === due[counted] || Number.isNaN(due[counted])) continue;
    return `${sum} ${counted} in all days, and its consumer handled ${due[counted]}`;
  }
  return undefined;
}

/** A minute with another count than the events of its movements, as the rest of a sentence. */
function wrongMinute(buckets: LedgerBucket[], minutes: Minutes): string | undefined {
  if (minutes.has(Number.NaN)) return undefined;
  for (const bucket of buckets) {
    if (bucket.size !== 'minute') continue;
    const { events, units } = minutes.get(usOf(bucket, 'at')) ?? { events: 0, units: 0 };
    const due = { records: events, events, units };
    const counted = COUNTS.find((each) => bucket[each] !== due[each]);
    if (counted === undefined) continue;
    return `${bucket[counted]} ${counted} in the minute of ${bucket.at}, and its consumer handled ${due[counted]} of that minute`;
  }
  return undefined;
}

/** The events of one SKU that the group handled in a topic, by the name under which they are counted. */
function tallyHandled(
  stream: DeliveryStream | undefined,
  names: Record<string, string>,
  movements: readonly MovementRow[],
): Map<string | undefined, Minutes> {
  const handled = new Map<string | undefined, Map<number, Handled>>();
  for (let place = 0; stream !== undefined && place < stream.length; place += 1) {
    const name = names[stream.typeAt(place)];
    const movement = findMovement(movements, stream.sequenceAt(place) ?? 0);
    const us = movement === undefined ? Number.NaN : usOf(movement, 'at');
    const minutes = entryOf(handled, name, () => new Map<number, Handled>());
    const ofMinute = entryOf(minutes, us - (us % MINUTE_US), () => ({ events: 0, units: 0 }));
    ofMinute.events += 1;
    ofMinute.units += movement?.quantity ?? Number.NaN;
  }
  return handled;
}

/** The movement with a number; undefined if none has it, or several. */
function findMovement(movements: readonly MovementRow[], sequence: number) {
  const place = placeOfNumber(movements, sequence);
  if (place === undefined || movements[place + 1]?.sequence === sequence) return undefined;
  return movements[place];
}
