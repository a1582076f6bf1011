import type { Operation } from './operation.ts';
import {
  ColumnOperation,
  type Columns,
  createColumns,
  OUTCOMES,
  PART_LENGTH,
  setObserved,
  TEXT_COLUMN,
} from './operation-columns.ts';
import type { OperationLine } from './operation-line.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { TextTable } from './text-table.ts';

/** The operations of a history, put together from their lines. */
export interface OperationList {
  operations: Operation[];
  /** Adds a call. Until its answer is added it counts as `info`. */
  invoke(line: OperationLine): void;
  /** Adds the answer to a call. */
  complete(line: OperationLine): void;
}

/**
 * @param ids keeps the ids that are no UUIDs
 * @param refuse throws an error that names the line and the reason
 */
export function createOperationList(
  { texts }: TextTable,
  ids: PackedTexts,
  refuse: (why: string) => never,
): OperationList {
  const operations: Operation[] = [];
  const parts: Columns[] = [];
  let latestAtNs = 0;

  function invoke({ id, at, kind, quantity, textNumbers, idForm, idWords }: OperationLine): void {
    if (id !== operations.length + 1) {
      refuse(`call ${id} where call ${operations.length + 1} is due`);
    }
    if (Number.isNaN(at) || Number.isNaN(quantity) || kind < 0) {
      refuse('a call without its time, quantity or kind');
    }
    if (!Number.isFinite(quantity)) refuse(`${quantity} is no quantity`);
    refuseUnlessTime(at);
    if (at < latestAtNs) {
      refuse(
        `call ${id} was made at ${at} ns, before call ${operations.length} at ${latestAtNs} ns`,
      );
    }
    latestAtNs = at;

    const place = operations.length % PART_LENGTH;
    if (place === 0) parts.push(createColumns(operations.length, texts, ids));
    const part = parts.at(-1) as Columns;
    operations.push(new ColumnOperation(part, place));
    part.kind[place] = kind;
    part.outcome[place] = INFO;
    if (quantity !== 1) part.quantity ??= new Float64Array(PART_LENGTH).fill(1);
    if (part.quantity !== undefined) part.quantity[place] = quantity;
    part.invokedAtNs[place] = at;
    part.completedAtNs[place] = Number.POSITIVE_INFINITY;
    part.sequence[place] = Number.NaN;
    for (const column of COLUMNS_OF_CALL) {
      const number = textNumbers[column] as number;
      if (number !== 0) setText(part, column, place, number);
    }
    part.callId.set(place, idForm, idWords);
  }

  function complete(line: OperationLine): void {
    const { id, at, status } = line;
    const index = typeof id === 'number' && operations[id - 1] !== undefined ? id - 1 : -1;
    if (index < 0) refuse(`an answer to call ${JSON.stringify(id)}, never made`);
    const part = parts[Math.floor(index / PART_LENGTH)] as Columns;
    const place = index % PART_LENGTH;
    if (part.isCompleted[place] === 1) refuse(`a second answer to call ${id}`);
    if (Number.isNaN(at) || Number.isNaN(status)) {
      refuse('an answer without its time or status');
    }
    refuseUnlessTime(at);
    if (at < (part.invokedAtNs[place] as number)) {
      refuse(`call ${id} was answered before it was made`);
    }
    if (!Number.isInteger(status) || status < 0 || status > STATUS_MAX) {
      refuse(`status ${status} is none of HTTP`);
    }
    if (status === 0 && line.outcome === OK) {
      refuse(`call ${id} was answered yes with status 0, which is for calls without an answer`);
    }

    part.isCompleted[place] = 1;
    part.outcome[place] = line.outcome;
    // An `info` may take effect at any later time, so the moment at which the client gave up means nothing.
    if (line.outcome !== INFO) part.completedAtNs[place] = at;
    part.status[place] = status;
    part.sequence[place] = line.sequence;
    if (line.observed !== undefined) setObserved(part, place, line.observed);
    setTextsOfAnswer(part, place, line.textNumbers);
    part.requestId.set(place, line.idForm, line.idWords);
    if (hasText(part, TEXT_COLUMN.basket, place)) {
      for (const other of [index - 1, index + 1]) refuseOtherAnswer(index, other);
    }
  }

  /** Refuses an answer that is not that of the line beside it, where both are lines of one call for a basket. */
  function refuseOtherAnswer(index: number, beside: number): void {
    const [line, other] = [operations[index], operations[beside]];
    if (line === undefined || other === undefined) return;
    const { isCompleted } = parts[Math.floor(beside / PART_LENGTH)] as Columns;
    const isOfOneCall =
      line.basket === other.basket &&
      line.kind === other.kind &&
      line.invokedAtNs === other.invokedAtNs;
    if (!isOfOneCall || isCompleted[beside % PART_LENGTH] === 0) return;
    for (const [fact, name] of FACTS_OF_ANSWER) {
      if (line[fact] === other[fact]) continue;
      const [is, was] = [line, other].map((each) => `${name} ${each[fact] ?? 'absent'}`);
      refuse(
        `call ${line.id} has an answer with ${is}, and call ${other.id}, a line of the same basket, one with ${was}`,
      );
    }
  }

  function refuseUnlessTime(at: number): void {
    if (!Number.isFinite(at) || at < 0) refuse(`${at} is no time on the history's clock`);
  }

  return { operations, invoke, complete };
}

