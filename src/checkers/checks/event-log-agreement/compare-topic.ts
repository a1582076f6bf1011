import type { DeliveryStream } from '../../../history/delivery-list.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { MovementRow } from '../../reading/rows.ts';
import { FirstPlaces } from './first-places.ts';
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

/**
 * Compares the events of one SKU that a group handled in one topic with those that the ledger owes it.
 *
 * @param stream undefined if the group handled none
 */
export function compareTopic(
  owed: OwedEvents,
  stream: DeliveryStream | undefined,
  movements: MovementRow[],
): ComparedTopic {
  const result: ComparedTopic = { wrong: [], missing: [], missingEvents: 0, owed: 0 };
  const ofMovements = new Map<string, OfMovements>();
  const heard = sortOut(stream, owed.counted);
  for (const movement of movements) {
    compareMovement(movement, heard.take(movement.sequence), owed, result, ofMovements);
  }
  for (const { sequence, types } of heard.others()) {
    for (const type of types) {
      const what = `${type} of ${stream?.skuId} as movement ${sequence}`;
      note(result.wrong, () => `${what}: the ledger has no such movement`);
    }
  }
  for (const counted of owed.counted) {
    compareCount(counted, stream, ofMovements.get(counted.type) ?? NONE, result);
  }
  for (const type of heard.unnumbered) {
    const what = `${type} of ${stream?.skuId} without a number`;
    note(result.wrong, () => `${what}: nothing in the ledger causes it`);
  }
  return result;
}

/** More sentences than a witness shows would be of no use, and a group that is deaf misses a million events. */
const SENTENCES_MAX = 10;

function note(sentences: string[], describe: () => string): void {
  if (sentences.length < SENTENCES_MAX) sentences.push(describe());
}

/** Events of one type that movements owe, and those of them that were not handled. */
interface OfMovements {
  owed: number;
  missing: number;
}

const NONE: OfMovements = { owed: 0, missing: 0 };

/** The deliveries about one movement. */
interface Heard {
  times: number;
  /** The type of the first; undefined if there is none. */
  type: string | undefined;
}

/** The deliveries of a stream, sorted by the numbers of their movements. Counted types without a number are left out. */
interface SortedDeliveries {
  /** Takes out the deliveries about a movement. */
  take(sequence: number): Heard;
  /** The types of all deliveries that were not taken out, by the number of the movement. */
  others(): { sequence: number; types: string[] }[];
  /** The types of deliveries that have no number. */
  unnumbered: string[];
}

function sortOut(stream: DeliveryStream | undefined, counted: CountedType[]): SortedDeliveries {
  const countedTypes = new Set(counted.map(({ type }) => type));
  /** By number, the place of the first delivery, and how often it came where that is more than once. */
  const first = new FirstPlaces(stream?.length ?? 0);
  const repeated = new Map<number, number>();
  const unnumbered: string[] = [];
  for (let place = 0; stream !== undefined && place < stream.length; place++) {
    const sequence = stream.sequenceAt(place);
    if (sequence === null) {
      const type = stream.typeAt(place);
      if (!countedTypes.has(type)) unnumbered.push(type);
    } else if (first.get(sequence) !== undefined) {
      repeated.set(sequence, (repeated.get(sequence) ?? 1) + 1);
    } else {
      first.set(sequence, place);
    }
  }
  return {
    unnumbered,
    take(sequence) {
      const place = first.get(sequence);
      if (place === undefined) return { times: 0, type: undefined };
      first.delete(sequence);
      return { times: repeated.get(sequence) ?? 1, type: stream?.typeAt(place) };
    },
    others() {
      const types = new Map<number, string[]>(first.numbers().map((sequence) => [sequence, []]));
      for (let place = 0; types.size > 0 && place < (stream?.length ?? 0); place++) {
        const sequence = stream?.sequenceAt(place) ?? Number.NaN;
        types.get(sequence)?.push(stream?.typeAt(place) as string);
      }
      return [...types].map(([sequence, ofSame]) => ({ sequence, types: ofSame }));
    },
  };
}

function compareMovement(
  movement: MovementRow,
  heard: Heard,
  { ofMovement, allowedOfMovement }: OwedEvents,
  result: ComparedTopic,
  ofMovements: Map<string, OfMovements>,
): void {
  const type = ofMovement(movement);
  if (type !== undefined) {
    const ofType = ofMovements.get(type) ?? { owed: 0, missing: 0 };
    if (ofType.owed === 0) ofMovements.set(type, ofType);
    ofType.owed++;
    if (heard.times === 0) ofType.missing++;
    result.owed++;
  }
  if (heard.times === 0 && type === undefined) return;
  if (heard.times === 0) {
    result.missingEvents++;
    note(result.missing, () => `${nameMovement(movement)}: nothing was heard of it`);
  } else if (heard.times > 1) {
    note(result.wrong, () => `${nameMovement(movement)}: it was heard of ${heard.times} times`);
  } else if (heard.type !== (type ?? allowedOfMovement(movement))) {
    note(result.wrong, () => `${nameMovement(movement)}: it was heard of as ${heard.type}`);
  }
}

const nameMovement = ({ sequence, skuId, kind }: MovementRow): string =>
  `movement ${sequence} of ${skuName(skuId)}, ${kind}`;

/** Compares the number of events of one type. Those that movements owe were compared with their movements already. */
function compareCount(
  { type, row, least, most }: CountedType,
  stream: DeliveryStream | undefined,
  ofMovements: OfMovements,
  result: ComparedTopic,
): void {
  let deliveries = 0;
  const eventIds = new Set<string>();
  for (let place = 0; stream !== undefined && place < stream.length; place++) {
    if (stream.typeAt(place) !== type) continue;
    deliveries++;
    eventIds.add(stream.eventIdAt(place));
  }
  const events = eventIds.size;
  result.owed += Math.max(0, least - ofMovements.owed);
  const bounds = least === most ? count(least, row) : `${least} to ${count(most, row)}`;
  const known = `${type}: it was heard of ${count(events, 'time')}, and the ledger has ${bounds}`;
  const unheard = least - events - ofMovements.missing;
  if (events > most) {
    note(result.wrong, () => known);
  } else if (deliveries > events) {
    note(result.wrong, () => `${type}: ${count(deliveries - events, 'event')} came twice`);
  } else if (unheard > 0) {
    note(result.missing, () => known);
    result.missingEvents += unheard;
  }
}
