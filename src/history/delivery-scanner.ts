import { LedgerDelivery } from '../protocol/ledger.ts';
import { ByteCursor } from './byte-cursor.ts';
import { type DeliveryList, idOfMovement } from './delivery-list.ts';
import { ID_ABSENT, ID_WORDS } from './id-column.ts';
import { CLOSING, LEDGER, OTHER, readerOf } from './ledger-scanner.ts';
import type { TextTable } from './text-table.ts';

/**
 * Reads the lines of deliveries in the spelling of `createHistoryFile` into a list, without an object for each. Returns
 * false for every line of another sort or spelling, which says nothing about it: it may be a good one.
 */
export type DeliveryScanner = (bytes: Buffer, start: number, end: number) => boolean;

export function createDeliveryScanner(table: TextTable, deliveries: DeliveryList): DeliveryScanner {
  const cursor = new ByteCursor(table);
  const { shape } = LedgerDelivery;
  const readGroup = readerOf(shape.group, cursor, table);
  const readTopic = readerOf(shape.topic, cursor, table);
  const readType = readerOf(shape.type, cursor, table);
  const readSkuId = readerOf(shape.skuId, cursor, table);
  const readSequence = readerOf(shape.sequence, cursor, table);
  const eventId = new Uint32Array(ID_WORDS);

  return (bytes, start, end) => {
    cursor.begin(bytes, start, end);
    if (!cursor.skip(LEDGER) || !cursor.skip(GROUP)) return false;
    const group = readGroup();
    if (group === OTHER || !cursor.skip(EVENT_ID)) return false;
    const movement = cursor.numberedId(OF_MOVEMENT);
    const form = movement < 0 ? cursor.id(eventId, deliveries.ids) : ID_ABSENT;
    if ((form === ID_ABSENT && movement < 0) || !cursor.skip(TOPIC)) return false;
    const topic = readTopic();
    if (topic === OTHER || !cursor.skip(TYPE)) return false;
    const type = readType();
    if (type === OTHER || !cursor.skip(SKU_ID)) return false;
    const skuId = readSkuId();
    if (skuId === OTHER || !cursor.skip(SEQUENCE)) return false;
    const sequence = readSequence();
    if (sequence === OTHER || !cursor.skip(CLOSING) || !cursor.isAtEnd()) return false;
    // An id of another movement is kept as it is, like that of any other spelling.
    if (movement >= 0 && movement !== sequence) return false;

    const stream = deliveries.streamOf(group as string, topic as string, skuId as string);
    stream.add(type as string, sequence as number | null, form, eventId);
    return true;
  };
}

/** The first letter of the id that follows from the number of the movement. */
const OF_MOVEMENT = idOfMovement(0).charCodeAt(0);
const GROUP = Buffer.from('"row":"delivery","group":');
const EVENT_ID = Buffer.from(',"eventId":"');
const TOPIC = Buffer.from(',"topic":');
const TYPE = Buffer.from(',"type":');
const SKU_ID = Buffer.from(',"skuId":');
const SEQUENCE = Buffer.from(',"sequence":');
