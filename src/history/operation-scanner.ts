import { ByteCursor, type Spelling, spellingOf } from './byte-cursor.ts';
import { ID_ABSENT } from './id-column.ts';
import { OPERATION_KINDS } from './operation.ts';
import { OUTCOMES, TEXT_COLUMN, TEXT_FIELDS } from './operation-columns.ts';
import type { OperationLine } from './operation-line.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { TextTable } from './text-table.ts';

/**
 * Reads the lines of operations in the spelling of `createOperationWriter`, several times as fast as JSON.parse. They are
 * nearly all lines of a history.
 *
 * A line's facts are read into `facts`. Undefined for every line of another sort or spelling, which says nothing about it:
 * it may be a good one.
 */
export type OperationScanner = (
  bytes: Buffer,
  start: number,
  end: number,
  facts: OperationLine,
) => 'call' | 'answer' | undefined;

export function createOperationScanner(table: TextTable, ids: PackedTexts): OperationScanner {
  const cursor = new ByteCursor(table);
  let lastSeen: NonNullable<OperationLine['observed']> = {};
  /** The texts that each column had last: of some columns, they are the same in most lines. */
  const lastNumbers = new Uint32Array(TEXT_FIELDS.length);

  function readCall(facts: OperationLine): boolean {
    facts.id = cursor.number();
    if (facts.id === -1 || !cursor.skip(AT)) return false;
    facts.at = cursor.number();
    if (facts.at < 0 || !cursor.skip(KIND)) return false;
    facts.kind = KINDS.findIndex((kind) => cursor.skip(kind));
    if (facts.kind < 0 || !cursor.skip(QUANTITY)) return false;
    facts.quantity = cursor.number();
    if (facts.quantity < 0) return false;
    return (
      readText(facts, SKU) &&
      readText(facts, BUYER) &&
      readId(facts, CALL_ID) &&
      readText(facts, IDEMPOTENCY_KEY) &&
      readText(facts, HOLD) &&
      readText(facts, ORDER) &&
      readText(facts, VOUCHER) &&
      readText(facts, TICKET) &&
      readText(facts, BASKET) &&
      readText(facts, INSTANCE) &&
      cursor.skip(CLOSING) &&
      cursor.isAtEnd()
    );
  }

  function readAnswer(facts: OperationLine): boolean {
    facts.id = cursor.number();
    if (facts.id === -1 || !cursor.skip(AT)) return false;
    facts.at = cursor.number();
    if (facts.at < 0 || !cursor.skip(STATUS)) return false;
    facts.status = cursor.number();
    if (facts.status < 0) return false;
    return (
      readText(facts, CODE) &&
      readText(facts, HOLD) &&
      readText(facts, ORDER) &&
      readText(facts, VOUCHER) &&
      readText(facts, SKU) &&
      readSequence(facts) &&
      readObserved(facts) &&
      readId(facts, REQUEST_ID) &&
      cursor.skip(CLOSING) &&
      cursor.isAtEnd()
    );
  }

  /** Reads a text if it is there. Returns false when it is there in another spelling. */
  function readText(
    { textNumbers }: OperationLine,
    { name, column, isAlike }: TextMember,
  ): boolean {
    if (!cursor.skip(name)) {
      textNumbers[column] = 0;
      return true;
    }
    const number = isAlike ? cursor.textLike(lastNumbers[column] as number) : cursor.text();
    if (number < 0) return false;
    lastNumbers[column] = number;
    textNumbers[column] = number;
    return true;
  }

  function readId(facts: OperationLine, name: Spelling): boolean {
    facts.idForm = ID_ABSENT;
    if (!cursor.skip(name)) return true;
    facts.idForm = cursor.id(facts.idWords, ids);
    return facts.idForm !== ID_ABSENT;
  }

  function readSequence(facts: OperationLine): boolean {
    facts.sequence = Number.NaN;
    if (!cursor.skip(SEQUENCE)) return true;
    facts.sequence = cursor.number();
    return facts.sequence >= 0;
  }

  /** Stock counts. They are read again and again, so an answer shares them with the one before if they are the same. */
  function readObserved(facts: OperationLine): boolean {
    facts.observed = undefined;
    if (!cursor.skip(AVAILABLE)) return true;
    const available = cursor.number();
    if (available < 0 || !cursor.skip(RESERVED)) return false;
    const reserved = cursor.number();
    if (reserved < 0 || !cursor.skip(SOLD)) return false;
    const sold = cursor.number();
    if (sold < 0 || !cursor.skip(CLOSING)) return false;
    const isSame =
      lastSeen.available === available && lastSeen.reserved === reserved && lastSeen.sold === sold;
    if (!isSame) lastSeen = { available, reserved, sold };
    facts.observed = lastSeen;
    return true;
  }

  return (bytes, start, end, facts) => {
    cursor.begin(bytes, start, end);
    if (cursor.skip(CALL)) return readCall(facts) ? 'call' : undefined;
    facts.outcome = ANSWERS.findIndex((answer) => cursor.skip(answer));
    return facts.outcome >= 0 && readAnswer(facts) ? 'answer' : undefined;
  };
}

const CALL = spellingOf('{"type":"invoke","id":');
/** The beginnings of an answer, in the order of `OUTCOMES`. */
const ANSWERS = OUTCOMES.map((outcome) => spellingOf(`{"type":"${outcome}","id":`));
const AT = spellingOf(',"at":');
const KIND = spellingOf(',"kind":"');
/** The kinds with their closing quotes, in the order of `OPERATION_KINDS`. */
const KINDS = OPERATION_KINDS.map((kind) => spellingOf(`${kind}"`));
const QUANTITY = spellingOf(',"quantity":');
const STATUS = spellingOf(',"status":');
const SEQUENCE = spellingOf(',"sequence":');
const AVAILABLE = spellingOf(',"observed":{"available":');
const RESERVED = spellingOf(',"reserved":');
const SOLD = spellingOf(',"sold":');
const CALL_ID = spellingOf(',"callId":"');
const REQUEST_ID = spellingOf(',"requestId":"');
const CLOSING = spellingOf('}');

/** A member of a line whose value is a text. */
interface TextMember {
  /** Its name up to the quote that opens its value. */
  name: Spelling;
  column: number;
  /** True if most lines have the same text. */
  isAlike: boolean;
}

const memberOf = (field: keyof typeof TEXT_COLUMN, isAlike = false): TextMember => ({
  name: spellingOf(`,"${field}":"`),
  column: TEXT_COLUMN[field],
  isAlike,
});
const SKU = memberOf('sku', true);
const BUYER = memberOf('buyer');
const IDEMPOTENCY_KEY = memberOf('idempotencyKey');
const HOLD = memberOf('hold');
const ORDER = memberOf('order');
const VOUCHER = memberOf('voucher');
const TICKET = memberOf('ticket');
const BASKET = memberOf('basket');
const INSTANCE = memberOf('instance', true);
const CODE = memberOf('code', true);
