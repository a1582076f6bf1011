import { entryOf } from '../kernel/group-by.ts';
import { LedgerDelivery } from '../protocol/ledger.ts';
import { type ByteCursor, type Spelling, spellingOf } from './byte-cursor.ts';
import type { DeliveryList } from './delivery-list.ts';
import { type DeliveryTopic, idOfMovement } from './delivery-topic.ts';
import { ID_ABSENT, ID_WORDS } from './id-column.ts';
import { createTextTest } from './ledger-columns.ts';
import { CLOSING } from './row-list.ts';
import type { TextTable } from './text-table.ts';

/**
 * Creates the reader of deliveries, which adds the one behind whose `"row":"delivery"` the cursor stands to a list, without
 * an object for it. It returns false for one of another spelling than that of `createHistoryFile`, which it does not add.
 */
export function createDeliveryScanner(
  cursor: ByteCursor,
  table: TextTable,
  deliveries: DeliveryList,
): () => boolean {
  const { texts } = table;
  const { shape } = LedgerDelivery;
  const isTaken = {
    group: createTextTest(shape.group, table),
    topic: createTextTest(shape.topic, table),
    type: createTextTest(shape.type, table),
    skuId: createTextTest(shape.skuId, table),
  };
  const eventId = new Uint32Array(ID_WORDS);
  /** The numbers of the texts of the delivery before. */
  const before = { group: 0, topic: 0, type: 0, skuId: 0 };
  /** Most deliveries are of the topic and the SKU of the one before. */
  let deliveryTopic: DeliveryTopic | undefined;
  let sku = -1;
  /** By the number of a text, that of the type. */
  const types = new Map<number, number>();

  /** Reads a text that the schema takes. Returns its number; -1 for any other. */
  function readText(name: Spelling, field: keyof typeof before): number {
    if (!cursor.skip(name)) return -1;
    const number = cursor.textLike(before[field]);
    return number >= 0 && isTaken[field](number) ? number : -1;
  }

  function topicOf(group: number, topic: number): DeliveryTopic {
    if (deliveryTopic === undefined || before.group !== group || before.topic !== topic) {
      deliveryTopic = deliveries.topicOf(texts[group] as string, texts[topic] as string);
      before.group = group;
      before.topic = topic;
    }
    return deliveryTopic;
  }

  function skuOf(skuId: number): number {
    if (before.skuId !== skuId) {
      sku = deliveries.skus.numberOf(texts[skuId] as string);
      before.skuId = skuId;
    }
    return sku;
  }

  function typeOf(type: number): number {
    before.type = type;
    return entryOf(types, type, () => deliveries.types.numberOf(texts[type] as string));
  }

  return () => {
    const group = readText(GROUP, 'group');
    if (group < 0 || !cursor.skip(EVENT_ID)) return false;
    const movement = cursor.numberedId(OF_MOVEMENT);
    const form = movement < 0 ? cursor.id(eventId, deliveries.ids) : ID_ABSENT;
    if (form === ID_ABSENT && movement < 0) return false;
    const topic = readText(TOPIC, 'topic');
    if (topic < 0) return false;
    const type = readText(TYPE, 'type');
    if (type < 0) return false;
    const skuId = readText(SKU_ID, 'skuId');
    if (skuId < 0 || !cursor.skip(SEQUENCE)) return false;
    const isNumbered = !cursor.skip(NULL);
    const sequence = isNumbered ? cursor.number() : null;
    if (sequence === -1 || !cursor.skip(CLOSING) || !cursor.isAtEnd()) return false;
    // An id of another movement is kept as it is, like that of any other spelling.
    if (movement >= 0 && movement !== sequence) return false;

    topicOf(group, topic).add(skuOf(skuId), typeOf(type), sequence, form, eventId);
    return true;
  };
}

/** The first letter of the id that follows from the number of the movement. */
const OF_MOVEMENT = idOfMovement(0).charCodeAt(0);
/** The names of the members, up to the quotes that open their texts. */
const GROUP = spellingOf(',"group":"');
const EVENT_ID = spellingOf(',"eventId":"');
const TOPIC = spellingOf(',"topic":"');
const TYPE = spellingOf(',"type":"');
const SKU_ID = spellingOf(',"skuId":"');
const SEQUENCE = spellingOf(',"sequence":');
const NULL = spellingOf('null');
