import { entryOf } from '../kernel/group-by.ts';
import type { LedgerDelivery } from '../protocol/ledger.ts';
import { ID_ABSENT, ID_WORDS, IdColumn, packId } from './id-column.ts';
import { PackedTexts } from './packed-texts.ts';
import { TextTable } from './text-table.ts';

/** The id that the reference server gives the event of a movement. It is kept with the number alone. */
export const idOfMovement = (sequence: number): string => `m${sequence}`;

/** The deliveries of a ledger: rows as they come, or the list in which a history is read. */
export type Deliveries = LedgerDelivery[] | DeliveryList;

/**
 * Deliveries in columns. Most rows of a big ledger are deliveries, because every group handles the events of every
 * movement; as objects they would take several times the memory, and most of the time of the garbage collector.
 */
export class DeliveryList implements Iterable<LedgerDelivery> {
  /** In the order in which their first deliveries came. */
  readonly streams: DeliveryStream[] = [];
  /** The ids of events that are no UUIDs. */
  readonly ids = new PackedTexts();
  private readonly types = new TextTable();
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
    const isOfMovement = sequence !== null && eventId === idOfMovement(sequence);
    const form = isOfMovement ? ID_ABSENT : packId(eventId, scratch, this.ids);
    this.streamOf(group, topic, skuId).add(type, sequence, form, scratch);
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
      const stream = new DeliveryStream(group, topic, skuId, this.types, this.ids);
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
  private readonly types: TextTable;
  /**
   * Two numbers for each delivery: that of its type, and that of its movement, which is NaN where it names none. A sale of many
   * SKUs has many streams of a few deliveries, to which a second array would add more than the numbers in it.
   */
  private numbers = new Float64Array(2 * FIRST_ROOM);
  private readonly ids: PackedTexts;
  /** The ids that do not follow from the numbers of their movements; undefined where all of them do. */
  private otherIds: IdColumn | undefined;

  constructor(group: string, topic: string, skuId: string, types: TextTable, ids: PackedTexts) {
    this.group = group;
    this.topic = topic;
    this.skuId = skuId;
    this.types = types;
    this.ids = ids;
  }

  /** Adds a delivery. The id of its event is given as four numbers; it is absent if it is that of its movement. */
  add(type: string, sequence: number | null, form: number, eventId: Uint32Array): void {
    const place = this.length++;
    if (2 * place === this.numbers.length) this.grow();
    this.numbers[2 * place] = this.types.add(type);
    this.numbers[2 * place + 1] = sequence ?? Number.NaN;
    if (form === ID_ABSENT) return;
    this.otherIds ??= new IdColumn(this.ids, this.numbers.length / 2);
    this.otherIds.set(place, form, eventId);
  }

  typeAt(place: number): string {
    return this.types.texts[this.numbers[2 * place] as number] as string;
  }

  /** The number of the movement that the event tells of; null if it tells of none. */
  sequenceAt(place: number): number | null {
    const sequence = this.numbers[2 * place + 1] as number;
    return Number.isNaN(sequence) ? null : sequence;
  }

  eventIdAt(place: number): string {
    return this.otherIds?.at(place) ?? idOfMovement(this.numbers[2 * place + 1] as number);
  }

  private grow(): void {
    const room = Math.ceil(this.length * GROWTH);
    const { numbers } = this;
    this.numbers = new Float64Array(2 * room);
    this.numbers.set(numbers);
    this.otherIds?.grow(room);
  }
}

const FIRST_ROOM = 4;
const GROWTH = 1.5;

const scratch = new Uint32Array(ID_WORDS);