const OK = OUTCOMES.indexOf('ok');
const INFO = OUTCOMES.indexOf('info');
/** Facts that the lines of a basket have in common, because one answer tells all of them. */
const FACTS_OF_ANSWER = [
  ['status', 'status'],
  ['requestId', 'requestId'],
  ['completedAtNs', 'at'],
] as const;
/** The highest number that a status line can hold. */
const STATUS_MAX = 999;

const COLUMNS_OF_CALL = (
  [
    'sku',
    'buyer',
    'idempotencyKey',
    'hold',
    'order',
    'voucher',
    'ticket',
    'basket',
    'instance',
  ] as const
).map((field) => TEXT_COLUMN[field]);

function setTextsOfAnswer(part: Columns, place: number, textNumbers: Uint32Array): void {
  setText(part, TEXT_COLUMN.code, place, textNumbers[TEXT_COLUMN.code] as number);
  const voucher = TEXT_COLUMN.voucher;
  if (!hasText(part, voucher, place)) setText(part, voucher, place, textNumbers[voucher] as number);
  addOrTell(part, place, 'hold', 'newHold', textNumbers);
  addOrTell(part, place, 'order', 'toldOrder', textNumbers);
  addOrTell(part, place, 'sku', 'toldSku', textNumbers);
}

/** Adds the text of an answer where the call did not name it. Another one than the call named is kept beside that. */
function addOrTell(
  part: Columns,
  place: number,
  field: 'hold' | 'order' | 'sku',
  other: 'newHold' | 'toldOrder' | 'toldSku',
  textNumbers: Uint32Array,
): void {
  const number = textNumbers[TEXT_COLUMN[field]] as number;
  if (!hasText(part, TEXT_COLUMN[field], place)) setText(part, TEXT_COLUMN[field], place, number);
  else if (number !== 0 && number !== part.textNumbers[TEXT_COLUMN[field]]?.[place]) {
    setText(part, TEXT_COLUMN[other], place, number);
  }
}

const hasText = ({ textNumbers }: Columns, column: number, place: number): boolean => {
  const numbers = textNumbers[column];
  return numbers !== undefined && numbers[place] !== 0;
};

function setText({ textNumbers }: Columns, column: number, place: number, number: number): void {
  let numbers = textNumbers[column];
  if (numbers === undefined) {
    if (number === 0) return;
    numbers = new Uint32Array(PART_LENGTH);
    textNumbers[column] = numbers;
  }
  numbers[place] = number;
}
