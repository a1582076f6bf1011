import type { DeliveryStream } from '../../../history/delivery-topic.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import { FirstPlaces } from '../../reading/first-places.ts';
import { placeOfNumber } from '../../reading/place-of-number.ts';
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

/**
 * Compares the events of one SKU that a group handled in one topic with those that the ledger owes it. It takes a time that
 * grows with what the group handled, however many movements there are: another group may have handled them.
 *
 * @param stream undefined if the group handled none
 */
export function compareTopic(
  skuId: string,
  owed: OwedEvents,
  stream: DeliveryStream | undefined,
): ComparedTopic {
  const heard = sortOut(stream, owed.counted);
  const { wrong, heardByType } = compareHeard(heard, owed);
  const result: ComparedTopic = { wrong, missing: [], missingEvents: 0, owed: owed.caused };
  for (const { sequence, types } of heard.ofNone(owed)) {
    for (const type of types) {
      const what = `${type} of ${skuName(skuId)} as movement ${sequence}`;
      note(result.wrong, () => `${what}: the ledger has no such movement`);
    }
  }
  noteUnheard(heard, owed, heardByType, result);
  for (const counted of owed.counted) {
    const caused = owed.causedByType.get(counted.type) ?? 0;
    const missing = caused - (heardByType.get(counted.type) ?? 0);
    compareCount(counted, stream, { skuId, owed: caused, missing }, result);
  }
  for (const type of heard.unnumbered) {
    const what = `${type} of ${skuName(skuId)} without a number`;
    note(result.wrong, () => `${what}: nothing in the ledger causes it`);
  }
  return result;
}

/** True for most of a hundred thousand SKUs. */
export const owesNothing = ({ caused, counted }: OwedEvents): boolean =>
  caused === 0 && counted.every(({ least }) => least === 0);

/** More sentences than a witness shows would be of no use, and a group that is deaf misses a million events. */
const SENTENCES_MAX = 10;

function note(sentences: string[], describe: () => string): void {
  if (sentences.length < SENTENCES_MAX) sentences.push(describe());
}

/** Events of one type that movements owe, and those of them that were not handled. */
interface OfMovements {
  skuId: string;
  owed: number;
  missing: number;
}

/** The deliveries of a stream, sorted by the numbers of their movements. Counted types without a number are left out. */
interface SortedDeliveries {
  /** By number, the place of the first delivery. */
  first: FirstPlaces;
  /** How often a number came, if more than once. */
  repeated: Map<number, number>;
  /** The type of the delivery at a place. */
  typeAt(place: number): string | undefined;
  /** The types of all deliveries about movements that do not exist, by the number. */
  ofNone(owed: OwedEvents): { sequence: number; types: string[] }[];
  /** The types of deliveries that have no number. */
  unnumbered: string[];
}

function sortOut(stream: DeliveryStream | undefined, counted: CountedType[]): SortedDeliveries {
  const countedTypes = new Set(counted.map(({ type }) => type));
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
    first,
    repeated,
    typeAt: (place) => stream?.typeAt(place),
    ofNone({ movements }) {
      const types = new Map<number, string[]>();
      first.forEach((sequence) => {
        if (placeOfNumber(movements, sequence) === undefined) types.set(sequence, []);
      });
      for (let place = 0; types.size > 0 && stream && place < stream.length; place++) {
        types.get(stream.sequenceAt(place) ?? Number.NaN)?.push(stream.typeAt(place));
      }
      return [...types].map(([sequence, ofSame]) => ({ sequence, types: ofSame }));
    },
    unnumbered,
  };
}

/**
 * Compares the movements that were heard of. Returns a sentence for each of the first ones of which the wrong was heard, in the order
 * of the movements, and how many events that movements cause were heard, by type.
 */
function compareHeard(
  { first, repeated, typeAt }: SortedDeliveries,
  { movements, ofMovement, allowedOfMovement }: OwedEvents,
): { wrong: string[]; heardByType: Map<string, number> } {
  const heardByType = new Map<string, number>();
  const wrong: { place: number; what: string }[] = [];
  first.forEach((sequence, heardAt) => {
    const place = placeOfNumber(movements, sequence);
    if (place === undefined) return;
    const movement = movements[place] as MovementRow;
    const type = ofMovement(movement);
    if (type !== undefined) heardByType.set(type, (heardByType.get(type) ?? 0) + 1);
    const times = repeated.get(sequence) ?? 1;
    const heardType = typeAt(heardAt);
    if (times > 1) wrong.push({ place, what: `${times} times` });
    else if (heardType !== (type ?? allowedOfMovement(movement))) {
      wrong.push({ place, what: `as ${heardType}` });
    }
  });
  wrong.sort((a, b) => a.place - b.place);
  const shown = wrong.slice(0, SENTENCES_MAX);
  return {
    wrong: shown.map(
      ({ place, what }) =>
        `${nameMovement(movements[place] as MovementRow)}: it was heard of ${what}`,
    ),
    heardByType,
  };
}

/** Counts the events that movements cause and that were not heard, and names the first ones. */
function noteUnheard(
  { first }: SortedDeliveries,
  { movements, ofMovement, caused }: OwedEvents,
  heardByType: Map<string, number>,
  result: ComparedTopic,
): void {
  let heard = 0;
  for (const events of heardByType.values()) heard += events;
  result.missingEvents = caused - heard;
  const named = Math.min(result.missingEvents, SENTENCES_MAX);
  for (let place = 0; result.missing.length < named; place++) {
    const movement = movements[place] as MovementRow;
    if (ofMovement(movement) === undefined) continue;
    // Of several movements with one number, the first was heard of.
    const isHeard =
      first.get(movement.sequence) !== undefined &&
      placeOfNumber(movements, movement.sequence) === place;
    if (!isHeard) result.missing.push(`${nameMovement(movement)}: nothing was heard of it`);
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
  const name = `${type} of ${skuName(ofMovements.skuId)}`;
  const known = `${name}: it was heard of ${count(events, 'time')}, and the ledger has ${bounds}`;
  const unheard = least - events - ofMovements.missing;
  if (events > most) {
    note(result.wrong, () => known);
  } else if (deliveries > events) {
    note(result.wrong, () => `${name}: ${count(deliveries - events, 'event')} came twice`);
  } else if (unheard > 0) {
    note(result.missing, () => known);
    result.missingEvents += unheard;
  }
}
