import { count } from '../../../kernel/wording.ts';
import type { LedgerDelivery } from '../../../protocol/ledger.ts';
import type { MovementRow } from '../../reading/rows.ts';
import type { CountedType, OwedEvents } from './owed-events.ts';

/** The result for one group, topic and SKU. */
export interface ComparedTopic {
  /** One sentence per event that is wrong whatever is still under way. Of many, the first ones. */
  wrong: string[];
  /** One sentence per event, or per type of event, that was not handled. Of many, the first ones. */
  missing: string[];
  /** The number of events that were not handled. */
  missingEvents: number;
  /** The number of events that had to be handled. */
  owed: number;
}

/** Compares the events of one SKU that a group handled in one topic with those that the ledger owes it. */
export function compareTopic(
  owed: OwedEvents,
  deliveries: LedgerDelivery[],
  movements: MovementRow[],
): ComparedTopic {
  const result: ComparedTopic = { wrong: [], missing: [], missingEvents: 0, owed: 0 };
  const ofMovements = new Map<string, { owed: number; missing: number }>();
  const { numbered, unnumbered } = sortOut(deliveries, owed.counted);
  for (const movement of movements) {
    const events = numbered.get(movement.sequence) ?? [];
    numbered.delete(movement.sequence);
    compareMovement(movement, events, owed, result, ofMovements);
  }
  for (const events of numbered.values()) {
    for (const { type, skuId, sequence } of events) {
      const what = `${type} of ${skuId} as movement ${sequence}`;
      note(result.wrong, `${what}: the ledger has no such movement`);
    }
  }
  for (const counted of owed.counted) {
    compareCount(counted, deliveries, ofMovements.get(counted.type) ?? NONE, result);
  }
  for (const { type, skuId } of unnumbered) {
    note(result.wrong, `${type} of ${skuId} without a number: nothing in the ledger causes it`);
  }
  return result;
}

/** More sentences than a witness shows would be of no use, and a group that is deaf misses a million events. */
const SENTENCES_MAX = 10;

function note(sentences: string[], what: string): void {
  if (sentences.length < SENTENCES_MAX) sentences.push(what);
}

/** Events of one type that movements owe, and those of them that were not handled. */
interface OfMovements {
  owed: number;
  missing: number;
}

const NONE: OfMovements = { owed: 0, missing: 0 };

/** Sorts deliveries into those of a movement, by its number, and those of nothing known. Counted types are left out. */
function sortOut(
  deliveries: LedgerDelivery[],
  counted: CountedType[],
): { numbered: Map<number, LedgerDelivery[]>; unnumbered: LedgerDelivery[] } {
  const countedTypes = new Set(counted.map(({ type }) => type));
  const numbered = new Map<number, LedgerDelivery[]>();
  const unnumbered: LedgerDelivery[] = [];
  for (const delivery of deliveries) {
    const { sequence, type } = delivery;
    if (sequence === null) {
      if (!countedTypes.has(type)) unnumbered.push(delivery);
      continue;
    }
    const same = numbered.get(sequence);
    if (same === undefined) numbered.set(sequence, [delivery]);
    else same.push(delivery);
  }
  return { numbered, unnumbered };
}

function compareMovement(
  movement: MovementRow,
  events: LedgerDelivery[],
  { ofMovement, allowedOfMovement }: OwedEvents,
  result: ComparedTopic,
  ofMovements: Map<string, OfMovements>,
): void {
  const type = ofMovement(movement);
  const [event] = events;
  if (type !== undefined) {
    const { owed, missing } = ofMovements.get(type) ?? NONE;
    ofMovements.set(type, {
      owed: owed + 1,
      missing: missing + (event === undefined ? 1 : 0),
    });
    result.owed++;
  }
  if (event === undefined && type === undefined) return;
  const name = `movement ${movement.sequence} of ${movement.skuId}, ${movement.kind}`;
  if (event === undefined) {
    result.missingEvents++;
    note(result.missing, `${name}: nothing was heard of it`);
  } else if (events.length > 1) {
    note(result.wrong, `${name}: it was heard of ${events.length} times`);
  } else if (event.type !== (type ?? allowedOfMovement(movement))) {
    note(result.wrong, `${name}: it was heard of as ${event.type}`);
  }
}

/** Compares the number of events of one type. Those that movements owe were compared with their movements already. */
function compareCount(
  { type, row, least, most }: CountedType,
  deliveries: LedgerDelivery[],
  ofMovements: OfMovements,
  result: ComparedTopic,
): void {
  const ofType = deliveries.filter((delivery) => delivery.type === type);
  const events = new Set(ofType.map(({ eventId }) => eventId)).size;
  result.owed += Math.max(0, least - ofMovements.owed);
  const bounds = least === most ? count(least, row) : `${least} to ${count(most, row)}`;
  const known = `${type}: it was heard of ${count(events, 'time')}, and the ledger has ${bounds}`;
  const unheard = least - events - ofMovements.missing;
  if (events > most) {
    note(result.wrong, known);
  } else if (ofType.length > events) {
    note(result.wrong, `${type}: ${count(ofType.length - events, 'event')} came twice`);
  } else if (unheard > 0) {
    note(result.missing, known);
    result.missingEvents += unheard;
  }
}
