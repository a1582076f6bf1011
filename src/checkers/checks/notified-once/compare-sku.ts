import { lazy } from '../../../kernel/memo.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerNotification } from '../../../protocol/ledger.ts';
import { FirstPlaces } from '../../reading/first-places.ts';
import type { HandledTopic } from '../../reading/handled-topics.ts';
import { type LedgerIndex, mapBy } from '../../reading/ledger-index.ts';
import { isKnown, isOfBuyers, isTold, mayCause } from './told-kinds.ts';

/** The result for one SKU. */
export interface ComparedSku {
  /** One sentence per anomaly. Of many, the first ones. */
  wrong: string[];
  /** The number of events of which a user must have been told. */
  owed: number;
}

/** More sentences than a witness shows would be of no use, and a server that tells nobody has an anomaly per order. */
const SENTENCES_MAX = 10;

/**
 * Compares what users were told of a SKU with the events that the telling group handled.
 *
 * @param handled all that this group handled
 * @param told in any order
 */
export function compareSku(
  skuId: string,
  ledger: LedgerIndex,
  handled: readonly HandledTopic[],
  told: LedgerNotification[],
): ComparedSku {
  const wrong: string[] = [];
  const note = (describe: () => string): void => {
    if (wrong.length < SENTENCES_MAX) wrong.push(`${describe()} (${skuName(skuId)})`);
  };
  const first = indexTold(told, note);
  const others = lazy(() => eventsWithoutMovement(skuId, ledger));
  const isKnownBuyer = knownBuyers(ledger, skuId);
  const movementOf = movementFinder(ledger, skuId);

  for (const { kind, userId, sequence, eventId } of told) {
    if (sequence === null) {
      if (!isKnown(kind)) continue;
      if (!others().has(`${kind} ${eventId}`)) {
        note(() => `somebody was told ${kind} of event ${eventId}, which never was`);
      } else if (isOfBuyers(kind) && !isKnownBuyer(userId)) {
        note(
          () => `${kind} of event ${eventId} was told to ${shortId(userId)}, who has no part in it`,
        );
      }
      continue;
    }
    const movement = movementOf(sequence);
    if (movement === undefined || !mayCause(movement, kind, ledger)) {
      note(() => `somebody was told ${kind} of movement ${sequence}, which ${whyNot(movement)}`);
      continue;
    }
    const buyer = ledger.reservationById.get(movement.reservationId)?.userId;
    if (buyer !== undefined && buyer !== '' && buyer !== userId) {
      note(
        () => `${kind} of movement ${sequence} was told to ${shortId(userId)}, not to its buyer`,
      );
    }
  }

  let owed = 0;
  for (const { topic, of } of handled) {
    const stream = of(skuId);
    for (let place = 0; stream !== undefined && place < stream.length; place++) {
      const kind = stream.typeAt(place);
      if (!isTold(topic, kind)) continue;
      owed++;
      const sequence = stream.sequenceAt(place);
      const name = sequence === null ? `event ${stream.eventIdAt(place)}` : `movement ${sequence}`;
      const row =
        sequence === null
          ? first.byEvent.get(stream.eventIdAt(place))
          : told[first.bySequence.get(sequence) ?? -1];
      if (row === undefined) note(() => `nobody was told ${kind} of ${name}`);
      else if (row.kind !== kind) {
        note(() => `${kind} of ${name} was told as ${row.kind}`);
      }
    }
  }
  return { wrong, owed };
}

const whyNot = (movement: { kind: string } | undefined): string =>
  movement === undefined ? 'never was' : `is ${movement.kind}`;

/** The first notification of each event. Notes events that were told more often. */
function indexTold(
  told: LedgerNotification[],
  note: (describe: () => string) => void,
): { bySequence: FirstPlaces; byEvent: Map<string, LedgerNotification> } {
  const bySequence = new FirstPlaces(told.length);
  const byEvent = new Map<string, LedgerNotification>();
  const times = new Map<string, number>();
  for (const [place, row] of told.entries()) {
    const { sequence, eventId } = row;
    const isFirst =
      sequence === null ? !byEvent.has(String(eventId)) : bySequence.get(sequence) === undefined;
    if (!isFirst) {
      const name = sequence === null ? `event ${eventId}` : `movement ${sequence}`;
      times.set(name, (times.get(name) ?? 1) + 1);
    } else if (sequence === null) byEvent.set(String(eventId), row);
    else bySequence.set(sequence, place);
  }
  for (const [name, often] of times) {
    note(() => `users were told of ${name} ${count(often, 'time')}`);
  }
  return { bySequence, byEvent };
}

/** The events of a SKU without a movement that any group has heard of, as kind and id. */
function eventsWithoutMovement(skuId: string, { handledTopics }: LedgerIndex): Set<string> {
  const events = new Set<string>();
  for (const { topic, of } of handledTopics) {
    const stream = of(skuId);
    for (let place = 0; stream !== undefined && place < stream.length; place++) {
      if (stream.sequenceAt(place) !== null) continue;
      const kind = stream.typeAt(place);
      if (isTold(topic, kind)) events.add(`${kind} ${stream.eventIdAt(place)}`);
    }
  }
  return events;
}

/** Tells if a user has a reservation or an order of the SKU. True where rows do not name their users. */
function knownBuyers(ledger: LedgerIndex, skuId: string): (userId: string) => boolean {
  if (!ledger.knows('reservation', 'userId')) return () => true;
  let buyers: Set<string> | undefined;
  return (userId) => {
    buyers ??= new Set((ledger.reservationsBySku.get(skuId) ?? []).map((row) => row.userId));
    return buyers.has(userId);
  };
}

/** Finds a movement of the SKU by its number. In a ledger without gaps that is its place. */
function movementFinder({ movementsBySku }: LedgerIndex, skuId: string) {
  const movements = movementsBySku.get(skuId) ?? [];
  const byNumber = lazy(() => mapBy(movements, ({ sequence }) => sequence));
  return (sequence: number) => {
    const likely = movements[sequence - 1];
    return likely?.sequence === sequence ? likely : byNumber().get(sequence);
  };
}
