import { LedgerDelivery } from '../protocol/ledger.ts';
import { type ByteCursor, type Spelling, spellingOf } from './byte-cursor.ts';
import type { DeliveryList } from './delivery-list.ts';
import { type DeliveryTopic, idOfMovement } from './delivery-topic.ts';
import { ID_ABSENT, ID_WORDS } from './id-column.ts';
import { createTextTest } from './ledger-columns.ts';
import { CLOSING } from './row-list.ts';
import type { TextTable } from './text-table.ts';

/** The most groups, topics and types that are told apart by a look at each. A row with one more is left to JSON.parse. */
const FEW = 64;

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
  /** The texts that came so far, by their numbers in the table. */
  const known: Record<'group' | 'topic' | 'type', number[]> = { group: [], topic: [], type: [] };
  /** By the places of group and topic among those. */
  const topics: DeliveryTopic[] = [];
  /** By the place of a type among those, its number in the list. */
  const types: number[] = [];
  const eventId = new Uint32Array(ID_WORDS);
  /** Most deliveries are of the SKU of the one before: its number in the table, and in the list. */
  let skuText = 0;
  let sku = -1;

  /** Reads a text that the schema takes. Returns its place among those that came; -1 for any other, and for one too many. */
  function readKnown(name: Spelling, field: keyof typeof known): number {
    if (!cursor.skip(name)) return -1;
    const came = known[field];
    const place = cursor.textAmong(came);
    if (place >= 0) return place;
    const number = came.length < FEW ? cursor.text() : -1;
    return number >= 0 && isTaken[field](number) ? came.push(number) - 1 : -1;
  }

  function topicOf(group: number, topic: number): DeliveryTopic {
    const place = group * FEW + topic;
    topics[place] ??= deliveries.topicOf(
      texts[known.group[group] as number] as string,
      texts[known.topic[topic] as number] as string,
    );
    return topics[place];
  }

  function typeOf(type: number): number {
    types[type] ??= deliveries.types.numberOf(texts[known.type[type] as number] as string);
    return types[type];
  }

  function readSku(): boolean {
    if (!cursor.skip(SKU_ID)) return false;
    const number = cursor.textLike(skuText);
    if (number < 0 || !isTaken.skuId(number)) return false;
    if (number !== skuText) {
      skuText = number;
      sku = deliveries.skus.numberOf(texts[number] as string);
    }
    return true;
  }

  return () => {
    const group = readKnown(GROUP, 'group');
    if (group < 0 || !cursor.skip(EVENT_ID)) return false;
    const movement = cursor.numberedId(OF_MOVEMENT);
    const form = movement < 0 ? cursor.id(eventId, deliveries.ids) : ID_ABSENT;
    if (form === ID_ABSENT && movement < 0) return false;
    const topic = readKnown(TOPIC, 'topic');
    if (topic < 0) return false;
    const type = readKnown(TYPE, 'type');
    if (type < 0 || !readSku() || !cursor.skip(SEQUENCE)) return false;
    const isNumbered = !cursor.skip(NULL);
    const sequence = isNumbered ? cursor.number() : null;
    if (sequence === -1 || !cursor.skip(CLOSING) || !cursor.isAtEnd()) return false;
    // An id of another movement is kept as it is, like that of any other spelling.
    if (movement >= 0 && movement !== sequence) return false;

    topicOf(group, topic).add(sku, typeOf(type), sequence, form, eventId);
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
