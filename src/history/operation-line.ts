import { ID_ABSENT, ID_WORDS, packId } from './id-column.ts';
import { OPERATION_KINDS, type Operation } from './operation.ts';
import { OUTCOMES, TEXT_COLUMN, TEXT_FIELDS } from './operation-columns.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { TextTable } from './text-table.ts';

/** A line of JSON that was not checked yet. Each value is checked where it is used. */
export type Line = Record<string, unknown>;

/**
 * The facts of one line of an operation, in the form in which they are kept. One object serves all lines of a history, one
 * after the other.
 */
export interface OperationLine {
  id: unknown;
  /** NaN where the line has no number. */
  at: number;
  /** The place among `OPERATION_KINDS` of a call; -1 for any other. */
  kind: number;
  /** The place among `OUTCOMES` of an answer. */
  outcome: number;
  quantity: number;
  status: number;
  sequence: number;
  /** By `TEXT_COLUMN`, the numbers of the texts; 0 for one that is absent. */
  textNumbers: Uint32Array;
  /** The call id of a call, the request id of an answer. */
  idForm: number;
  idWords: Uint32Array;
  observed: Operation['observed'];
}

export const createOperationLine = (): OperationLine => ({
  id: 0,
  at: Number.NaN,
  kind: -1,
  outcome: 0,
  quantity: Number.NaN,
  status: Number.NaN,
  sequence: Number.NaN,
  textNumbers: new Uint32Array(TEXT_FIELDS.length),
  idForm: ID_ABSENT,
  idWords: new Uint32Array(ID_WORDS),
  observed: undefined,
});

/** Reads the facts of a call from a line of any spelling. */
export function readCall(
  line: Line,
  facts: OperationLine,
  texts: TextTable,
  ids: PackedTexts,
): void {
  facts.id = line.id;
  facts.at = numberOf(line.at);
  facts.kind = KINDS.indexOf(line.kind);
  facts.quantity = numberOf(line.quantity);
  readTexts(line, facts, texts);
  readId(line.callId, facts, ids);
}

/** Reads the facts of an answer from a line of any spelling. */
export function readAnswer(
  line: Line,
  facts: OperationLine,
  texts: TextTable,
  ids: PackedTexts,
): void {
  facts.id = line.id;
  facts.at = numberOf(line.at);
  facts.outcome = ANSWERS.indexOf(line.type);
  facts.status = numberOf(line.status);
  facts.sequence = numberOf(line.sequence);
  facts.observed = line.observed as Operation['observed'];
  readTexts(line, facts, texts);
  readId(line.requestId, facts, ids);
}

const KINDS: readonly unknown[] = OPERATION_KINDS;
const ANSWERS: readonly unknown[] = OUTCOMES;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

function readTexts(line: Line, { textNumbers }: OperationLine, texts: TextTable): void {
  for (const field of TEXT_FIELDS) {
    const text = line[field];
    textNumbers[TEXT_COLUMN[field]] = typeof text === 'string' ? texts.add(text) : 0;
  }
}

function readId(id: unknown, facts: OperationLine, ids: PackedTexts): void {
  facts.idForm = typeof id === 'string' ? packId(id, facts.idWords, ids) : ID_ABSENT;
}
