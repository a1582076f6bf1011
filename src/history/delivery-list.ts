import type { LedgerDelivery } from '../protocol/ledger.ts';
import { readUuid, UUID_LENGTH, UUID_WORDS, uuidOf } from './uuid-words.ts';

/** The deliveries of a ledger: rows as they come, or the list in which a history is read. */
export type Deliveries = LedgerDelivery[] | DeliveryList;

/**
 * Deliveries in columns. Most rows of a big ledger are deliveries, because every group handles the events of every
 * movement; as objects they would take several times the memory, and most of the time of the garbage collector.
 */
export class DeliveryList implements Iterable<LedgerDelivery> {
  /** In the order in which their first deliveries came. */
  readonly streams: DeliveryStream[] = [];
  /** By group, topic and SKU. */
  private readonly known = new Map<string, Map<string, Map<string, DeliveryStream>>>();

  static of(deliveries: Deliveries): DeliveryList {
    if (deliveries instanceof DeliveryList) return deliveries;
    const list = new DeliveryList();
    for (const delivery of deliveries) list.push(delivery);
    return list;
  }

  get length(): number {
    return this.streams.reduce((sum, { length }) => sum + length, 0);
  }

  push({ group, topic, skuId, type, sequence, eventId }: LedgerDelivery): void {
    this.streamOf(group, topic, skuId).add(type, sequence, eventId);
  }

  /** The stream of a group, a topic and a SKU; a new one if there is none. */
  streamOf(group: string, topic: string, skuId: string): DeliveryStream {
    const ofGroup = entryOf(
      this.known,
      group,
      () => new Map<string, Map<string, DeliveryStream>>(),
    );
    const ofTopic = entryOf(ofGroup, topic, () => new Map<string, DeliveryStream>());
    return entryOf(ofTopic, skuId, () => {
      const stream = new DeliveryStream(group, topic, skuId);
      this.streams.push(stream);
      return stream;
    });
  }

  /** All deliveries, stream by stream. */
  *[Symbol.iterator](): Iterator<LedgerDelivery> {
    for (const stream of this.streams) {
      const { group, topic, skuId } = stream;
      for (let place = 0; place < stream.length; place++) {
        const eventId = stream.eventIdAt(place);
        const [type, sequence] = [stream.typeAt(place), stream.sequenceAt(place)];
        yield { row: 'delivery', group, eventId, topic, type, skuId, sequence };
      }
    }
  }
}

/** The deliveries of one topic and SKU to one group, in their order. */
export class DeliveryStream {
  readonly group: string;
  readonly topic: string;
  readonly skuId: string;
  length = 0;
  private readonly types: string[] = [];
  /** The places of the types in `types`. */
  private typePlaces = new Uint32Array(FIRST_ROOM);
  /** NaN where the delivery names no movement. */
  private sequences = new Float64Array(FIRST_ROOM);
  private eventIds = new Uint32Array(FIRST_ROOM * UUID_WORDS);
  /** By place, the ids of events that are no UUIDs. */
  private readonly otherIds = new Map<number, string>();

  constructor(group: string, topic: string, skuId: string) {
    this.group = group;
    this.topic = topic;
    this.skuId = skuId;
  }

  add(type: string, sequence: number | null, eventId: string): void {
    scratch.write(eventId, 'latin1');
    const isUuid = readUuid(scratch, 0, scratchWords, 0) && uuidOf(scratchWords, 0) === eventId;
    this.addWords(type, sequence, scratchWords);
    if (!isUuid) this.otherIds.set(this.length - 1, eventId);
  }

  /** Adds a delivery whose event has a UUID, given as its four numbers. */
  addWords(type: string, sequence: number | null, eventId: Uint32Array): void {
    const place = this.length++;
    if (place === this.sequences.length) this.grow();
    let typePlace = this.types.indexOf(type);
    if (typePlace < 0) typePlace = this.types.push(type) - 1;
    this.typePlaces[place] = typePlace;
    this.sequences[place] = sequence ?? Number.NaN;
    for (let word = 0; word < UUID_WORDS; word++) {
      this.eventIds[place * UUID_WORDS + word] = eventId[word] as number;
    }
  }

  typeAt(place: number): string {
    return this.types[this.typePlaces[place] as number] as string;
  }

  /** The number of the movement that the event tells of; null if it tells of none. */
  sequenceAt(place: number): number | null {
    const sequence = this.sequences[place] as number;
    return Number.isNaN(sequence) ? null : sequence;
  }

  eventIdAt(place: number): string {
    return this.otherIds.get(place) ?? uuidOf(this.eventIds, place * UUID_WORDS);
  }

  private grow(): void {
    const room = Math.ceil(this.length * GROWTH);
    const { typePlaces, sequences, eventIds } = this;
    this.typePlaces = new Uint32Array(room);
    this.typePlaces.set(typePlaces);
    this.sequences = new Float64Array(room);
    this.sequences.set(sequences);
    this.eventIds = new Uint32Array(room * UUID_WORDS);
    this.eventIds.set(eventIds);
  }
}

const FIRST_ROOM = 64;
const GROWTH = 1.5;

const scratch = Buffer.alloc(UUID_LENGTH);
const scratchWords = new Uint32Array(UUID_WORDS);

/** The value of a key; a new one if there is none. */
function entryOf<Key, Value>(entries: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = entries.get(key);
  if (value === undefined) {
    value = create();
    entries.set(key, value);
  }
  return value;
}
