import { entryOf } from '../kernel/group-by.ts';
import type { LedgerDelivery } from '../protocol/ledger.ts';
import { DeliveryTopic, idOfMovement } from './delivery-topic.ts';
import { ID_ABSENT, ID_WORDS, packId } from './id-column.ts';
import { Names } from './names.ts';
import { PackedTexts } from './packed-texts.ts';

/** The deliveries of a ledger: rows as they come, or the list in which a history is read. */
export type Deliveries = LedgerDelivery[] | DeliveryList;

/**
 * Deliveries in columns. Most rows of a big ledger are deliveries, because every group handles the events of every
 * movement; as objects they would take several times the memory, and most of the time of the garbage collector.
 */
export class DeliveryList implements Iterable<LedgerDelivery> {
  /** In the order in which their first deliveries came. */
  readonly topics: DeliveryTopic[] = [];
  /** The ids of events that are no UUIDs. */
  readonly ids = new PackedTexts();
  readonly skus = new Names();
  readonly types = new Names();
  /** By group and topic. */
  private readonly known = new Map<string, Map<string, DeliveryTopic>>();

  static of(deliveries: Deliveries): DeliveryList {
    if (deliveries instanceof DeliveryList) return deliveries;
    const list = new DeliveryList();
    for (const delivery of deliveries) list.push(delivery);
    return list;
  }

  get length(): number {
    return this.topics.reduce((sum, { length }) => sum + length, 0);
  }

  push({ group, topic, skuId, type, sequence, eventId }: LedgerDelivery): void {
    const isOfMovement = sequence !== null && eventId === idOfMovement(sequence);
    const form = isOfMovement ? ID_ABSENT : packId(eventId, scratch, this.ids);
    const [sku, ofType] = [this.skus.numberOf(skuId), this.types.numberOf(type)];
    this.topicOf(group, topic).add(sku, ofType, sequence, form, scratch);
  }

  /** The deliveries to a group in a topic: none if nothing came yet. */
  topicOf(group: string, topic: string): DeliveryTopic {
    const ofGroup = entryOf(this.known, group, () => new Map<string, DeliveryTopic>());
    return entryOf(ofGroup, topic, () => {
      const { skus, types, ids } = this;
      const created = new DeliveryTopic(group, topic, { skus, types, ids });
      this.topics.push(created);
      return created;
    });
  }

  /** All deliveries, topic by topic and SKU by SKU. */
  *[Symbol.iterator](): Iterator<LedgerDelivery> {
    for (const { group, topic, streams } of this.topics) {
      for (const stream of streams) {
        const { skuId, length } = stream;
        for (let place = 0; place < length; place++) {
          const eventId = stream.eventIdAt(place);
          const [type, sequence] = [stream.typeAt(place), stream.sequenceAt(place)];
          yield { row: 'delivery', group, eventId, topic, type, skuId, sequence };
        }
      }
    }
  }
}

const scratch = new Uint32Array(ID_WORDS);
